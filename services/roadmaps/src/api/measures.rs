//! The methods on measures, one file each, and what several of them share.

pub(super) mod accept_cancellation;
pub(super) mod agreed;
pub(super) mod batch_create;
pub(super) mod calendar;
pub(super) mod confirm;
pub(super) mod create;
pub(super) mod deadlines;
pub(super) mod decline_cancellation;
pub(super) mod delete;
mod dependencies;
pub(super) mod dispute;
pub(super) mod get;
pub(super) mod list;
pub(super) mod list_events;
mod plan;
mod presence;
pub(super) mod propose_cancellation;
pub(super) mod report;
pub(super) mod return_report;
mod speak;
pub(super) mod stages;
pub(super) mod start;
pub(super) mod undelete;
pub(super) mod update;
pub(super) mod withdraw_report;

use fault::Fault;
use identity::Caller;
use storage::Tx;

use super::{Service, fault as faults};
use crate::{
    domain::{
        event::Event,
        measure::{Measure, Speaker},
        name::MeasureName,
        roadmap::Roadmap,
    },
    store,
};

/// Reads a measure, deleted or not; `NOT_FOUND` when there is none.
pub(super) async fn any(tx: &mut Tx, name: &MeasureName) -> Result<Measure, Fault> {
    let found = store::measures::get(tx, name).await?;
    found.ok_or_else(|| Fault::not_found(faults::MEASURE, &name.to_string()))
}

/// Reads a measure; `NOT_FOUND` when there is none or it is deleted.
pub(super) async fn present(tx: &mut Tx, name: &MeasureName) -> Result<Measure, Fault> {
    let measure = any(tx, name).await?;
    match measure.deleted {
        None => Ok(measure),
        Some(_) => Err(Fault::not_found(faults::MEASURE, &name.to_string())),
    }
}

/// Returns for which side of a roadmap the caller acts, and as which agency.
pub(super) fn speaker(caller: &Caller, roadmap: &Roadmap) -> Result<Speaker, Fault> {
    Ok(Speaker {
        side: super::roadmaps::side_of(caller, roadmap)?,
        agency: caller.agency.clone(),
    })
}

/// Refuses a change that was decided on another version of the measure.
fn check_etag(given: &str, measure: &Measure) -> Result<(), Fault> {
    let current = super::convert::measure::etag(measure);
    aip::etag::check(given, &current)
        .map_err(|_| Fault::etag_mismatch(&measure.name.to_string(), given, &current))
}

/// Keeps a measure that was read at revision `before`, and what happened to it.
async fn keep(
    tx: &mut Tx,
    roadmap: &Roadmap,
    measure: &Measure,
    before: i64,
    event: &Event,
) -> Result<(), Fault> {
    store::measures::update_if(tx, measure, before).await?;
    store::events::append(tx, roadmap.uid, measure.uid, event).await?;
    Ok(())
}
