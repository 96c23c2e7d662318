//! A plan as both sides agreed on it at a moment.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    completion::State,
    measure::Plan,
    name::{BaselineName, MeasureName, RoadmapName},
    roadmap::Period,
};

/// A frozen plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Its roadmap.
    pub roadmap: RoadmapName,
    /// The number in the roadmap, from 1 without gaps.
    pub number: i64,
    /// When it was frozen.
    pub frozen: Timestamp,
    /// The revision of the plan.
    pub plan_revision: i64,
    /// The number of the re-baseline that led to it; nothing for the first.
    pub rebaseline: Option<i64>,
    /// The period of the roadmap.
    pub period: Period,
    /// How many measures there are in the plan.
    pub measures: i64,
    /// The sum of their weights.
    pub weight: i64,
}

impl Baseline {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> BaselineName {
        BaselineName::numbered(&self.roadmap, self.number)
    }
}

/// A measure as a baseline has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Its identity.
    pub uid: Uuid,
    /// Its name.
    pub name: MeasureName,
    /// What was planned.
    pub plan: Plan,
    /// The state then.
    pub state: State,
}
