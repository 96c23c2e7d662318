//! What stands against changes of a plan, by the rules of measures and roadmaps.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        completion,
        measure::{Agreed, Measure},
        name::{MeasureName, RoadmapName},
        refusal::Refusal,
        roadmap::Roadmap,
        side::Side,
    },
    Change,
};

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

pub(super) fn refused(name: impl ToString, refusal: Refusal) -> Obstacle {
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
