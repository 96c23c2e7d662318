//! `GetRoadmap`.

use accord_proto::roadmaps::v1::{GetRoadmapRequest, Roadmap};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{super::convert, Service, any};
use crate::domain::name::RoadmapName;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = RoadmapName::parse("name", &request.get_ref().name)?;
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = any(tx, &name).await?;
                Ok(convert::roadmap::write(&roadmap))
            })
        })
        .await
}
