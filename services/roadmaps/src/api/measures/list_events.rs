//! `ListMeasureEvents`.

use accord_proto::roadmaps::v1::{ListMeasureEventsRequest, ListMeasureEventsResponse};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
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
    let (measure, agreed, rows) = service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), query.clone());
            Box::pin(async move {
                let measure = any(tx, &name).await?;
                let rows = store::events::list(tx, &listing, measure.uid).await?;
                let own: Vec<_> = rows.iter().map(|event| (&measure, event)).collect();
                let agreed = agreed::read(tx, &own).await?;
                Ok::<_, Fault>((measure, agreed, rows))
            })
        })
        .await?;
    let written = |event: Event| {
        let rebaseline = event.rebaseline.map(|number| (measure.uid, number));
        let agreed = rebaseline.and_then(|part| agreed.get(&part));
        convert::event::write(event, &roadmap, &measure.parties, agreed)
    };
    let bytes = |event: &Event| written(event.clone()).encoded_len();
    let number = |event: &Event| Value::from(event.number);
    let (rows, next_page_token) =
        listing.page_within(rows, bytes, |event, _| number(event), number);
    Ok(ListMeasureEventsResponse {
        events: rows.into_iter().map(written).collect(),
        next_page_token,
    })
}
