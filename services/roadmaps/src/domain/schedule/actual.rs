//! What really happened to a measure, as its events tell it: what a schedule starts from.

use jiff::civil::Date;

use super::Progress;
use crate::domain::{
    completion::{Action, State},
    dependency::Dependency,
    event::Kind,
};

/// The part of a measure's plan that a schedule depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The first day, if one was planned.
    pub starts_on: Option<Date>,
    /// How many working days it takes, if the plan says so.
    pub working_days: Option<i64>,
    /// Which sides have bodies that carry it out.
    pub sides: [bool; 2],
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
}

/// What counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// What both sides confirmed.
    Attested,
    /// What a side claims.
    Claimed,
    /// Nothing.
    Plan,
}

/// The part of an event that a schedule needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happened.
    pub kind: Kind,
    /// The day on which it was recorded, in UTC.
    pub recorded_on: i64,
    /// The state afterwards.
    pub state: State,
    /// The deadline from then on; for events of the plan.
    pub deadline: Option<i64>,
    /// The plan from then on; for events of the plan.
    pub timing: Option<Timing>,
    /// The day that was claimed; for reports.
    pub completed_on: Option<i64>,
}

/// A measure as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The plan.
    pub timing: Timing,
    /// The deadline's last day.
    pub deadline: Option<i64>,
    state: State,
    deleted: bool,
    began: Option<i64>,
    claimed: Option<i64>,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            timing: Timing::default(),
            deadline: None,
            state: State::Planned,
            deleted: false,
            began: None,
            claimed: None,
        }
    }
}

impl Life {
    /// Adds the next event.
    pub fn hear(&mut self, step: Step) {
        self.state = step.state;
        if let Some(timing) = step.timing {
            self.timing = timing;
            self.deadline = step.deadline;
        }
        match step.kind {
            Kind::Deleted => self.deleted = true,
            Kind::Undeleted => self.deleted = false,
            Kind::Said(Action::Start) => {
                self.began.get_or_insert(step.recorded_on);
            }
            Kind::Said(Action::Report) => {
                self.claimed = step.completed_on;
                // What is done has begun; when, nobody said.
                if let Some(day) = step.completed_on {
                    self.began.get_or_insert(day);
                }
            }
            Kind::Created | Kind::Updated | Kind::Said(_) => {}
        }
    }

    /// Says whether the measure has to be carried out: it is neither deleted nor cancelled.
    #[must_use]
    pub fn is_agreed(&self) -> bool {
        !self.deleted && !is_out(self.state)
    }

    /// Says whether the measure is cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        !self.deleted && is_out(self.state)
    }

    /// Returns how far the measure was by the end of a day.
    #[must_use]
    pub fn progress(&self, basis: Basis, by: i64) -> Progress {
        let done = match basis {
            Basis::Plan => return Progress::NotStarted,
            Basis::Attested => self.state == State::Complete,
            Basis::Claimed => self.state.is_claimed(),
        };
        let began = self.began.filter(|day| *day <= by);
        match self.claimed.filter(|day| done && *day <= by) {
            Some(on) => Progress::Finished {
                started: began.unwrap_or(on).min(on),
                on,
            },
            None => began.map_or(Progress::NotStarted, |on| Progress::Started { on }),
        }
    }
}

/// Says whether a measure in this state is not carried out any more, or goes on as another one.
fn is_out(state: State) -> bool {
    matches!(
        state,
        State::Cancelled | State::Superseded | State::CarriedOver
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(action: Action, recorded_on: i64, state: State, completed_on: Option<i64>) -> Step {
        Step {
            kind: Kind::Said(action),
            recorded_on,
            state,
            deadline: None,
            timing: None,
            completed_on,
        }
    }

    #[test]
    fn only_what_counts_on_the_basis_is_done_and_only_by_the_day() {
        let mut life = Life::default();
        life.hear(said(Action::Start, 10, State::InProgress, None));
        life.hear(said(Action::Report, 30, State::Reported, Some(25)));
        let finished = Progress::Finished {
            started: 10,
            on: 25,
        };
        assert_eq!(life.progress(Basis::Claimed, 40), finished);
        let started = Progress::Started { on: 10 };
        assert_eq!(life.progress(Basis::Attested, 40), started);
        assert_eq!(life.progress(Basis::Claimed, 24), started);
        assert_eq!(life.progress(Basis::Claimed, 9), Progress::NotStarted);
        assert_eq!(life.progress(Basis::Plan, 40), Progress::NotStarted);
        life.hear(said(Action::Confirm, 50, State::Complete, None));
        assert_eq!(life.progress(Basis::Attested, 40), finished);
    }

    #[test]
    fn a_withdrawn_report_leaves_a_measure_begun() {
        let mut life = Life::default();
        life.hear(said(Action::Report, 30, State::Reported, Some(25)));
        life.hear(said(Action::WithdrawReport, 31, State::InProgress, None));
        assert_eq!(
            life.progress(Basis::Claimed, 40),
            Progress::Started { on: 25 }
        );
    }
}
