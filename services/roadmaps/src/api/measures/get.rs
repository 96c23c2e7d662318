//! `GetMeasure`.

use accord_proto::roadmaps::v1::{GetMeasureRequest, Measure};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{super::convert, Service, any};
use crate::domain::name::MeasureName;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetMeasureRequest>,
) -> Result<Measure, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = MeasureName::parse("name", &request.get_ref().name)?;
    let today = service.clock.today();
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let measure = any(tx, &name).await?;
                Ok(convert::measure::answer(&measure, today))
            })
        })
        .await
}
