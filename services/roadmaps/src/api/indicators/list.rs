//! `ListIndicatorActuals`.

use accord_proto::roadmaps::v1::{ListIndicatorActualsRequest, ListIndicatorActualsResponse};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use crate::{
    api::{Service, checked, convert, measures},
    domain::{indicator::Actual, name::MeasureName},
    store::{self, fields},
};

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListIndicatorActualsRequest>,
) -> Result<ListIndicatorActualsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(MeasureName::parse("parent", &request.parent));
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        bound_to: request.parent.as_bytes(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&fields::ACTUALS, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (name, listing) = checked(name.zip(listing), violations)?;
    let query = listing.clone();
    let (measure, rows) = service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), query.clone());
            Box::pin(async move {
                let measure = measures::any(tx, &name).await?;
                let rows = store::actuals::list(tx, &listing, measure.uid).await?;
                Ok::<_, Fault>((measure, rows))
            })
        })
        .await?;
    let number = |actual: &Actual| Value::from(actual.number);
    let (rows, next_page_token) = listing.page(rows, |actual, _| number(actual), number);
    Ok(ListIndicatorActualsResponse {
        indicator_actuals: rows
            .iter()
            .map(|actual| convert::indicator::write(actual, &measure))
            .collect(),
        next_page_token,
    })
}
