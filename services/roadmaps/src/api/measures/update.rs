//! `UpdateMeasure`.

use accord_proto::roadmaps::v1::{Measure as Answer, UpdateMeasureRequest};
use aip::Violations;
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    super::{Begun, begin, checked, convert, references, roadmaps},
    Service, check_etag, dependencies, keep, plan, present, speaker,
};
use crate::{domain::name::MeasureName, store};

const METHOD: &str = "accord.roadmaps.v1.MeasureService/UpdateMeasure";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<UpdateMeasureRequest>,
) -> Result<Answer, Fault> {
    let on_behalf = OnBehalf::of(&request);
    let Begun {
        call,
        caller,
        given: request,
        mut violations,
    } = begin(METHOD, request)?;
    let given_name = request.measure.as_ref().map_or("", |measure| &measure.name);
    let name = violations.take(MeasureName::parse("measure.name", given_name));
    let name = checked(name, violations)?;
    let referring =
        convert::details::changed(request.measure.as_ref(), request.update_mask.as_ref());
    let referring = [("measure", &referring)];
    if let Some(answer) = references::ask(service, &call, &on_behalf, &referring).await? {
        return Ok(answer);
    }
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name, request) = (caller.clone(), name.clone(), request.clone());
            Box::pin(update(tx, stamp, caller, name, request))
        })
        .await
}

async fn update(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: MeasureName,
    request: UpdateMeasureRequest,
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = roadmaps::present(tx, &name.roadmap_name()).await?;
    let mut measure = present(tx, &name).await?;
    let speaker = speaker(&caller, &roadmap)?;
    let patch = request.measure.unwrap_or_default();
    check_etag(&patch.etag, &measure)?;
    let before = plan::begin(&mut roadmap, &speaker, stamp.now)?;
    let base = convert::measure::write(&measure);
    let merged = aip::mask::merge(&base, &patch, request.update_mask.as_ref(), "measure")?;
    let given = convert::measure::read(&merged).map_err(|found| {
        let mut violations = Violations::new();
        violations.merge_under("measure", found);
        violations.merge_under("measure", convert::measure::misfits(&merged, &roadmap));
        violations
    })?;
    let given = plan::settle(tx, given, &roadmap, request.allow_new_spelling).await?;
    let edges = dependencies::check(tx, &roadmap, &name, Some(&measure), &given).await?;
    let measure_before = measure.revision;
    let event = measure.revise(given, &speaker, stamp.now);
    keep(tx, &roadmap, &measure, measure_before, &event).await?;
    store::dependencies::write(tx, roadmap.uid, measure.uid, edges).await?;
    plan::finish(tx, &roadmap, before, &measure, ChangeKind::Updated, &stamp).await
}
