//! `CloseRoadmap`.

use accord_proto::roadmaps::v1::{CloseRoadmapRequest, Roadmap};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::Call;
use tonic::Request;

use super::{
    Service,
    change::{self, Deed},
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/CloseRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<CloseRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(METHOD, caller, request.get_ref(), &mut violations);
    let given = request.get_ref();
    let deed = Some(Deed::Close);
    change::run(service, call, &given.name, &given.etag, deed, violations).await
}
