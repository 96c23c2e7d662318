//! Changes of an adopted plan: proposed by one side, accepted by the other, applied together.
//!
//! A re-baseline is open until the other side accepts or declines it, or its own side takes it back. While it is open its
//! side may replace it by a new revision; a word on it names the revision that it is about.

mod check;

use jiff::Timestamp;

use super::{
    measure::{Deed, Plan, Speaker},
    name::{MeasureName, RebaselineName, RoadmapName},
    refusal::Refusal,
    side::Side,
};

pub use check::{Known, Obstacle, check};

/// One change of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new measure.
    Add {
        /// Its name.
        measure: MeasureName,
        /// Its plan; an order number of 0 is given when it is added.
        plan: Plan,
    },
    /// A measure that is planned anew.
    Replan {
        /// Its name.
        measure: MeasureName,
        /// Its whole new plan.
        plan: Plan,
    },
    /// A measure that is taken out.
    Remove {
        /// Its name.
        measure: MeasureName,
    },
    /// A measure whose place another one takes.
    Supersede {
        /// Its name.
        measure: MeasureName,
        /// The other one's, of the same roadmap.
        successor: MeasureName,
    },
    /// A measure that goes on in another roadmap.
    CarryOver {
        /// Its name.
        measure: MeasureName,
        /// The name that it has there.
        successor: MeasureName,
        /// Its whole plan there.
        plan: Plan,
    },
}

impl Change {
    /// Returns the measure of the roadmap that changes.
    #[must_use]
    pub fn measure(&self) -> &MeasureName {
        match self {
            Self::Add { measure, .. }
            | Self::Replan { measure, .. }
            | Self::Remove { measure }
            | Self::Supersede { measure, .. }
            | Self::CarryOver { measure, .. } => measure,
        }
    }

    /// Returns the other measure that the change names.
    #[must_use]
    pub fn successor(&self) -> Option<&MeasureName> {
        match self {
            Self::Supersede { successor, .. } | Self::CarryOver { successor, .. } => {
                Some(successor)
            }
            Self::Add { .. } | Self::Replan { .. } | Self::Remove { .. } => None,
        }
    }

    /// Returns the plan that the change brings.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Add { plan, .. } | Self::Replan { plan, .. } | Self::CarryOver { plan, .. } => {
                Some(plan)
            }
            Self::Remove { .. } | Self::Supersede { .. } => None,
        }
    }

    /// Returns what becomes of the measure; nothing for a new one.
    #[must_use]
    pub fn deed(&self) -> Option<Deed<'_>> {
        match self {
            Self::Add { .. } => None,
            Self::Replan { plan, .. } => Some(Deed::Replan(plan)),
            Self::Remove { .. } => Some(Deed::Remove),
            Self::Supersede { successor, .. } => Some(Deed::Supersede(successor)),
            Self::CarryOver { successor, .. } => Some(Deed::CarryOver(successor)),
        }
    }

    /// Returns the following roadmap, where the change carries a measure over.
    #[must_use]
    pub fn following(&self) -> Option<RoadmapName> {
        match self {
            Self::CarryOver { successor, .. } => Some(successor.roadmap_name()),
            _ => None,
        }
    }

    fn ends(&self) -> bool {
        !matches!(self, Self::Add { .. } | Self::Replan { .. })
    }
}

/// Where a re-baseline is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It waits for the other side's word.
    Open,
    /// The plan is changed.
    Accepted,
    /// The other side declined it.
    Declined,
    /// Its own side took it back.
    Withdrawn,
}

/// The word that ended a re-baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The agency that gave it.
    pub agency: String,
    /// The reason or note; may be empty.
    pub reason: String,
    /// When it was recorded.
    pub at: Timestamp,
}

/// A proposal to change an adopted plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebaseline {
    /// Its roadmap.
    pub roadmap: RoadmapName,
    /// The number in the roadmap, from 1.
    pub number: i64,
    /// The side that proposes.
    pub side: Side,
    /// The agency that proposed this revision.
    pub agency: String,
    /// Counts the proposals that replaced each other, from 1.
    pub revision: i64,
    /// Why.
    pub reason: String,
    /// When this revision was proposed.
    pub proposed: Timestamp,
    /// Where it is in its life.
    pub state: State,
    /// The word that ended it.
    pub end: Option<End>,
    /// The number of the baseline that it led to.
    pub baseline: Option<i64>,
}

/// What a side says of an open re-baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It agrees.
    Accept,
    /// It does not.
    Decline,
    /// It takes its own back.
    Withdraw,
}

impl Rebaseline {
    /// Proposes the `number`th re-baseline of a roadmap.
    #[must_use]
    pub fn propose(
        roadmap: RoadmapName,
        number: i64,
        speaker: &Speaker,
        reason: String,
        at: Timestamp,
    ) -> Self {
        Self {
            roadmap,
            number,
            side: speaker.side,
            agency: speaker.agency.clone(),
            revision: 1,
            reason,
            proposed: at,
            state: State::Open,
            end: None,
            baseline: None,
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> RebaselineName {
        RebaselineName::numbered(&self.roadmap, self.number)
    }

    /// Replaces the proposal by its next revision.
    pub fn revise(
        &mut self,
        speaker: &Speaker,
        reason: String,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require_open()?;
        if speaker.side != self.side {
            return Err(Refusal::RebaselinePending);
        }
        self.revision += 1;
        self.agency.clone_from(&speaker.agency);
        self.reason = reason;
        self.proposed = at;
        Ok(())
    }

    /// Takes a side's word on a revision, or says why it is refused; then nothing has changed.
    pub fn hear(
        &mut self,
        word: Word,
        revision: i64,
        speaker: &Speaker,
        reason: String,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require_open()?;
        let is_own = speaker.side == self.side;
        match word {
            Word::Accept | Word::Decline if is_own => return Err(Refusal::OwnProposal),
            Word::Withdraw if !is_own => return Err(Refusal::NotOwnProposal),
            Word::Accept | Word::Decline | Word::Withdraw => {}
        }
        if revision != self.revision {
            return Err(Refusal::RebaselineRevisionChanged {
                given: revision,
                current: self.revision,
            });
        }
        self.state = match word {
            Word::Accept => State::Accepted,
            Word::Decline => State::Declined,
            Word::Withdraw => State::Withdrawn,
        };
        self.end = Some(End {
            agency: speaker.agency.clone(),
            reason,
            at,
        });
        Ok(())
    }

    fn require_open(&self) -> Result<(), Refusal> {
        match self.state {
            State::Open => Ok(()),
            state => Err(Refusal::RebaselineEnded { state }),
        }
    }
}

#[cfg(test)]
mod tests;
