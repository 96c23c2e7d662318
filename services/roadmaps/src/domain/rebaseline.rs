//! Changes of an adopted plan: proposed by one side, accepted by the other, applied together.
//!
//! A re-baseline is open until the other side accepts or declines it, or its own side takes it back. While it is open its
//! side may replace it by a new revision; a word on it names the revision that it is about.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    completion,
    measure::{Agreed, Deed, Measure, Plan, Speaker},
    name::{MeasureName, RebaselineName, RoadmapName},
    refusal::Refusal,
    roadmap::Roadmap,
    side::Side,
};

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

/// What a re-baseline is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The roadmap whose plan changes.
    pub roadmap: &'a Roadmap,
    /// Of the measures that the changes name, those that there are, deleted or not.
    pub measures: &'a BTreeMap<MeasureName, Measure>,
    /// Of the following roadmaps that the changes name, those that there are, deleted or not.
    pub following: &'a BTreeMap<RoadmapName, Roadmap>,
}

/// What stands against a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no such measure.
    NoMeasure(MeasureName),
    /// There is no such roadmap.
    NoRoadmap(RoadmapName),
    /// The name of a new measure is taken.
    Taken(MeasureName),
    /// A rule stands against it.
    Refused {
        /// The measure or roadmap.
        name: String,
        /// The rule.
        refusal: Refusal,
    },
}

/// Returns the first thing that stands against changes that `proposer` proposes; each measure is in at most one of them.
pub fn check(changes: &[Change], proposer: Side, known: Known<'_>) -> Result<(), Obstacle> {
    let added: BTreeSet<&MeasureName> = changes
        .iter()
        .filter(|change| matches!(change, Change::Add { .. }))
        .map(Change::measure)
        .collect();
    let ended: BTreeSet<&MeasureName> = changes
        .iter()
        .filter(|change| change.ends())
        .map(Change::measure)
        .collect();
    let mut new = BTreeSet::new();
    for change in changes {
        let measure = change.measure();
        match change.deed() {
            None => known.require_free(measure, &mut new)?,
            Some(deed) => {
                let agreed = Agreed {
                    deed,
                    proposer,
                    rebaseline: 0,
                    reason: "",
                };
                let checked = known.present(measure)?.check(agreed);
                checked.map_err(|refusal| refused(measure, refusal))?;
            }
        }
        match change {
            Change::Supersede { successor, .. } => {
                let is_added = added.contains(successor);
                if !is_added && (ended.contains(successor) || !known.is_planned(successor)) {
                    let refusal = Refusal::SuccessorNotInPlan {
                        measure: successor.clone(),
                    };
                    return Err(refused(measure, refusal));
                }
            }
            Change::CarryOver { successor, .. } => {
                known.require_following(&successor.roadmap_name())?;
                known.require_free(successor, &mut new)?;
            }
            Change::Add { .. } | Change::Replan { .. } | Change::Remove { .. } => {}
        }
    }
    Ok(())
}

fn refused(name: impl ToString, refusal: Refusal) -> Obstacle {
    Obstacle::Refused {
        name: name.to_string(),
        refusal,
    }
}

impl<'a> Known<'a> {
    fn present(&self, name: &MeasureName) -> Result<&'a Measure, Obstacle> {
        let found = self.measures.get(name);
        found
            .filter(|measure| measure.deleted.is_none())
            .ok_or_else(|| Obstacle::NoMeasure(name.clone()))
    }

    /// Says whether a measure is in the plan and has not ended without being done.
    fn is_planned(&self, name: &MeasureName) -> bool {
        use completion::State::{Cancelled, CarriedOver, Superseded};
        self.present(name).is_ok_and(|measure| {
            let state = measure.completion.state;
            !matches!(state, Cancelled | Superseded | CarriedOver)
        })
    }

    /// A name is never given twice, not even after its measure was deleted.
    fn require_free<'n>(
        &self,
        name: &'n MeasureName,
        new: &mut BTreeSet<&'n MeasureName>,
    ) -> Result<(), Obstacle> {
        if self.measures.contains_key(name) || !new.insert(name) {
            return Err(Obstacle::Taken(name.clone()));
        }
        Ok(())
    }

    fn require_following(&self, name: &RoadmapName) -> Result<(), Obstacle> {
        let following = self.following.get(name);
        let following = following
            .filter(|roadmap| roadmap.deleted.is_none())
            .ok_or_else(|| Obstacle::NoRoadmap(name.clone()))?;
        let parties = |roadmap: &Roadmap| {
            let mut parties = Side::BOTH.map(|side| roadmap.party(side).to_owned());
            parties.sort();
            parties
        };
        if name == &self.roadmap.name || parties(following) != parties(self.roadmap) {
            return Err(refused(name, Refusal::SidesDiffer));
        }
        if !following.plan.period.follows(self.roadmap.plan.period) {
            let roadmap = self.roadmap.name.clone();
            return Err(refused(name, Refusal::NotFollowing { roadmap }));
        }
        following
            .require_draft()
            .map_err(|refusal| refused(name, refusal))
    }
}

#[cfg(test)]
mod tests;
