//! How far a roadmap is, from the events of its measures, in two numbers that are never mixed.
//!
//! *Activity* is what sides claim: measures with a report that its side has not withdrawn. *Attested* is
//! what both confirmed on the same revision. Attested is always a part of activity.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{
    completion::{Completion, Move, State},
    event::{Kind, Stakes},
    side::Side,
};

/// A count of measures with the sum of their weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: i64,
    /// The sum of their weights.
    pub weight: i64,
}

impl Tally {
    pub(super) fn add(&mut self, weight: i64) {
        self.count += 1;
        self.weight += weight;
    }
}

/// The figures of a set of measures, as the contract defines them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// All but those given up or replaced. What was carried over was agreed here and not done here.
    pub agreed: Tally,
    /// With a standing report.
    pub activity: Tally,
    /// Complete.
    pub attested: Tally,
    /// Open after their deadline.
    pub overdue: Tally,
    /// Complete, but done after their deadline.
    pub late: Tally,
    /// Not begun.
    pub planned: Tally,
    /// Begun, without a standing report.
    pub in_progress: Tally,
    /// Waiting for the other side's word.
    pub reported: Tally,
    /// Returned for revision.
    pub returned: Tally,
    /// Disputed.
    pub disputed: Tally,
    /// Given up by both sides.
    pub cancelled: Tally,
    /// Replaced by other measures.
    pub superseded: Tally,
    /// Carried over into a following roadmap.
    pub carried_over: Tally,
}

/// One side's part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SideFigures {
    /// Measures with a standing report of this side.
    pub activity: Tally,
    /// Of these, confirmed by the other side.
    pub attested: Tally,
    /// Reports of the other side that wait for this side's word.
    pub awaiting_word: Tally,
    /// Reports of this side that were returned or disputed.
    pub awaiting_answer: Tally,
}

/// The progress of a roadmap on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// All measures.
    pub total: Figures,
    /// Each side's part.
    pub sides: [SideFigures; 2],
    /// By section.
    pub sections: BTreeMap<String, Figures>,
}

/// The part of an [`Event`](super::event::Event) that progress needs, with the same meanings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The number in the measure, from 1 without gaps.
    pub number: i64,
    /// When it was recorded; never before the step before.
    pub at: Timestamp,
    /// What happened.
    pub kind: Kind,
    /// The side that acted.
    pub side: Side,
    /// The revision of the report that was filed, withdrawn or judged.
    pub report_revision: Option<i64>,
    /// The state afterwards.
    pub state: State,
    /// What was planned from then on; for events of the plan.
    pub stakes: Option<Stakes>,
    /// The day that was claimed; for reports.
    pub completed_on: Option<Date>,
}

/// A measure as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub(super) stakes: Stakes,
    pub(super) completion: Completion,
    pub(super) completed_on: Option<Date>,
    pub(super) attested: Option<Timestamp>,
    pub(super) deleted: bool,
}

/// Events that do not follow the rules: the record was changed by something else than this service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {number} does not follow from the events before")]
pub struct Inconsistent {
    /// The first event that does not follow.
    pub number: i64,
}

impl Told {
    /// Adds up the events of one measure, oldest first; nothing when there are none.
    pub fn by(events: &[Step]) -> Result<Option<Self>, Inconsistent> {
        let mut told = None;
        for event in events {
            told = Some(Self::after(told, event)?);
        }
        Ok(told)
    }

    /// Adds one event to what the events before it told.
    pub(super) fn after(before: Option<Self>, event: &Step) -> Result<Self, Inconsistent> {
        let inconsistent = Inconsistent {
            number: event.number,
        };
        match (before, &event.stakes) {
            (None, Some(stakes)) => Ok(Self {
                stakes: stakes.clone(),
                completion: Completion::default(),
                completed_on: None,
                attested: None,
                deleted: false,
            }),
            (None, None) => Err(inconsistent),
            (Some(mut told), _) => told.hear(event).map(|()| told).ok_or(inconsistent),
        }
    }

    /// What was planned.
    #[must_use]
    pub fn stakes(&self) -> &Stakes {
        &self.stakes
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> State {
        self.completion.state
    }

    /// When the other side confirmed it, if it is complete and not deleted.
    #[must_use]
    pub fn attested(&self) -> Option<Timestamp> {
        self.attested.filter(|_| !self.deleted)
    }

    /// Says whether the measure was deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted
    }

    /// Says whether the measure has to be carried out: it is part of the agreed scope.
    pub(super) fn is_agreed(&self) -> bool {
        !self.deleted && !matches!(self.completion.state, State::Cancelled | State::Superseded)
    }

    /// Adds the next event; nothing when it cannot follow.
    fn hear(&mut self, event: &Step) -> Option<()> {
        if let Some(stakes) = &event.stakes {
            self.stakes = stakes.clone();
        }
        match event.kind {
            Kind::Created => return None,
            Kind::Updated => {}
            Kind::Deleted => self.deleted = true,
            Kind::Undeleted => self.deleted = false,
            Kind::Said(action) => {
                let given = Move {
                    side: event.side,
                    action,
                    revision: event.report_revision,
                    // What both agreed on is recorded once it is accepted, by the side that did not propose it.
                    proposer: action.is_agreed().then(|| event.side.other()),
                };
                self.completion = self.completion.apply(given).ok()?;
                self.completed_on = event.completed_on.or(self.completed_on);
                if self.completion.state == State::Complete {
                    self.attested = Some(event.at);
                }
            }
        }
        (self.completion.state == event.state).then_some(())
    }
}

impl Progress {
    /// Adds up measures as they stood, against `on` for what is overdue.
    pub fn of<'a>(measures: impl IntoIterator<Item = &'a Told>, on: Date) -> Self {
        let mut progress = Self::default();
        for measure in measures.into_iter().filter(|measure| !measure.deleted) {
            progress.total.add(measure, on);
            progress.add_to_sides(measure);
            progress
                .sections
                .entry(measure.stakes.section.clone())
                .or_default()
                .add(measure, on);
        }
        progress
    }

    fn add_to_sides(&mut self, measure: &Told) {
        let state = measure.completion.state;
        let Some(report) = measure.completion.standing.filter(|_| state.is_claimed()) else {
            return;
        };
        let weight = measure.stakes.weight;
        let reporter: &mut SideFigures = &mut self.sides[report.by.index()];
        reporter.activity.add(weight);
        match state {
            State::Complete => reporter.attested.add(weight),
            State::Returned | State::Disputed => reporter.awaiting_answer.add(weight),
            State::Reported => {
                let other: Side = report.by.other();
                self.sides[other.index()].awaiting_word.add(weight);
            }
            State::Planned
            | State::InProgress
            | State::Cancelled
            | State::Superseded
            | State::CarriedOver => {}
        }
    }
}

impl Figures {
    pub(super) fn add(&mut self, measure: &Told, on: Date) {
        let weight = measure.stakes.weight;
        let last_day = measure.stakes.last_day;
        let state = measure.completion.state;
        let of_state = match state {
            State::Planned => &mut self.planned,
            State::InProgress => &mut self.in_progress,
            State::Reported => &mut self.reported,
            State::Returned => &mut self.returned,
            State::Disputed => &mut self.disputed,
            State::Complete => &mut self.attested,
            State::Cancelled => &mut self.cancelled,
            State::Superseded => &mut self.superseded,
            State::CarriedOver => &mut self.carried_over,
        };
        of_state.add(weight);
        if !matches!(state, State::Cancelled | State::Superseded) {
            self.agreed.add(weight);
        }
        if state.is_claimed() {
            self.activity.add(weight);
        }
        if !state.is_final() && last_day < on {
            self.overdue.add(weight);
        }
        if state == State::Complete && measure.completed_on.is_some_and(|day| day > last_day) {
            self.late.add(weight);
        }
    }
}

#[cfg(test)]
pub(super) mod laws;
