//! `UndeleteMeasure`.

use accord_proto::roadmaps::v1::{Measure as Answer, UndeleteMeasureRequest};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    super::{checked, fault as faults, roadmaps},
    Service, any, check_etag, keep, plan, speaker,
};
use crate::domain::{name::MeasureName, refusal::Refusal};

const METHOD: &str = "accord.roadmaps.v1.MeasureService/UndeleteMeasure";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<UndeleteMeasureRequest>,
) -> Result<Answer, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(METHOD, caller, request.get_ref(), &mut violations);
    let caller = caller.clone();
    let request = request.into_inner();
    let name = violations.take(MeasureName::parse("name", &request.name));
    let name = checked(name, violations)?;
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name, etag) = (caller.clone(), name.clone(), request.etag.clone());
            Box::pin(undelete(tx, stamp, caller, name, etag))
        })
        .await
}

async fn undelete(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: MeasureName,
    etag: String,
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = roadmaps::present(tx, &name.roadmap_name()).await?;
    let mut measure = any(tx, &name).await?;
    let speaker = speaker(&caller, &roadmap)?;
    if measure.deleted.is_none() {
        return Err(Fault::already_exists(faults::MEASURE, &name.to_string()));
    }
    check_etag(&etag, &measure)?;
    let before = plan::begin(&mut roadmap, &speaker, stamp.now)?;
    if !measure.plan.misfits(roadmap.plan.period).is_empty() {
        let refusal = Refusal::OutsidePeriod {
            measure: name.clone(),
        };
        let party = roadmap.party(speaker.side);
        return Err(faults::refused(&refusal, &roadmap.name.to_string(), party));
    }
    let measure_before = measure.revision;
    let event = measure.undelete(&speaker, stamp.now);
    keep(tx, &roadmap, &measure, measure_before, &event).await?;
    plan::finish(
        tx,
        &roadmap,
        before,
        &measure,
        ChangeKind::Undeleted,
        &stamp,
    )
    .await
}
