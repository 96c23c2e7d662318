//! The periods of one year beside each other.

use std::cmp::Ordering;

use super::{Problem, Reason, Sum, problem, shown};
use crate::domain::{
    cell::Cell,
    observation::{Observation, Qualifier},
    period::Window,
};

/// How many times the median a value of a tonne may be, or what part of it.
const FAR: i128 = 10;
/// How many months must have a value of a tonne for their median to mean something.
const MIN_MONTHS: usize = 6;
/// How many digits a code must have for its goods to be alike.
const MIN_DIGITS: usize = 4;

/// Grams in a tonne.
const GRAMS_A_TONNE: i128 = 1_000_000;
/// How many parts of a cent the value of a tonne is told to.
const PARTS: i128 = 1_000_000_000;

/// The figures of one year about the same trade.
#[derive(Debug, Default)]
pub(super) struct Series(Vec<Observation>);

impl Series {
    pub(super) fn take(&mut self, figure: &Observation, found: &mut Vec<Problem>) {
        let is_other = |last: &Observation| !is_same(&last.cell, &figure.cell);
        if self.0.last().is_some_and(is_other) {
            self.end(found);
        }
        self.0.push(figure.clone());
    }

    pub(super) fn end(&mut self, found: &mut Vec<Problem>) {
        for total in &self.0 {
            found.extend(self.parts(total));
        }
        found.extend(self.falls());
        found.extend(self.far());
        self.0.clear();
    }

    fn of(&self, window: Window) -> impl Iterator<Item = &Observation> {
        self.0
            .iter()
            .filter(move |figure| figure.cell.period.window() == window)
    }

    /// Compares a figure with the shorter periods in it: quarters, then months. January to December is as long as the
    /// year.
    fn parts(&self, total: &Observation) -> Option<Problem> {
        let period = total.cell.period;
        let parts = |window, length: i8| {
            let mut sum = Sum::default();
            let within = self.of(window).filter(|part| {
                let part = part.cell.period;
                part.first_month() >= period.first_month()
                    && part.last_month() <= period.last_month()
            });
            let mut count = 0;
            for part in within {
                sum.add(part);
                count += 1;
            }
            let months = i32::from(period.last_month() - period.first_month() + 1);
            let is_whole = count * i32::from(length) == months && !sum.is_partial;
            sum.is_partial |= !is_whole;
            sum
        };
        let months = || parts(Window::Month, 1);
        let sum = match period.window() {
            Window::Quarter => months(),
            Window::JanuaryToMonth => [parts(Window::Quarter, 3), months()]
                .into_iter()
                .find(|sum| sum.compare(total).is_some())?,
            Window::Year => [parts(Window::Quarter, 3), months(), self.whole_year()]
                .into_iter()
                .find(|sum| sum.compare(total).is_some())?,
            Window::Month | Window::HalfYear | Window::TwelveMonths => return None,
        };
        let (reason, word) = match sum.compare(total)? {
            Ordering::Greater => (Reason::PeriodsExceed, "more"),
            Ordering::Less => (Reason::PeriodsBelow, "less"),
            Ordering::Equal => return None,
        };
        let description = format!(
            "{count} shorter periods add up to {sum} dollars, {word} than {value} of {cell}",
            count = sum.figures,
            sum = shown(sum.value),
            value = shown(total.value_cents.unwrap_or_default().into()),
            cell = total.cell,
        );
        Some(problem(total, reason, description))
    }

    fn whole_year(&self) -> Sum {
        let mut sum = Sum::default();
        self.of(Window::JanuaryToMonth)
            .filter(|figure| figure.cell.period.last_month() == 12)
            .for_each(|figure| sum.add(figure));
        sum
    }

    /// Finds figures from January on that are smaller than one to an earlier month.
    fn falls(&self) -> Vec<Problem> {
        let is_number = |figure: &&Observation| {
            figure.value_cents.is_some() && figure.precision.qualifier != Qualifier::LowerBound
        };
        let cumulative: Vec<&Observation> =
            self.of(Window::JanuaryToMonth).filter(is_number).collect();
        let pairs = cumulative.iter().zip(cumulative.iter().skip(1));
        pairs
            .filter_map(|(earlier, later)| {
                let mut sum = Sum::default();
                sum.add(earlier);
                (sum.compare(later) == Some(Ordering::Greater)).then(|| {
                    let description = format!(
                        "{later} dollars of {cell} are less than {before} of {period}",
                        later = shown(later.value_cents.unwrap_or_default().into()),
                        cell = later.cell,
                        before = shown(sum.value),
                        period = earlier.cell.period,
                    );
                    problem(later, Reason::CumulativeFalls, description)
                })
            })
            .collect()
    }

    /// Finds months whose value of a tonne is far from the median of the year's.
    fn far(&self) -> Vec<Problem> {
        let mut months: Vec<(i128, &Observation)> = self
            .of(Window::Month)
            .filter(|figure| figure.cell.commodity.edition().is_some())
            .filter(|figure| figure.cell.commodity.code().len() >= MIN_DIGITS)
            .filter_map(|figure| {
                let value = figure.value_cents.filter(|value| *value > 0)?;
                let weight = figure.net_weight_grams.filter(|weight| *weight > 0)?;
                let value = i128::from(value) * GRAMS_A_TONNE * PARTS / i128::from(weight);
                Some((value, figure))
            })
            .collect();
        if months.len() < MIN_MONTHS {
            return Vec::new();
        }
        months.sort_by_key(|(value, _)| *value);
        let Some(median) = median(&months) else {
            return Vec::new();
        };
        // Parts are cut off, of each value at most one.
        let exceeds = |one: i128, other: i128| one - FAR * other > FAR;
        months
            .iter()
            .filter(|(value, _)| exceeds(*value, median) || exceeds(median, *value))
            .map(|(value, figure)| {
                let description = format!(
                    "a tonne of {cell} is worth {own} dollars, in the median month {median}",
                    cell = figure.cell,
                    own = shown(value / PARTS),
                    median = shown(median / PARTS),
                );
                problem(figure, Reason::UnitValueFar, description)
            })
            .collect()
    }
}

/// The value in the middle; of an even number of values the mean of the two in the middle.
fn median(sorted: &[(i128, &Observation)]) -> Option<i128> {
    let middle = sorted.len() / 2;
    let (high, _) = sorted.get(middle)?;
    let low = if sorted.len().is_multiple_of(2) {
        sorted.get(middle.checked_sub(1)?)?.0
    } else {
        *high
    };
    Some(low.midpoint(*high))
}

fn is_same(one: &Cell, other: &Cell) -> bool {
    one.period.year() == other.period.year()
        && one.partner == other.partner
        && one.region == other.region
        && one.flow == other.flow
        && one.commodity == other.commodity
}
