//! The way of a measure out of its draft and back.

use accord_proto::roadmaps::v1::Measure as Answer;
use fault::Fault;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;

use super::{
    super::{checked, fault as faults, roadmaps},
    Service, any, check_etag, dependencies, keep, plan, present, speaker,
};
use crate::domain::{name::MeasureName, refusal::Refusal};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Out; with what depends on it left without that dependency, where forced.
    Delete {
        /// Whether it may be done although others depend on it.
        force: bool,
    },
    /// Back.
    Undelete,
}

/// Checks what both calls have in common, and takes the way.
pub(super) async fn run(
    service: &Service,
    call: Call,
    name: &str,
    etag: &str,
    way: Way,
    mut violations: aip::Violations,
) -> Result<Answer, Fault> {
    let name = violations.take(MeasureName::parse("name", name));
    let name = checked(name, violations)?;
    let (caller, etag) = (call.caller.clone(), etag.to_owned());
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name, etag) = (caller.clone(), name.clone(), etag.clone());
            Box::pin(take(tx, stamp, caller, name, etag, way))
        })
        .await
}

async fn take(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: MeasureName,
    etag: String,
    way: Way,
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = roadmaps::present(tx, &name.roadmap_name()).await?;
    let mut measure = match way {
        Way::Delete { .. } => present(tx, &name).await?,
        Way::Undelete => any(tx, &name).await?,
    };
    let speaker = speaker(&caller, &roadmap)?;
    if way == Way::Undelete && measure.deleted.is_none() {
        return Err(Fault::already_exists(faults::MEASURE, &name.to_string()));
    }
    check_etag(&etag, &measure)?;
    if matches!(way, Way::Delete { .. }) && !measure.predecessors.is_empty() {
        let refusal = Refusal::HasPredecessors {
            measure: name.clone(),
        };
        let party = roadmap.party(speaker.side);
        return Err(faults::refused(&refusal, &name.to_string(), party));
    }
    let before = plan::begin(&mut roadmap, &speaker, stamp.now)?;
    if way == Way::Undelete && !measure.plan.misfits(roadmap.plan.period).is_empty() {
        let refusal = Refusal::OutsidePeriod { measure: name };
        let party = roadmap.party(speaker.side);
        return Err(faults::refused(&refusal, &roadmap.name.to_string(), party));
    }
    let freed = match way {
        Way::Delete { force } => {
            dependencies::free(tx, &roadmap, &measure, &speaker, &stamp, force).await?
        }
        Way::Undelete => {
            dependencies::still_there(tx, &measure).await?;
            Vec::new()
        }
    };
    let measure_before = measure.revision;
    let (event, kind) = match way {
        Way::Delete { .. } => (measure.delete(&speaker, stamp.now), ChangeKind::Deleted),
        Way::Undelete => (measure.undelete(&speaker, stamp.now), ChangeKind::Undeleted),
    };
    keep(tx, &roadmap, &measure, measure_before, &event).await?;
    let (answer, mut changes) = plan::finish(tx, &roadmap, before, &measure, kind, &stamp).await?;
    changes.extend(freed);
    Ok((answer, changes))
}
