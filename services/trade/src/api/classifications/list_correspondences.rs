//! `ListCorrespondences`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListCorrespondencesRequest, ListCorrespondencesResponse};
use aip::{Field, Kind, ListRequest, Listing, Schema, Violations};
use identity::Caller;
use tonic::Request;

use super::{complete, read_edition};
use crate::{
    api::{Api, convert::classification},
    store,
};

static SCHEMA: Schema = Schema {
    fields: &[
        field("earlier_code", Kind::Text, "c.earlier_code"),
        field("later_code", Kind::Text, "c.later_code"),
        field("relationship", Kind::Enum(RELATIONSHIPS), "c.relationship"),
    ],
};

const RELATIONSHIPS: &[(&str, i64)] = &[
    ("RELATIONSHIP_ONE_TO_ONE", 1),
    ("RELATIONSHIP_MANY_TO_ONE", 2),
    ("RELATIONSHIP_ONE_TO_MANY", 3),
    ("RELATIONSHIP_MANY_TO_MANY", 4),
];

const fn field(path: &'static str, kind: Kind, column: &'static str) -> Field {
    Field {
        path,
        kind,
        column,
        sortable: false,
    }
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ListCorrespondencesRequest>,
) -> Result<ListCorrespondencesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let edition = violations.take(read_edition("parent", &request.parent));
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by: "",
            bound_to: request.parent.as_bytes(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (edition, listing) = complete(edition.zip(listing), violations)?;
    let listing = Arc::new(listing);
    let (pairs, next_page_token) = api
        .database
        .read(move |tx| {
            let listing = Arc::clone(&listing);
            Box::pin(async move {
                let page = store::correspondences::list(tx, edition, &listing).await?;
                Ok::<_, Fault>(page)
            })
        })
        .await?;
    Ok(ListCorrespondencesResponse {
        correspondences: pairs
            .into_iter()
            .map(|(pair, relationship)| {
                classification::show_correspondence(edition, pair, relationship)
            })
            .collect(),
        next_page_token,
    })
}
