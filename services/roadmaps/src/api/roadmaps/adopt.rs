//! `AdoptRoadmap`.

use accord_proto::roadmaps::v1::{AdoptRoadmapRequest, Roadmap};
use fault::Fault;
use tonic::Request;

use super::{
    super::{Begun, begin, convert::word},
    Service,
    change::{self, Deed},
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/AdoptRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<AdoptRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    let Begun {
        call,
        given,
        mut violations,
        ..
    } = begin(METHOD, request)?;
    let revision = word::revision("plan_revision", given.plan_revision);
    let deed = violations.take(revision).map(Deed::Adopt);
    change::run(service, call, &given.name, &given.etag, deed, violations).await
}
