//! Contract ↔ domain, both ways: the only place that knows both.

pub(super) mod baseline;
pub(super) mod burnup;
pub(super) mod calendar_feed;
pub(super) mod deadline;
mod dependency;
pub(super) mod details;
pub(super) mod difference;
pub(super) mod event;
pub(super) mod forecast;
pub(super) mod indicator;
pub(super) mod measure;
pub(super) mod progress;
pub(super) mod rebaseline;
pub(super) mod roadmap;
pub(super) mod schedule;
pub(super) mod stage;
mod titles;
pub(super) mod variance;
pub(super) mod word;
pub(super) mod working_days;

use accord_proto::{convert, google::r#type::Date, roadmaps::v1 as contract};
use aip::Violation;
use jiff::{Timestamp, civil};

use crate::domain::completion::State;

/// How long a deleted resource can be restored; the contract says so.
const RESTORABLE: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// Reads the moment whose knowledge is asked for: now when absent, never in the future.
pub(super) fn known(
    given: Option<&prost_types::Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, Violation> {
    let known = aip::convert::optional_time("known_time", given)?.unwrap_or(now);
    if known > now {
        return Err(Violation::new(
            "known_time",
            "DATE_IN_FUTURE",
            "must not be in the future",
        ));
    }
    Ok(known)
}

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
        State::Superseded => contract::MeasureState::Superseded,
        State::CarriedOver => contract::MeasureState::CarriedOver,
    };
    state.into()
}
