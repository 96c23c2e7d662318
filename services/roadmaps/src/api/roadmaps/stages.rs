//! `GetRoadmapStages`.

use accord_proto::roadmaps::v1::{GetRoadmapStagesRequest, RoadmapStages};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{
    super::convert,
    Service,
    progress::{self, View},
};
use crate::{
    api::checked,
    domain::{name::RoadmapName, stage::Stages},
    store,
};

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetRoadmapStagesRequest>,
) -> Result<RoadmapStages, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(RoadmapName::parse("name", &request.name));
    let view = violations.take(View::read(
        request.known_time.as_ref(),
        request.effective_date.as_ref(),
        &service.clock,
    ));
    let (name, view) = checked(name.zip(view), violations)?;
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = view.roadmap(tx, &name).await?;
                let mut steps = store::events::steps(tx, &[roadmap.uid], view.known).await?;
                let steps = steps.remove(&roadmap.uid).unwrap_or_default();
                let told = progress::told(&roadmap, &steps)?;
                let mut answer = RoadmapStages {
                    roadmap: roadmap.name.to_string(),
                    known_time: Some(convert::time(view.known)),
                    effective_date: Some(convert::date(view.effective)),
                    state: convert::roadmap::state(roadmap.state_at(view.known)),
                    scale: Some(convert::stage::scale()),
                    ..RoadmapStages::default()
                };
                convert::stage::write(Stages::of(&told, view.binding(&roadmap)), &mut answer);
                Ok(answer)
            })
        })
        .await
}
