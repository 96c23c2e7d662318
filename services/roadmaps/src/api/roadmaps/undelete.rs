//! `UndeleteRoadmap`.

use accord_proto::roadmaps::v1::{Roadmap, UndeleteRoadmapRequest};
use fault::Fault;
use tonic::Request;

use super::{
    super::begin,
    Service,
    change::{self, Deed},
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/UndeleteRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<UndeleteRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    let begun = begin(METHOD, request)?;
    let UndeleteRoadmapRequest { name, etag, .. } = &begun.given;
    let deed = Some(Deed::Undelete);
    change::run(service, begun.call, name, etag, deed, begun.violations).await
}
