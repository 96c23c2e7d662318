//! What happened to a measure: appended, never changed, and enough to know the measure's progress as it
//! stood at any moment.

use jiff::{Timestamp, civil::Date};

use super::{
    completion::{Action, State},
    measure::{Claim, Executors},
    name::MeasureName,
    schedule::Timing,
    side::Side,
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The measure was entered in a draft.
    Created,
    /// Its plan changed.
    Updated,
    /// It was taken out of the draft.
    Deleted,
    /// It was put back.
    Undeleted,
    /// A side gave its word.
    Said(Action),
}

/// The part of a measure's plan that its progress depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stakes {
    /// The section.
    pub section: String,
    /// The weight.
    pub weight: i64,
    /// The deadline's last day.
    pub last_day: Date,
    /// Who carries it out; empty where it was not asked for or not kept.
    pub executors: Vec<Executors>,
}

/// One thing that happened to a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The number in the measure, from 1 without gaps.
    pub number: i64,
    /// When it was recorded; never before the event before.
    pub at: Timestamp,
    /// What happened.
    pub kind: Kind,
    /// The side that acted.
    pub side: Side,
    /// The agency that acted for it.
    pub agency: String,
    /// The reason or note; may be empty.
    pub reason: String,
    /// The revision of the report that was filed, withdrawn or judged.
    pub report_revision: Option<i64>,
    /// The state afterwards.
    pub state: State,
    /// What was planned from then on; for events of the plan.
    pub stakes: Option<Stakes>,
    /// What was claimed; for reports.
    pub claim: Option<Claim>,
    /// The number of the re-baseline that the event is a part of, in its roadmap.
    pub rebaseline: Option<i64>,
    /// The measure that took this one's place, or in which it goes on; for the event that says so.
    pub successor: Option<MeasureName>,
    /// When it was planned from then on; for events of the plan that are recorded, not for those read back.
    pub timing: Option<Timing>,
}
