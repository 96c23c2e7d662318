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
    /// The name of the measure that took this one's place, or in which it goes on; for the event that says so.
    pub successor: Option<String>,
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
    /// The day on which it was recorded that work is under way, whatever is reported.
    under_way: Option<i64>,
    /// The day on which the standing report was recorded.
    reported: Option<i64>,
    /// The day that the standing report claims.
    claimed: Option<i64>,
    successor: Option<String>,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            timing: Timing::default(),
            deadline: None,
            state: State::Planned,
            deleted: false,
            under_way: None,
            reported: None,
            claimed: None,
            successor: None,
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
        if step.successor.is_some() {
            self.successor = step.successor;
        }
        match step.kind {
            Kind::Deleted => self.deleted = true,
            Kind::Undeleted => self.deleted = false,
            Kind::Said(Action::Start) => {
                self.under_way.get_or_insert(step.recorded_on);
            }
            Kind::Said(Action::Report) => {
                self.reported = Some(step.recorded_on);
                self.claimed = step.completed_on;
            }
            // What the report said counts no more; that work is under way is what the withdrawal leaves.
            Kind::Said(Action::WithdrawReport) => {
                self.under_way.get_or_insert(step.recorded_on);
                self.reported = None;
                self.claimed = None;
            }
            Kind::Created | Kind::Updated | Kind::Said(_) => {}
        }
    }

    /// Says whether the measure has to be carried out: it is neither deleted nor cancelled.
    #[must_use]
    pub fn is_agreed(&self) -> bool {
        !self.deleted && !is_out(self.state)
    }

    /// Says whether the measure is not carried out any more, or goes on as another one.
    #[must_use]
    pub fn is_out(&self) -> bool {
        !self.deleted && is_out(self.state)
    }

    /// Returns the measure of the same roadmap that took this one's place, if one did.
    #[must_use]
    pub fn superseded_by(&self) -> Option<&str> {
        let successor = self.successor.as_deref();
        successor.filter(|_| !self.deleted && self.state == State::Superseded)
    }

    /// Returns how far the measure was by the end of a day.
    #[must_use]
    pub fn progress(&self, basis: Basis, by: i64) -> Progress {
        let done = match basis {
            Basis::Plan => return Progress::NotStarted,
            Basis::Attested => self.state == State::Complete,
            Basis::Claimed => self.state.is_claimed(),
        };
        let began = self.under_way.or(self.reported).filter(|day| *day <= by);
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
            successor: None,
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
    fn a_withdrawn_report_leaves_a_measure_begun_on_the_day_of_the_withdrawal() {
        let mut life = Life::default();
        life.hear(said(Action::Report, 30, State::Reported, Some(25)));
        life.hear(said(Action::WithdrawReport, 31, State::InProgress, None));
        for basis in [Basis::Claimed, Basis::Attested] {
            assert_eq!(life.progress(basis, 40), Progress::Started { on: 31 });
        }
        life.hear(said(Action::Report, 35, State::Reported, Some(33)));
        let finished = Progress::Finished {
            started: 31,
            on: 33,
        };
        assert_eq!(life.progress(Basis::Claimed, 40), finished);
    }

    #[test]
    fn only_the_standing_report_says_when_a_measure_began_that_nobody_started() {
        let mut life = Life::default();
        life.hear(said(Action::Report, 30, State::Reported, Some(5)));
        let started = |on| Progress::Started { on };
        assert_eq!(life.progress(Basis::Attested, 40), started(30));
        life.hear(said(Action::Return, 32, State::Returned, None));
        life.hear(said(Action::Report, 34, State::Reported, Some(20)));
        assert_eq!(life.progress(Basis::Attested, 40), started(34));
        let finished = Progress::Finished {
            started: 20,
            on: 20,
        };
        assert_eq!(life.progress(Basis::Claimed, 40), finished);
    }

    #[test]
    fn a_start_that_was_recorded_outlives_every_report() {
        let mut life = Life::default();
        life.hear(said(Action::Start, 10, State::InProgress, None));
        life.hear(said(Action::Report, 30, State::Reported, Some(5)));
        life.hear(said(Action::WithdrawReport, 31, State::InProgress, None));
        assert_eq!(
            life.progress(Basis::Claimed, 40),
            Progress::Started { on: 10 }
        );
    }
}
