//! `GetRoadmap`.

use accord_proto::roadmaps::v1::{GetRoadmapRequest, Roadmap};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{
    super::{checked, convert},
    Service, any,
};
use crate::domain::name::RoadmapName;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetRoadmapRequest>,
) -> Result<Roadmap, Fault> {
    Caller::of(&request)?.may_read()?;
    let mut violations = Violations::new();
    let request = request.into_inner();
    let name = violations.take(RoadmapName::parse("name", &request.name));
    let day = violations.take(aip::convert::optional_date(
        "effective_date",
        request.effective_date.as_ref(),
    ));
    let (name, day) = checked(name.zip(day), violations)?;
    let day = day.unwrap_or_else(|| service.clock.today());
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = any(tx, &name).await?;
                Ok(convert::roadmap::answer(&roadmap, day))
            })
        })
        .await
}
