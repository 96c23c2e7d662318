//! `CloseRoadmap`.

use accord_proto::roadmaps::v1::{CloseRoadmapRequest, Roadmap};
use fault::Fault;
use tonic::Request;

use super::{
    super::begin,
    Service,
    change::{self, Deed},
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/CloseRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<CloseRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    let begun = begin(METHOD, request)?;
    let CloseRoadmapRequest { name, etag, .. } = &begun.given;
    let deed = Some(Deed::Close);
    change::run(service, begun.call, name, etag, deed, begun.violations).await
}
