//! Contract ↔ domain, both ways: the only place that knows both.

pub(super) mod burnup;
pub(super) mod deadline;
mod dependency;
pub(super) mod event;
pub(super) mod forecast;
pub(super) mod measure;
pub(super) mod progress;
pub(super) mod roadmap;
pub(super) mod schedule;
pub(super) mod stage;
mod titles;
pub(super) mod word;
pub(super) mod working_days;

use accord_proto::{convert, google::r#type::Date, roadmaps::v1 as contract};
use jiff::{Timestamp, civil};

use crate::domain::completion::State;

/// How long a deleted resource can be restored; the contract says so.
const RESTORABLE: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

pub(super) fn date(day: civil::Date) -> Date {
    convert::from_date(day)
}

pub(super) fn time(at: Timestamp) -> prost_types::Timestamp {
    convert::from_timestamp(at)
}

/// Returns when what was deleted at `deleted` may be removed for good.
fn purge_time(deleted: Option<Timestamp>) -> Option<prost_types::Timestamp> {
    deleted
        .and_then(|at| at.checked_add(RESTORABLE).ok())
        .map(time)
}

fn measure_state(state: State) -> i32 {
    let state = match state {
        State::Planned => contract::MeasureState::Planned,
        State::InProgress => contract::MeasureState::InProgress,
        State::Reported => contract::MeasureState::Reported,
        State::Returned => contract::MeasureState::Returned,
        State::Disputed => contract::MeasureState::Disputed,
        State::Complete => contract::MeasureState::Complete,
        State::Cancelled => contract::MeasureState::Cancelled,
    };
    state.into()
}
