//! Whether the months of a published figure are told by other figures, too, that add up to another amount.
//!
//! A figure for exactly the months asked about counts before all that it can be added up from. Where a year was
//! published as such, from January to December and by months, they should be one amount; where they are not a reader
//! has to know, because the answer can be any of them.

use super::{
    amount::Amount,
    cell::Flow,
    group::{Book, Side},
    observation::Qualifier,
    period::{Period, Stretch},
    tally::{Tally, Told},
    turnover::Warning,
    vintage::Vintages,
};

/// What else tells some months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Beside {
    /// A figure for the same months in another window.
    Window(Period),
    /// So many quarters.
    Quarters(usize),
    /// So many months.
    Months(usize),
}

/// One figure, or one sum, and how exactly it is known.
type Known = (Told, Qualifier);

/// Returns what tells another amount of some months than the figure `own` for them in a window: a figure in another
/// window, or all quarters or all months; or some of these that add up to more. `of` is what is known of a published
/// period.
fn differing(
    window: Period,
    own: Known,
    stretch: Stretch,
    of: &dyn Fn(Period) -> Option<Known>,
) -> Option<(Beside, i64)> {
    let differs = |other: Known, is_whole: bool| {
        let (less, more) = (
            own.0.tells_more(Some(other.0)),
            other.0.tells_more(Some(own.0)),
        );
        // Of a lower bound there can be more.
        let may_be_more = |known: Known| known.1 == Qualifier::LowerBound;
        (less && is_whole && !may_be_more(other)) || (more && !may_be_more(own))
    };
    let mut others = stretch.published_as().into_iter();
    let other = others.find_map(|period| {
        let known = of(period).filter(|_| period != window)?;
        differs(known, true).then_some((Beside::Window(period), known.0.cents))
    });
    let sum = |parts: Vec<Stretch>, name: fn(usize) -> Beside| {
        let known: Vec<Known> = parts
            .iter()
            .filter_map(|part| part.published_as().into_iter().rev().find_map(of))
            .collect();
        let sum = known.iter().copied().reduce(|sum, next| {
            let (one, other) = (sum.0.plus(next.0), sum.1.max(next.1));
            (one, other)
        })?;
        let is_whole = known.len() == parts.len();
        differs(sum, is_whole).then_some((name(known.len()), sum.0.cents))
    };
    let is_longer = |parts: &Vec<Stretch>| parts.len() > 1;
    other
        .or_else(|| sum(stretch.quarters().filter(is_longer)?, Beside::Quarters))
        .or_else(|| sum(Some(stretch.months()).filter(is_longer)?, Beside::Months))
}

/// Returns what a reader should know about the figures of an amount of a series of the whole.
#[must_use]
pub fn of_amount(vintages: &Vintages, amount: &Amount<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for part in &amount.parts {
        let cell = &part.published.observation.cell;
        let reporter = part.published.release.publication.reporter.as_str();
        let is_in_difference = amount.parts.iter().any(|other| {
            let (own, other_cell) = (cell, &other.published.observation.cell);
            other.subtracted
                && reporter == other.published.release.publication.reporter
                && own.flow == other_cell.flow
                && own.period.year() == other_cell.period.year()
        });
        let [stretch] = cell.period.stretches()[..] else {
            continue;
        };
        if is_in_difference {
            continue;
        }
        let of = |period: Period| {
            let figure = vintages.latest(reporter, cell.flow, period).ok()?;
            let precision = figure.observation.precision;
            let half = match precision.qualifier {
                Qualifier::Rounded => precision.unit_cents / 2 + precision.unit_cents % 2,
                Qualifier::Exact | Qualifier::LowerBound => 0,
            };
            let told = Told {
                cents: figure.value_cents,
                half_units: half,
                figures: 1,
            };
            Some((told, precision.qualifier))
        };
        let Some(own) = of(cell.period) else {
            continue;
        };
        warnings.extend(warning(reporter, cell.flow, cell.period, own, stretch, &of));
    }
    warnings
}

/// The same about an amount of a group.
#[must_use]
pub fn of_group(sides: &[Side<'_>], period: Period) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (side, book) in sides.iter().filter_map(|side| Some((side, side.book?))) {
        for stretch in period.stretches() {
            let Some(window) = book.told_as(side.flow, stretch) else {
                continue;
            };
            let of = |period: Period| known(book, period);
            let own = known(book, window);
            let own = own.map(|own| warning(side.reporter, side.flow, window, own, stretch, &of));
            warnings.extend(own.flatten());
        }
    }
    warnings
}

fn known(book: &Book, period: Period) -> Option<Known> {
    let tally = book.standing(period).filter(Tally::has_value)?;
    Some((Told::of(&tally), tally.qualifier()))
}

fn warning(
    reporter: &str,
    flow: Flow,
    period: Period,
    own: Known,
    stretch: Stretch,
    of: &dyn Fn(Period) -> Option<Known>,
) -> Option<Warning> {
    let (beside, cents) = differing(period, own, stretch, of)?;
    Some(Warning::ToldOtherwise {
        reporter: reporter.to_owned(),
        flow,
        period,
        cents: own.0.cents,
        beside,
        beside_cents: cents,
    })
}
