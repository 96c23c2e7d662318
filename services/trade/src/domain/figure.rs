//! How a figure was computed: a tree of steps, with the published figures at its leaves.
//!
//! Nothing is computed anew here. The tree of a series of the whole is read off the parts of its amount, that of a
//! group off the trace of its amount, so that neither can disagree with the answer that it explains.

pub mod fate;
pub mod group;
pub mod whole;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    cell::Flow,
    period::{Period, Stretch},
    vintage::Absence,
};

/// What a sum is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// The flows of one party.
    Flows,
    /// Both parties.
    Parties,
    /// The parts of two calendar years.
    Years,
    /// So many quarters.
    Quarters(usize),
    /// So many months.
    Months(usize),
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Adds up what it is made of.
    Sum(Terms),
    /// Takes the shorter of two January-to-month figures of one release from the longer.
    Difference,
    /// Takes figures published for exactly these months.
    Published,
    /// Adds up single months of a year; true if some may be missing.
    MonthsOfYear(bool),
    /// Counts nothing, because complete releases have no figure.
    Nothing,
    /// Has no figure; where only some months have, how many.
    Missing(Option<usize>),
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The place of the step that it is a part of.
    pub parent: Option<usize>,
    /// What it does.
    pub operation: Operation,
    /// Whether it is subtracted.
    pub subtracted: bool,
    /// Whose figures; empty for both parties'.
    pub reporter: String,
    /// The direction; none for several.
    pub flow: Option<Flow>,
    /// The first and the last day.
    pub days: (Date, Date),
    /// The period as published.
    pub period: Option<Period>,
    /// The value in cents.
    pub cents: Option<i64>,
    /// Why there is none.
    pub absence: Option<Absence>,
    /// How many published figures it is made of by itself.
    pub cells: i64,
    /// How many digits their codes have.
    pub digits: BTreeSet<u8>,
    /// The ranks of the releases.
    pub ranks: Vec<usize>,
    /// The periods in which figures would have served, where there is none.
    pub wanted: Vec<Period>,
}

impl Step {
    fn new(operation: Operation, reporter: &str, flow: Option<Flow>, days: (Date, Date)) -> Self {
        Self {
            parent: None,
            operation,
            subtracted: false,
            reporter: reporter.to_owned(),
            flow,
            days,
            period: None,
            cents: None,
            absence: None,
            cells: 0,
            digits: BTreeSet::new(),
            ranks: Vec::new(),
            wanted: Vec::new(),
        }
    }
}

/// Steps, each before those that it is made of.
#[derive(Clone, Debug, Default)]
struct Tree {
    steps: Vec<Step>,
}

impl Tree {
    /// Adds a step and returns its place.
    fn push(&mut self, parent: Option<usize>, step: Step) -> usize {
        self.steps.push(Step { parent, ..step });
        self.steps.len() - 1
    }

    /// Adds up the values of what each step is made of, the last steps first.
    fn add_up(mut self) -> Vec<Step> {
        for place in (0..self.steps.len()).rev() {
            let Some(step) = self.steps.get(place) else {
                continue;
            };
            let (parent, subtracted, cents) = (step.parent, step.subtracted, step.cents);
            let Some((parent, cents)) = parent.zip(cents) else {
                continue;
            };
            let Some(whole) = self.steps.get_mut(parent) else {
                continue;
            };
            if matches!(whole.operation, Operation::Sum(_) | Operation::Difference) {
                let signed = if subtracted { -cents } else { cents };
                whole.cents = Some(whole.cents.unwrap_or_default().saturating_add(signed));
            }
        }
        self.steps
    }
}

/// The first and the last day of a period.
fn days_of(period: Period) -> (Date, Date) {
    (period.first_day(), period.last_day())
}

/// The first and the last day of some months.
fn days(stretch: Stretch) -> (Date, Date) {
    let first = |month| Date::new(stretch.year, month, 1).unwrap_or(Date::MIN);
    (first(stretch.first), first(stretch.last).last_of_month())
}

/// What a sum over parts of some months is over.
fn terms(part: Stretch, count: usize) -> Terms {
    if part.first == part.last {
        Terms::Months(count)
    } else {
        Terms::Quarters(count)
    }
}

/// The periods in which figures can lead to the amount of some months.
fn candidates(stretch: Stretch) -> Vec<Period> {
    let mut periods = stretch.published_as();
    if let Some((longer, shorter)) = stretch.as_difference() {
        periods.extend([longer, shorter]);
    }
    let quarters = stretch.quarters().unwrap_or_default();
    let parts = quarters.into_iter().chain(stretch.months());
    periods.extend(parts.flat_map(Stretch::published_as));
    let mut seen = BTreeSet::new();
    periods.retain(|period| seen.insert(*period));
    periods
}

#[cfg(test)]
mod tests;
