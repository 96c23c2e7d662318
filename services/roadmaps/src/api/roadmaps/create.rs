//! `CreateRoadmap`.

use accord_proto::roadmaps::v1::{CreateRoadmapRequest, Roadmap as Answer};
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{super::convert, Service, side_of};
use crate::{
    api::{Begun, begin, checked, convert::roadmap::Given, fault as faults},
    domain::{
        name::{PartnershipName, RoadmapName},
        roadmap::Roadmap,
    },
    store,
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/CreateRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<CreateRoadmapRequest>,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        given: request,
        mut violations,
    } = begin(METHOD, request)?;
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let id = violations.take(aip::parse_id("roadmap_id", &request.roadmap_id));
    let partnership = parent.as_ref().map_or("", |name| &name.partnership);
    let today = service.clock.today();
    let roadmap = request.roadmap.unwrap_or_default();
    let given = convert::roadmap::read(&roadmap, partnership, today)
        .map_err(|found| violations.merge_under("roadmap", found))
        .ok();
    let ((parent, id), given) = checked(parent.zip(id).zip(given), violations)?;
    let name = RoadmapName::new(parent.partnership, id);
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name, given) = (caller.clone(), name.clone(), given.clone());
            Box::pin(create(tx, stamp, caller, name, given))
        })
        .await
}

async fn create(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: RoadmapName,
    given: Given,
) -> Result<(Answer, Vec<Change>), Fault> {
    let roadmap = Roadmap::draft(stamp.new_uid(), name, given.plan, stamp.now);
    side_of(&caller, &roadmap)?;
    let name = roadmap.name.to_string();
    if !store::roadmaps::insert(tx, &roadmap, &given.region_codes).await? {
        return Err(Fault::already_exists(faults::ROADMAP, &name));
    }
    let answer = convert::roadmap::write(&roadmap);
    let change = Change::of(name, ChangeKind::Created, &answer);
    Ok((answer, vec![change]))
}
