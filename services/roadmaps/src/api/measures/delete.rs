//! `DeleteMeasure`.

use accord_proto::roadmaps::v1::{DeleteMeasureRequest, Measure as Answer};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    super::{checked, roadmaps},
    Service, check_etag, keep, plan, present, speaker,
};
use crate::domain::name::MeasureName;

const METHOD: &str = "accord.roadmaps.v1.MeasureService/DeleteMeasure";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<DeleteMeasureRequest>,
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
            Box::pin(delete(tx, stamp, caller, name, etag))
        })
        .await
}

async fn delete(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: MeasureName,
    etag: String,
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = roadmaps::present(tx, &name.roadmap_name()).await?;
    let mut measure = present(tx, &name).await?;
    let speaker = speaker(&caller, &roadmap)?;
    check_etag(&etag, &measure)?;
    let before = plan::begin(&mut roadmap, &speaker, stamp.now)?;
    let measure_before = measure.revision;
    let event = measure.delete(&speaker, stamp.now);
    keep(tx, &roadmap, &measure, measure_before, &event).await?;
    plan::finish(tx, &roadmap, before, &measure, ChangeKind::Deleted, &stamp).await
}
