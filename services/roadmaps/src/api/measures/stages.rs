//! `ListMeasureStages`.

use accord_proto::roadmaps::v1::{ListMeasureStagesRequest, ListMeasureStagesResponse};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use storage::Tx;
use tonic::Request;
use uuid::Uuid;

use super::{
    super::{checked, convert, roadmaps::progress::View},
    Service,
};
use crate::{
    domain::{measure::Measure, name::RoadmapName, progress::Told},
    store::{self, fields},
};

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListMeasureStagesRequest>,
) -> Result<ListMeasureStagesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(RoadmapName::parse("parent", &request.parent));
    let view = violations.take(View::read(
        request.known_time.as_ref(),
        request.effective_date.as_ref(),
        &service.clock,
    ));
    // All that decides which rows there are, without the page.
    let bound_to = ListMeasureStagesRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        bound_to: &bound_to.encode_to_vec(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&fields::STAGES, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let ((name, view), listing) = checked(name.zip(view).zip(listing), violations)?;
    service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), listing.clone());
            Box::pin(async move { list(tx, &name, view, &listing).await })
        })
        .await
}

/// Reads a page of measures, and then what had happened to each of them.
async fn list(
    tx: &mut Tx,
    name: &RoadmapName,
    view: View,
    listing: &Listing,
) -> Result<ListMeasureStagesResponse, Fault> {
    let roadmap = view.roadmap(tx, name).await?;
    let rows = store::measures::recorded_by(tx, listing, name, view.known).await?;
    let key = |measure: &Measure| Value::from(measure.name.to_string());
    let (measures, next_page_token) = listing.page(rows, |measure, _| key(measure), key);
    let uids: Vec<Uuid> = measures.iter().map(|measure| measure.uid).collect();
    let steps = store::events::steps_of_measures(tx, &uids, view.known).await?;
    let mut measure_stages = Vec::with_capacity(measures.len());
    for measure in &measures {
        let steps = steps.get(&measure.uid).map_or(&[][..], Vec::as_slice);
        let told = Told::by(steps)
            .map_err(|found| Fault::internal(format!("{}: {found}", measure.name)))?;
        if let Some(told) = told.filter(|told| !told.is_deleted()) {
            let stage = convert::stage::of_measure(measure, &told, view.binding(&roadmap));
            measure_stages.push(stage);
        }
    }
    Ok(ListMeasureStagesResponse {
        measure_stages,
        next_page_token,
        scale: Some(convert::stage::scale()),
    })
}
