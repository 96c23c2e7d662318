//! `ListMeasureEvents`.

use accord_proto::roadmaps::v1::{ListMeasureEventsRequest, ListMeasureEventsResponse};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{
    super::{checked, convert},
    Service, agreed, any,
};
use crate::{
    domain::{event::Event, name::MeasureName},
    store::{self, fields},
};

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListMeasureEventsRequest>,
) -> Result<ListMeasureEventsResponse, Fault> {
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
    let listing = Listing::parse(&fields::EVENTS, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (name, listing) = checked(name.zip(listing), violations)?;
    let query = listing.clone();
    let roadmap = name.roadmap_name();
    let (parties, agreed, rows) = service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), query.clone());
            Box::pin(async move {
                let measure = any(tx, &name).await?;
                let rows = store::events::list(tx, &listing, measure.uid).await?;
                let agreed = agreed::read(tx, &measure, rows.iter()).await?;
                Ok::<_, Fault>((measure.parties, agreed, rows))
            })
        })
        .await?;
    let number = |event: &Event| Value::from(event.number);
    let (rows, next_page_token) = listing.page(rows, |event, _| number(event), number);
    Ok(ListMeasureEventsResponse {
        events: rows
            .into_iter()
            .map(|event| {
                let agreed = event.rebaseline.and_then(|number| agreed.get(&number));
                convert::event::write(event, &roadmap, &parties, agreed)
            })
            .collect(),
        next_page_token,
    })
}
