//! `ListMeasureLife`.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1::{
    ListMeasureLifeRequest, ListMeasureLifeResponse, MeasureLifeEvent, MeasureStation,
};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use tonic::Request;
use uuid::Uuid;

use crate::{
    api::{
        Service, checked,
        convert::{self, event::Agreed},
        measures::{self, agreed},
    },
    domain::{event::Event, measure::Measure, name::MeasureName},
    store::{self, fields},
};

/// The order of the contract.
const ORDER: &str = "record_time, measure";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListMeasureLifeRequest>,
) -> Result<ListMeasureLifeResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(MeasureName::parse("parent", &request.parent));
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        order_by: ORDER,
        bound_to: request.parent.as_bytes(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&fields::LIFE, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (name, listing) = checked(name.zip(listing), violations)?;
    let query = listing.clone();
    let (stations, agreed, rows) = service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), query.clone());
            Box::pin(async move {
                measures::any(tx, &name).await?;
                let stations = store::measures::of_life(tx, &name).await?;
                let uids: Vec<Uuid> = stations.iter().map(|measure| measure.uid).collect();
                let rows = store::events::of_life(tx, &listing, &uids).await?;
                let by_uid = by_uid(&stations);
                let own: Vec<(&Measure, &Event)> = rows
                    .iter()
                    .filter_map(|(uid, event)| Some((*by_uid.get(uid)?, event)))
                    .collect();
                let agreed = agreed::read(tx, &own).await?;
                Ok::<_, Fault>((stations, agreed, rows))
            })
        })
        .await?;
    let by_uid = by_uid(&stations);
    let written = |(uid, event): (Uuid, Event)| {
        let agreed = event
            .rebaseline
            .and_then(|number| agreed.get(&(uid, number)));
        Some(happened(by_uid.get(&uid)?, event, agreed))
    };
    let bytes = |row: &(Uuid, Event)| written(row.clone()).map_or(0, |event| event.encoded_len());
    let (rows, next_page_token) =
        listing.page_within(rows, bytes, sort_value, |(_, event)| event.number.into());
    Ok(ListMeasureLifeResponse {
        events: rows.into_iter().filter_map(written).collect(),
        stations: stations.iter().map(station).collect(),
        next_page_token,
    })
}

fn by_uid(stations: &[Measure]) -> BTreeMap<Uuid, &Measure> {
    let stations = stations.iter();
    stations.map(|measure| (measure.uid, measure)).collect()
}

/// Writes an event of one of the stations.
fn happened(measure: &Measure, event: Event, agreed: Option<&Agreed>) -> MeasureLifeEvent {
    let roadmap = measure.name.roadmap_name();
    MeasureLifeEvent {
        measure: measure.name.to_string(),
        event: Some(convert::event::write(
            event,
            &roadmap,
            &measure.parties,
            agreed,
        )),
    }
}

fn sort_value((uid, event): &(Uuid, Event), path: &str) -> Value {
    match path {
        "record_time" => clock::to_micros(event.at).into(),
        _ => uid.to_string().into(),
    }
}

fn station(measure: &Measure) -> MeasureStation {
    let written = convert::measure::write(measure);
    MeasureStation {
        measure: written.name,
        state: written.state,
        deadline: written.deadline,
        successor: written.successor,
    }
}
