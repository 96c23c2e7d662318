//! `GetBaseline`, `ListBaselines` and `ListBaselineMeasures`.

use accord_proto::roadmaps::v1::{
    Baseline as Answer, GetBaselineRequest, ListBaselineMeasuresRequest,
    ListBaselineMeasuresResponse, ListBaselinesRequest, ListBaselinesResponse,
};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use storage::Tx;
use tonic::Request;

use crate::{
    api::{Service, checked, convert, fault as faults, roadmaps},
    domain::{
        baseline::{Baseline, Frozen},
        name::{BaselineName, RoadmapName},
        roadmap::Roadmap,
    },
    store::{self, fields},
};

pub(in crate::api) async fn get(
    service: &Service,
    request: Request<GetBaselineRequest>,
) -> Result<Answer, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = BaselineName::parse("name", &request.get_ref().name)?;
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = roadmaps::any(tx, &name.roadmap_name()).await?;
                let baseline = any(tx, &roadmap, &name).await?;
                Ok(convert::baseline::write(&baseline))
            })
        })
        .await
}

/// Reads a baseline of a roadmap; `NOT_FOUND` when there is none.
pub(super) async fn any(
    tx: &mut Tx,
    roadmap: &Roadmap,
    name: &BaselineName,
) -> Result<Baseline, Fault> {
    let missing = || Fault::not_found(faults::BASELINE, &name.to_string());
    let number = name.number().ok_or_else(missing)?;
    let found = store::baselines::get(tx, roadmap.uid, number).await?;
    found.ok_or_else(missing)
}

pub(in crate::api) async fn list(
    service: &Service,
    request: Request<ListBaselinesRequest>,
) -> Result<ListBaselinesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(RoadmapName::parse("parent", &request.parent));
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        bound_to: request.parent.as_bytes(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&fields::BASELINES, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (name, listing) = checked(name.zip(listing), violations)?;
    let query = listing.clone();
    let rows = service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), query.clone());
            Box::pin(async move {
                let roadmap = roadmaps::any(tx, &name).await?;
                let rows = store::baselines::list(tx, &listing, roadmap.uid).await?;
                Ok::<_, Fault>(rows)
            })
        })
        .await?;
    let number = |baseline: &Baseline| Value::from(baseline.number);
    let (rows, next_page_token) = listing.page(rows, |baseline, _| number(baseline), number);
    Ok(ListBaselinesResponse {
        baselines: rows.iter().map(convert::baseline::write).collect(),
        next_page_token,
    })
}

pub(in crate::api) async fn measures(
    service: &Service,
    request: Request<ListBaselineMeasuresRequest>,
) -> Result<ListBaselineMeasuresResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(BaselineName::parse("parent", &request.parent));
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        bound_to: request.parent.as_bytes(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&fields::BASELINE_MEASURES, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (name, listing) = checked(name.zip(listing), violations)?;
    let query = listing.clone();
    let rows = service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), query.clone());
            Box::pin(async move {
                let roadmap = roadmaps::any(tx, &name.roadmap_name()).await?;
                let number = any(tx, &roadmap, &name).await?.number;
                let rows = store::baselines::measures(tx, &listing, roadmap.uid, number).await?;
                Ok::<_, Fault>(rows)
            })
        })
        .await?;
    let key = |frozen: &Frozen| Value::from(frozen.name.to_string());
    let (rows, next_page_token) = listing.page_within(
        rows,
        |frozen| convert::baseline::write_measure(frozen).encoded_len(),
        |frozen, _| key(frozen),
        key,
    );
    Ok(ListBaselineMeasuresResponse {
        baseline_measures: rows.iter().map(convert::baseline::write_measure).collect(),
        next_page_token,
    })
}
