//! How two plans differ, measure by measure.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::{
    completion::State, deadline::Deadline, measure::Plan, name::MeasureName, title::Title,
};

/// The part of a measure that comparisons show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What it is called.
    pub titles: Vec<Title>,
    /// The section.
    pub section: String,
    /// The first day.
    pub starts_on: Option<Date>,
    /// When it has to be done.
    pub deadline: Deadline,
    /// How much it counts.
    pub weight: i64,
    /// The state when the plan stood.
    pub state: State,
}

/// A measure of one of the plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its name.
    pub name: MeasureName,
    /// The whole plan.
    pub plan: Plan,
    /// The state when the plan stood.
    pub state: State,
}

impl Planned {
    fn snapshot(&self) -> Snapshot {
        Snapshot {
            titles: self.plan.titles.clone(),
            section: self.plan.section.clone(),
            starts_on: self.plan.starts_on,
            deadline: self.plan.deadline,
            weight: self.plan.weight,
            state: self.state,
        }
    }
}

/// What of a measure differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The titles.
    Titles,
    /// The section.
    Section,
    /// The first day.
    StartDate,
    /// The deadline.
    Deadline,
    /// The weight.
    Weight,
    /// The state.
    State,
    /// Any other part of the plan.
    Other,
}

/// What became of a measure between two plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Only the second plan has it.
    Added(Snapshot),
    /// Only the first plan has it.
    Removed(Snapshot),
    /// Both have it; what differs, if anything, in the order of [`Aspect`].
    Kept {
        /// In the first plan.
        from: Snapshot,
        /// In the second plan.
        to: Snapshot,
        /// What differs.
        changed: Vec<Aspect>,
    },
}

/// A measure, compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variance {
    /// Its name.
    pub name: MeasureName,
    /// What became of it.
    pub fate: Fate,
}

impl Variance {
    /// Says whether the plans do not differ in this measure.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        matches!(&self.fate, Fate::Kept { changed, .. } if changed.is_empty())
    }

    /// Returns by how many days the last day moved; nothing unless both plans have one and they differ.
    #[must_use]
    pub fn shift_days(&self) -> Option<i32> {
        let Fate::Kept { from, to, .. } = &self.fate else {
            return None;
        };
        if from.deadline.is_permanent() || to.deadline.is_permanent() {
            return None;
        }
        let span = to.deadline.last_day() - from.deadline.last_day();
        Some(span.get_days()).filter(|days| *days != 0)
    }
}

/// The sums of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Only in the second plan.
    pub added: i64,
    /// Only in the first plan.
    pub removed: i64,
    /// In both, and different.
    pub changed: i64,
    /// In both, and not.
    pub unchanged: i64,
    /// With a later last day, or none any more.
    pub delayed: i64,
    /// With an earlier last day, or one where there was none.
    pub advanced: i64,
    /// The sum of all moves of last days.
    pub shift_days: i64,
    /// The sum of the first plan's weights.
    pub from_weight: i64,
    /// The sum of the second plan's weights.
    pub to_weight: i64,
}

impl Totals {
    fn add(&mut self, variance: &Variance) {
        match &variance.fate {
            Fate::Added(to) => {
                self.added += 1;
                self.to_weight += to.weight;
            }
            Fate::Removed(from) => {
                self.removed += 1;
                self.from_weight += from.weight;
            }
            Fate::Kept { from, to, changed } => {
                let counted = if changed.is_empty() {
                    &mut self.unchanged
                } else {
                    &mut self.changed
                };
                *counted += 1;
                self.from_weight += from.weight;
                self.to_weight += to.weight;
                match to.deadline.last_day().cmp(&from.deadline.last_day()) {
                    Ordering::Greater => self.delayed += 1,
                    Ordering::Less => self.advanced += 1,
                    Ordering::Equal => {}
                }
                self.shift_days += i64::from(variance.shift_days().unwrap_or(0));
            }
        }
    }
}

/// Compares two plans, each by ascending names; returns every measure of either, by name.
#[must_use]
pub fn compare(from: Vec<Planned>, to: Vec<Planned>) -> (Vec<Variance>, Totals) {
    let mut totals = Totals::default();
    let mut compared = Vec::with_capacity(from.len().max(to.len()));
    let (mut from, mut to) = (from.into_iter().peekable(), to.into_iter().peekable());
    loop {
        let order = match (from.peek(), to.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(first), Some(second)) => first.name.cmp(&second.name),
        };
        let first = if order == Ordering::Greater {
            None
        } else {
            from.next()
        };
        let second = if order == Ordering::Less {
            None
        } else {
            to.next()
        };
        let variance = match (first, second) {
            (Some(first), Some(second)) => both(&first, &second),
            (Some(first), None) => Variance {
                fate: Fate::Removed(first.snapshot()),
                name: first.name,
            },
            (None, Some(second)) => Variance {
                fate: Fate::Added(second.snapshot()),
                name: second.name,
            },
            (None, None) => break,
        };
        totals.add(&variance);
        compared.push(variance);
    }
    (compared, totals)
}

fn both(first: &Planned, second: &Planned) -> Variance {
    let (from, to) = (first.snapshot(), second.snapshot());
    let mut changed = Vec::new();
    let differences = [
        (Aspect::Titles, from.titles != to.titles),
        (Aspect::Section, from.section != to.section),
        (Aspect::StartDate, from.starts_on != to.starts_on),
        (Aspect::Deadline, from.deadline != to.deadline),
        (Aspect::Weight, from.weight != to.weight),
        (Aspect::State, from.state != to.state),
        (
            Aspect::Other,
            has_other_difference(&first.plan, &second.plan),
        ),
    ];
    changed.extend(
        differences
            .into_iter()
            .filter_map(|(aspect, differs)| differs.then_some(aspect)),
    );
    Variance {
        name: first.name.clone(),
        fate: Fate::Kept { from, to, changed },
    }
}

fn has_other_difference(first: &Plan, second: &Plan) -> bool {
    let shown = |plan: &Plan| Plan {
        titles: Vec::new(),
        section: String::new(),
        starts_on: None,
        deadline: Deadline::permanent(),
        weight: 1,
        ..plan.clone()
    };
    shown(first) != shown(second)
}

#[cfg(test)]
mod laws;
