//! `GetRebaseline` and `ListRebaselines`.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1::{
    GetRebaselineRequest, ListRebaselinesRequest, ListRebaselinesResponse, Rebaseline as Answer,
};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::any;
use crate::{
    api::{Service, checked, convert, roadmaps},
    domain::{
        name::{RebaselineName, RoadmapName},
        rebaseline::Rebaseline,
    },
    store::{self, fields},
};

pub(in crate::api) async fn get(
    service: &Service,
    request: Request<GetRebaselineRequest>,
) -> Result<Answer, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = RebaselineName::parse("name", &request.get_ref().name)?;
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = roadmaps::any(tx, &name.roadmap_name()).await?;
                let rebaseline = any(tx, &roadmap, &name).await?;
                let number = rebaseline.number;
                let changes = store::rebaselines::changes(tx, roadmap.uid, number).await?;
                let bases = store::baselines::before(tx, roadmap.uid, number, &changes).await?;
                let parties = super::parties(&roadmap);
                Ok(convert::rebaseline::write(
                    &rebaseline,
                    &changes,
                    &bases,
                    &parties,
                ))
            })
        })
        .await
}

pub(in crate::api) async fn list(
    service: &Service,
    request: Request<ListRebaselinesRequest>,
) -> Result<ListRebaselinesResponse, Fault> {
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
    let listing = Listing::parse(&fields::REBASELINES, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (name, listing) = checked(name.zip(listing), violations)?;
    let query = listing.clone();
    let (parties, rows) = service
        .database
        .read(move |tx| {
            let (name, listing) = (name.clone(), query.clone());
            Box::pin(async move {
                let roadmap = roadmaps::any(tx, &name).await?;
                let rows = store::rebaselines::list(tx, &listing, roadmap.uid).await?;
                Ok::<_, Fault>((super::parties(&roadmap), rows))
            })
        })
        .await?;
    let number = |rebaseline: &Rebaseline| Value::from(rebaseline.number);
    let (rows, next_page_token) = listing.page(rows, |rebaseline, _| number(rebaseline), number);
    Ok(ListRebaselinesResponse {
        rebaselines: rows
            .iter()
            .map(|rebaseline| {
                convert::rebaseline::write(rebaseline, &[], &BTreeMap::new(), &parties)
            })
            .collect(),
        next_page_token,
    })
}
