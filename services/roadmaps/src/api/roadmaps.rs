//! The methods on roadmaps, one file each, and what several of them share.

pub(super) mod adopt;
pub(super) mod batch_progress;
pub(super) mod burnup;
mod change;
pub(super) mod close;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod forecast;
pub(super) mod get;
pub(super) mod list;
pub(super) mod progress;
pub(super) mod schedule;
pub(super) mod stages;
pub(super) mod undelete;
pub(super) mod update;
pub(super) mod working_days;

use fault::Fault;
use identity::Caller;
use storage::Tx;

use super::{Service, fault as faults};
use crate::{
    domain::{name::RoadmapName, roadmap::Roadmap, side::Side},
    store,
};

/// Reads a roadmap, deleted or not; `NOT_FOUND` when there is none.
pub(super) async fn any(tx: &mut Tx, name: &RoadmapName) -> Result<Roadmap, Fault> {
    let found = store::roadmaps::get(tx, name).await?;
    found.ok_or_else(|| Fault::not_found(faults::ROADMAP, &name.to_string()))
}

/// Reads a roadmap; `NOT_FOUND` when there is none or it is deleted.
pub(super) async fn present(tx: &mut Tx, name: &RoadmapName) -> Result<Roadmap, Fault> {
    let roadmap = any(tx, name).await?;
    match roadmap.deleted {
        None => Ok(roadmap),
        Some(_) => Err(Fault::not_found(faults::ROADMAP, &name.to_string())),
    }
}

/// Returns the side that the caller speaks for: that of its own party, as an editor.
pub(super) fn side_of(caller: &Caller, roadmap: &Roadmap) -> Result<Side, Fault> {
    let own = caller.party.as_deref();
    let side = own.and_then(|party| roadmap.side_of(party));
    // A caller of neither side is told one of the parties that may.
    let side = side.unwrap_or(Side::First);
    caller.speaks_for(roadmap.party(side))?;
    Ok(side)
}

/// Refuses a change that was decided on another version of the roadmap.
pub(super) fn check_etag(given: &str, roadmap: &Roadmap) -> Result<(), Fault> {
    let current = super::convert::roadmap::etag(roadmap);
    aip::etag::check(given, &current)
        .map_err(|_| Fault::etag_mismatch(&roadmap.name.to_string(), given, &current))
}
