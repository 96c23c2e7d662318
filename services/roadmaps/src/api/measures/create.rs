//! `CreateMeasure`.

use accord_proto::roadmaps::v1::{CreateMeasureRequest, Measure as Answer};
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    super::{Begun, begin, checked, convert, fault as faults, references, roadmaps},
    Service, dependencies, plan, speaker,
};
use crate::{
    domain::{
        measure::{Measure, Plan},
        name::{MeasureName, RoadmapName},
    },
    store,
};

const METHOD: &str = "accord.roadmaps.v1.MeasureService/CreateMeasure";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<CreateMeasureRequest>,
) -> Result<Answer, Fault> {
    let on_behalf = OnBehalf::of(&request);
    let Begun {
        call,
        caller,
        given: request,
        mut violations,
    } = begin(METHOD, request)?;
    let parent = violations.take(RoadmapName::parse("parent", &request.parent));
    let id = violations.take(aip::parse_id("measure_id", &request.measure_id));
    let measure = request.measure.unwrap_or_default();
    let given = convert::measure::read(&measure)
        .map_err(|found| violations.merge_under("measure", found))
        .ok();
    if let (None, Some(parent)) = (&given, &parent) {
        let given = vec![("measure".to_owned(), measure)];
        plan::add_misfits(service, parent, given, &mut violations).await?;
    }
    let ((parent, id), given) = checked(parent.zip(id).zip(given), violations)?;
    let name = MeasureName::new(parent.partnership, parent.roadmap, id);
    let allows_new_spelling = request.allow_new_spelling;
    let referring = [("measure", &given.details)];
    if let Some(answer) = references::ask(service, &call, &on_behalf, &referring).await? {
        return Ok(answer);
    }
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name, given) = (caller.clone(), name.clone(), given.clone());
            Box::pin(create(
                tx,
                stamp,
                caller,
                name,
                (given, allows_new_spelling),
            ))
        })
        .await
}

async fn create(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: MeasureName,
    (given, allows_new_spelling): (Plan, bool),
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = roadmaps::present(tx, &name.roadmap_name()).await?;
    let speaker = speaker(&caller, &roadmap)?;
    let before = plan::begin(&mut roadmap, &speaker, stamp.now)?;
    let planned = plan::settle(tx, given, &roadmap, allows_new_spelling).await?;
    let edges = dependencies::check(tx, &roadmap, &name, None, &planned).await?;
    let parties = [0, 1].map(|index| roadmap.plan.places[index].party.clone());
    let (measure, event) =
        Measure::create(stamp.new_uid(), name, parties, planned, &speaker, stamp.now);
    let name = measure.name.to_string();
    if !store::measures::insert(tx, &measure, roadmap.uid).await? {
        return Err(Fault::already_exists(faults::MEASURE, &name));
    }
    store::events::append(tx, roadmap.uid, measure.uid, &event).await?;
    store::dependencies::write(tx, roadmap.uid, measure.uid, edges).await?;
    plan::finish(tx, &roadmap, before, &measure, ChangeKind::Created, &stamp).await
}
