//! `DeleteRoadmap`.

use accord_proto::roadmaps::v1::{DeleteRoadmapRequest, Roadmap};
use fault::Fault;
use tonic::Request;

use super::{
    super::begin,
    Service,
    change::{self, Deed},
};

const METHOD: &str = "accord.roadmaps.v1.RoadmapService/DeleteRoadmap";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<DeleteRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    let begun = begin(METHOD, request)?;
    let DeleteRoadmapRequest { name, etag, .. } = &begun.given;
    let deed = Some(Deed::Delete);
    change::run(service, begun.call, name, etag, deed, begun.violations).await
}
