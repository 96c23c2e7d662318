//! Why a side's word or a change is refused: facts, without codes and without prose for clients.

use super::{
    completion::{Action, State},
    name::{MeasureName, RoadmapName},
    rebaseline, roadmap,
    side::Side,
};

/// A rule that stands against a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The plan is frozen.
    #[error("the roadmap is {state:?}, not a draft")]
    NotDraft {
        /// The roadmap's state.
        state: roadmap::State,
    },
    /// The roadmap is still a draft, or closed already.
    #[error("the roadmap is {state:?}, not adopted")]
    NotAdopted {
        /// The roadmap's state.
        state: roadmap::State,
    },
    /// The plan has changed since the side read it.
    #[error("the plan is at revision {current}, not {given}")]
    PlanRevisionChanged {
        /// What the side would adopt.
        given: i64,
        /// What there is.
        current: i64,
    },
    /// The side has adopted this plan already.
    #[error("{side:?} has adopted already")]
    AlreadyAdopted {
        /// The side.
        side: Side,
    },
    /// The side has closed the roadmap already.
    #[error("{side:?} has closed already")]
    AlreadyClosed {
        /// The side.
        side: Side,
    },
    /// A report waits for the other side's word, which comes before the end.
    #[error("a report of {measure} waits")]
    ReportWaits {
        /// Its measure, the first by name.
        measure: MeasureName,
    },
    /// A re-baseline is open, whoever proposed it.
    #[error("a re-baseline is open")]
    RebaselineOpen,
    /// A measure would be outside the roadmap's period.
    #[error("{measure} would be outside the period")]
    OutsidePeriod {
        /// The measure, or the first of several by name.
        measure: MeasureName,
    },
    /// The action is not possible in the measure's state.
    #[error("{action:?} is not possible in {state:?}")]
    StateMismatch {
        /// The measure's state.
        state: State,
        /// What was asked.
        action: Action,
    },
    /// A report of the other side stands.
    #[error("report {revision} of the other side waits for a word")]
    ReportPending {
        /// The standing report.
        revision: i64,
    },
    /// The report is the side's own.
    #[error("report {revision} is the side's own")]
    OwnReport {
        /// The standing report.
        revision: i64,
    },
    /// The report is the other side's.
    #[error("report {revision} is the other side's")]
    NotOwnReport {
        /// The standing report.
        revision: i64,
    },
    /// The word is about another revision than the standing one.
    #[error("the report is at revision {current}, not {given}")]
    ReportRevisionChanged {
        /// What the word is about.
        given: i64,
        /// What stands.
        current: i64,
    },
    /// A cancellation is proposed already.
    #[error("a cancellation is proposed already")]
    AlreadyProposed,
    /// No cancellation is proposed.
    #[error("{action:?} without a proposal")]
    NotProposed {
        /// The measure's state.
        state: State,
        /// What was asked.
        action: Action,
    },
    /// The proposal is the side's own.
    #[error("the proposal is the side's own")]
    OwnProposal,
    /// The proposal is the other side's.
    #[error("the proposal is the other side's")]
    NotOwnProposal,
    /// A re-baseline of the other side is open.
    #[error("a re-baseline of the other side is open")]
    RebaselinePending,
    /// The re-baseline has ended.
    #[error("the re-baseline is {state:?}")]
    RebaselineEnded {
        /// How.
        state: rebaseline::State,
    },
    /// The word is about another revision of the re-baseline than the present one.
    #[error("the re-baseline is at revision {current}, not {given}")]
    RebaselineRevisionChanged {
        /// What the word is about.
        given: i64,
        /// What there is.
        current: i64,
    },
    /// A measure's successor is not in the plan.
    #[error("{measure} is not in the plan or ends by the same proposal")]
    SuccessorNotInPlan {
        /// The successor.
        measure: MeasureName,
    },
    /// The following roadmap is not one of the same two parties.
    #[error("the roadmap is not another one of the same two parties")]
    SidesDiffer,
    /// The roadmap does not follow the one that measures come from.
    #[error("it does not end, or begin, after {roadmap}")]
    NotFollowing {
        /// The roadmap that measures come from.
        roadmap: RoadmapName,
    },
    /// The weights of the measures do not add up to what the roadmap declares.
    #[error("the weights add up to {sum}, not {declared}")]
    WeightsDiffer {
        /// What they have to add up to.
        declared: i64,
        /// What they add up to.
        sum: i64,
    },
    /// A measure goes on from another one.
    #[error("{measure} goes on from another measure")]
    HasPredecessors {
        /// The measure.
        measure: MeasureName,
    },
}
