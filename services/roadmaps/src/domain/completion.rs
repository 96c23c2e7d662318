//! The two-sided protocol of a measure: one table of who may do what in which state.
//!
//! A measure is complete only by two words on the same revision of a report: one side's report and
//! the other side's confirmation. The rules are data, [`TRANSITIONS`]; the service's README shows them,
//! and a model test walks every sequence of calls over them.

#[cfg(test)]
mod model;

use super::{refusal::Refusal, side::Side};

/// Where a measure is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Agreed, not begun.
    Planned,
    /// Begun, without a standing report.
    InProgress,
    /// Waits for the other side's word on the standing report.
    Reported,
    /// The other side wants a new revision of the report.
    Returned,
    /// The other side says that the report is not true.
    Disputed,
    /// Reported by one side, confirmed by the other. Final.
    Complete,
    /// Given up by both sides. Final.
    Cancelled,
    /// Another measure has taken its place, by both sides' agreement. Final.
    Superseded,
    /// It goes on in a following roadmap, by both sides' agreement. Final.
    CarriedOver,
}

impl State {
    /// Every state, in the order of a measure's life.
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::InProgress,
        Self::Reported,
        Self::Returned,
        Self::Disputed,
        Self::Complete,
        Self::Cancelled,
        Self::Superseded,
        Self::CarriedOver,
    ];

    /// Says whether nothing can follow this state.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Complete | Self::Cancelled | Self::Superseded | Self::CarriedOver
        )
    }

    /// Says whether a side claims in this state that the measure is done: its report stands, whatever
    /// the other side says of it. This is what counts as activity.
    #[must_use]
    pub fn is_claimed(self) -> bool {
        matches!(
            self,
            Self::Reported | Self::Returned | Self::Disputed | Self::Complete
        )
    }
}

/// What a side can do to a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Say that it has begun.
    Start,
    /// Report the measure as done.
    Report,
    /// Take its report back.
    WithdrawReport,
    /// Confirm the report.
    Confirm,
    /// Return the report for revision.
    Return,
    /// Dispute the report.
    Dispute,
    /// Propose to cancel.
    ProposeCancellation,
    /// Accept the proposal to cancel.
    AcceptCancellation,
    /// End the proposal to cancel.
    DeclineCancellation,
    /// Change what was planned, by a re-baseline.
    Replan,
    /// Take it out of the plan, by a re-baseline.
    Remove,
    /// Put another measure in its place, by a re-baseline.
    Supersede,
    /// Carry it over into a following roadmap, by a re-baseline.
    CarryOver,
}

impl Action {
    /// Every action, in the order in which the README names them.
    pub const ALL: [Self; 13] = [
        Self::Start,
        Self::Report,
        Self::WithdrawReport,
        Self::Confirm,
        Self::Return,
        Self::Dispute,
        Self::ProposeCancellation,
        Self::AcceptCancellation,
        Self::DeclineCancellation,
        Self::Replan,
        Self::Remove,
        Self::Supersede,
        Self::CarryOver,
    ];

    /// Says whether both sides have to agree on the action: one accepts what the other proposed.
    #[must_use]
    pub fn is_agreed(self) -> bool {
        matches!(
            self,
            Self::Replan | Self::Remove | Self::Supersede | Self::CarryOver
        )
    }

    /// Says whether the action is about a report that stands, and names its revision.
    #[must_use]
    pub fn is_about_report(self) -> bool {
        matches!(
            self,
            Self::WithdrawReport | Self::Confirm | Self::Return | Self::Dispute
        )
    }
}

/// Which side may take an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Either side.
    Either,
    /// The side whose report stands.
    Reporter,
    /// The side that did not report.
    Counterpart,
    /// Either side, as long as no cancellation is proposed.
    NoProposal,
    /// The side that did not propose the cancellation.
    Acceptor,
    /// Either side, once a cancellation is proposed.
    AnyProposal,
    /// Both: a side that accepts the other side's re-baseline.
    Both,
}

/// One permitted step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: State,
    /// What is done.
    pub action: Action,
    /// Who may do it.
    pub by: By,
    /// The state after.
    pub to: State,
}

const fn step(from: State, action: Action, by: By, to: State) -> Transition {
    Transition {
        from,
        action,
        by,
        to,
    }
}

/// Every permitted step; what is not here is refused.
pub const TRANSITIONS: &[Transition] = {
    use Action::{
        AcceptCancellation, CarryOver, Confirm, DeclineCancellation, Dispute, ProposeCancellation,
        Remove, Replan, Report, Return, Start, Supersede, WithdrawReport,
    };
    use By::{Acceptor, AnyProposal, Both, Counterpart, Either, NoProposal, Reporter};
    use State::{
        Cancelled, CarriedOver, Complete, Disputed, InProgress, Planned, Reported, Returned,
        Superseded,
    };
    &[
        step(Planned, Start, Either, InProgress),
        step(Planned, Report, Either, Reported),
        step(Planned, ProposeCancellation, NoProposal, Planned),
        step(Planned, AcceptCancellation, Acceptor, Cancelled),
        step(Planned, DeclineCancellation, AnyProposal, Planned),
        step(Planned, Replan, Both, Planned),
        step(Planned, Remove, Both, Cancelled),
        step(Planned, Supersede, Both, Superseded),
        step(Planned, CarryOver, Both, CarriedOver),
        step(InProgress, Report, Either, Reported),
        step(InProgress, ProposeCancellation, NoProposal, InProgress),
        step(InProgress, AcceptCancellation, Acceptor, Cancelled),
        step(InProgress, DeclineCancellation, AnyProposal, InProgress),
        step(InProgress, Replan, Both, InProgress),
        step(InProgress, Remove, Both, Cancelled),
        step(InProgress, Supersede, Both, Superseded),
        step(InProgress, CarryOver, Both, CarriedOver),
        step(Reported, Report, Reporter, Reported),
        step(Reported, WithdrawReport, Reporter, InProgress),
        step(Reported, Confirm, Counterpart, Complete),
        step(Reported, Return, Counterpart, Returned),
        step(Reported, Dispute, Counterpart, Disputed),
        step(Reported, ProposeCancellation, NoProposal, Reported),
        step(Reported, AcceptCancellation, Acceptor, Cancelled),
        step(Reported, DeclineCancellation, AnyProposal, Reported),
        step(Returned, Report, Reporter, Reported),
        step(Returned, WithdrawReport, Reporter, InProgress),
        step(Returned, Confirm, Counterpart, Complete),
        step(Returned, Dispute, Counterpart, Disputed),
        step(Returned, ProposeCancellation, NoProposal, Returned),
        step(Returned, AcceptCancellation, Acceptor, Cancelled),
        step(Returned, DeclineCancellation, AnyProposal, Returned),
        step(Returned, Replan, Both, Returned),
        step(Returned, Supersede, Both, Superseded),
        step(Returned, CarryOver, Both, CarriedOver),
        step(Disputed, Report, Reporter, Reported),
        step(Disputed, WithdrawReport, Reporter, InProgress),
        step(Disputed, Confirm, Counterpart, Complete),
        step(Disputed, Return, Counterpart, Returned),
        step(Disputed, ProposeCancellation, NoProposal, Disputed),
        step(Disputed, AcceptCancellation, Acceptor, Cancelled),
        step(Disputed, DeclineCancellation, AnyProposal, Disputed),
        step(Disputed, Replan, Both, Disputed),
        step(Disputed, Supersede, Both, Superseded),
        step(Disputed, CarryOver, Both, CarriedOver),
    ]
};

/// The report that stands: filed, and not withdrawn or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Standing {
    /// Its revision, counted from 1 over all reports of the measure.
    pub revision: i64,
    /// The side that filed it.
    pub by: Side,
}

/// How far a measure is, as both sides' words add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Completion {
    /// The state.
    pub state: State,
    /// How many reports were filed, by either side.
    pub reports: i64,
    /// The report that stands.
    pub standing: Option<Standing>,
    /// The side that proposes to cancel. Kept once the proposal is accepted.
    pub proposal: Option<Side>,
}

/// What a side says, as far as the protocol is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The side.
    pub side: Side,
    /// What it does.
    pub action: Action,
    /// The revision of the report that the move is about, where [`Action::is_about_report`].
    pub revision: Option<i64>,
    /// The side whose proposal the move accepts, where [`Action::is_agreed`].
    pub proposer: Option<Side>,
}

impl Default for Completion {
    fn default() -> Self {
        Self {
            state: State::Planned,
            reports: 0,
            standing: None,
            proposal: None,
        }
    }
}

impl Completion {
    /// Returns what the measure comes to by a side's move, or why the move is refused.
    pub fn apply(self, given: Move) -> Result<Self, Refusal> {
        let Move { side, action, .. } = given;
        let transition = TRANSITIONS
            .iter()
            .find(|step| step.from == self.state && step.action == action)
            .ok_or(Refusal::StateMismatch {
                state: self.state,
                action,
            })?;
        self.check_speaker(transition.by, given)?;
        self.check_revision(given)?;
        let mut next = Self {
            state: transition.to,
            ..self
        };
        match action {
            Action::Report => {
                next.reports += 1;
                next.standing = Some(Standing {
                    revision: next.reports,
                    by: side,
                });
            }
            Action::WithdrawReport => next.standing = None,
            Action::ProposeCancellation => next.proposal = Some(side),
            Action::Confirm
            | Action::DeclineCancellation
            | Action::Remove
            | Action::Supersede
            | Action::CarryOver => next.proposal = None,
            Action::Start
            | Action::Return
            | Action::Dispute
            | Action::AcceptCancellation
            | Action::Replan => {}
        }
        Ok(next)
    }

    fn check_speaker(&self, by: By, given: Move) -> Result<(), Refusal> {
        let Move { side, action, .. } = given;
        let reporter = self.standing.map(|report| report.by);
        let proposer = self.proposal;
        let revision = self.standing.map_or(0, |report| report.revision);
        match by {
            By::Reporter if reporter != Some(side) && action == Action::Report => {
                Err(Refusal::ReportPending { revision })
            }
            By::Reporter if reporter != Some(side) => Err(Refusal::NotOwnReport { revision }),
            By::Counterpart if reporter == Some(side) => Err(Refusal::OwnReport { revision }),
            By::NoProposal if proposer.is_some() => Err(Refusal::AlreadyProposed),
            By::Acceptor if proposer == Some(side) => Err(Refusal::OwnProposal),
            By::Acceptor | By::AnyProposal if proposer.is_none() => Err(Refusal::NotProposed {
                state: self.state,
                action,
            }),
            By::Both if given.proposer == Some(side) => Err(Refusal::OwnProposal),
            By::Both if given.proposer.is_none() => Err(Refusal::NotProposed {
                state: self.state,
                action,
            }),
            By::Either
            | By::Both
            | By::Reporter
            | By::Counterpart
            | By::NoProposal
            | By::Acceptor
            | By::AnyProposal => Ok(()),
        }
    }

    /// A word about a report that names no revision is about none that ever was.
    fn check_revision(&self, given: Move) -> Result<(), Refusal> {
        let current = self.standing.map_or(0, |report| report.revision);
        let named = given.revision.unwrap_or(0);
        if given.action.is_about_report() && named != current {
            return Err(Refusal::ReportRevisionChanged {
                given: named,
                current,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
