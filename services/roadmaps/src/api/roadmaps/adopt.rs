//! `AdoptRoadmap`.

use accord_proto::roadmaps::v1::{AdoptRoadmapRequest, Roadmap};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::Call;
use tonic::Request;

use super::{
    super::convert,
    Service,
    change::{self, Deed},
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/AdoptRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<AdoptRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(METHOD, caller, request.get_ref(), &mut violations);
    let given = request.get_ref();
    let revision = convert::word::revision("plan_revision", given.plan_revision);
    let deed = violations.take(revision).map(Deed::Adopt);
    change::run(service, call, &given.name, &given.etag, deed, violations).await
}
