//! How two plans differ, measure by measure.

use std::cmp::Ordering;

use super::{completion::State, indicator::Details, measure::Plan, name::MeasureName};

/// A measure as one of the plans has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The whole plan.
    pub plan: Plan,
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
    fn snapshot(self) -> Snapshot {
        Snapshot {
            plan: self.plan,
            state: self.state,
        }
    }
}

/// What of a measure differs: a part of its plan, or its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The titles.
    Titles,
    /// The section.
    Section,
    /// The place in the roadmap.
    OrderNumber,
    /// The expected result.
    ExpectedResult,
    /// The form of completion.
    FormOfCompletion,
    /// Who carries it out.
    Executors,
    /// The first day.
    StartDate,
    /// The deadline.
    Deadline,
    /// The weight.
    Weight,
    /// The notes.
    Notes,
    /// The indicators.
    Indicators,
    /// What it fulfils in documents.
    Commitments,
    /// How many working days it takes.
    WorkingDays,
    /// What it depends on.
    Dependencies,
    /// The state.
    State,
}

/// Returns in what two plans of a measure differ, in the order of [`Aspect`].
#[must_use]
pub fn differences(from: &Plan, to: &Plan) -> Vec<Aspect> {
    // Taken apart, so that a new part of a plan cannot be forgotten here.
    let Plan {
        titles,
        section,
        order_number,
        expected_result,
        form_of_completion,
        executors,
        starts_on,
        deadline,
        weight,
        details:
            Details {
                notes,
                indicators,
                commitments,
            },
        working_days,
        dependencies,
    } = from;
    let found = [
        (Aspect::Titles, *titles != to.titles),
        (Aspect::Section, *section != to.section),
        (Aspect::OrderNumber, *order_number != to.order_number),
        (
            Aspect::ExpectedResult,
            *expected_result != to.expected_result,
        ),
        (
            Aspect::FormOfCompletion,
            *form_of_completion != to.form_of_completion,
        ),
        (Aspect::Executors, *executors != to.executors),
        (Aspect::StartDate, *starts_on != to.starts_on),
        (Aspect::Deadline, *deadline != to.deadline),
        (Aspect::Weight, *weight != to.weight),
        (Aspect::Notes, *notes != to.details.notes),
        (Aspect::Indicators, *indicators != to.details.indicators),
        (Aspect::Commitments, *commitments != to.details.commitments),
        (Aspect::WorkingDays, *working_days != to.working_days),
        (Aspect::Dependencies, *dependencies != to.dependencies),
    ];
    found
        .into_iter()
        .filter_map(|(aspect, differs)| differs.then_some(aspect))
        .collect()
}

/// What became of a measure between two plans.
#[allow(clippy::large_enum_variant, reason = "most are of the largest variant")]
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
        let (from, to) = (from.plan.deadline, to.plan.deadline);
        if from.is_permanent() || to.is_permanent() {
            return None;
        }
        let span = to.last_day() - from.last_day();
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
                self.to_weight += to.plan.weight;
            }
            Fate::Removed(from) => {
                self.removed += 1;
                self.from_weight += from.plan.weight;
            }
            Fate::Kept { from, to, changed } => {
                let counted = if changed.is_empty() {
                    &mut self.unchanged
                } else {
                    &mut self.changed
                };
                *counted += 1;
                self.from_weight += from.plan.weight;
                self.to_weight += to.plan.weight;
                let (first, second) = (from.plan.deadline, to.plan.deadline);
                match second.last_day().cmp(&first.last_day()) {
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
            (Some(first), Some(second)) => both(first, second),
            (Some(first), None) => Variance {
                name: first.name.clone(),
                fate: Fate::Removed(first.snapshot()),
            },
            (None, Some(second)) => Variance {
                name: second.name.clone(),
                fate: Fate::Added(second.snapshot()),
            },
            (None, None) => break,
        };
        totals.add(&variance);
        compared.push(variance);
    }
    (compared, totals)
}

fn both(first: Planned, second: Planned) -> Variance {
    let mut changed = differences(&first.plan, &second.plan);
    changed.extend((first.state != second.state).then_some(Aspect::State));
    Variance {
        name: first.name.clone(),
        fate: Fate::Kept {
            from: first.snapshot(),
            to: second.snapshot(),
            changed,
        },
    }
}

#[cfg(test)]
mod laws;
