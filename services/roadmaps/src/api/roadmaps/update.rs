//! `UpdateRoadmap`.

use accord_proto::roadmaps::v1::{Roadmap as Answer, UpdateRoadmapRequest};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{super::convert, Service, check_etag, present, side_of};
use crate::{
    api::{Begun, begin, checked, convert::roadmap::Given, fault as faults},
    domain::{name::RoadmapName, refusal::Refusal, roadmap::Roadmap},
    store,
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/UpdateRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<UpdateRoadmapRequest>,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        given: request,
        mut violations,
    } = begin(METHOD, request)?;
    let given_name = request.roadmap.as_ref().map_or("", |roadmap| &roadmap.name);
    let name = violations.take(RoadmapName::parse("roadmap.name", given_name));
    let name = checked(name, violations)?;
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
    name: RoadmapName,
    request: UpdateRoadmapRequest,
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = present(tx, &name).await?;
    let side = side_of(&caller, &roadmap)?;
    let patch = request.roadmap.unwrap_or_default();
    check_etag(&patch.etag, &roadmap)?;
    let party = roadmap.party(side).to_owned();
    let name = roadmap.name.to_string();
    let refused = |refusal: Refusal| faults::refused(&refusal, &name, &party);
    roadmap.require_draft().map_err(refused)?;
    let base = convert::roadmap::write(&roadmap);
    let merged = aip::mask::merge(&base, &patch, request.update_mask.as_ref(), "roadmap")?;
    let Given { plan, region_codes } = read(&merged, &roadmap, stamp.today())?;
    let outside = store::roadmaps::outside_period(tx, roadmap.uid, plan.period).await?;
    if let Some(measure) = outside {
        return Err(refused(Refusal::OutsidePeriod { measure }));
    }
    let before = roadmap.revision;
    roadmap.revise(plan, stamp.now).map_err(refused)?;
    store::roadmaps::update_if(tx, &roadmap, before, Some(&region_codes)).await?;
    let answer = convert::roadmap::write(&roadmap);
    let change = Change::of(name, ChangeKind::Updated, &answer);
    Ok((answer, vec![change]))
}

/// Reads the new fields; the sides' parties stay as they are.
fn read(merged: &Answer, roadmap: &Roadmap, today: jiff::civil::Date) -> Result<Given, Fault> {
    let mut violations = Violations::new();
    let given = convert::roadmap::read(merged, &roadmap.name.partnership, today)
        .map_err(|found| violations.merge_under("roadmap", found))
        .ok();
    if let Some(given) = &given {
        let parties = |places: &[crate::domain::roadmap::Place; 2]| {
            [places[0].party.clone(), places[1].party.clone()]
        };
        if parties(&given.plan.places) != parties(&roadmap.plan.places) {
            violations.push(
                "roadmap.sides",
                "IMMUTABLE_FIELD",
                "the parties of the sides never change",
            );
        }
    }
    checked(given, violations)
}
