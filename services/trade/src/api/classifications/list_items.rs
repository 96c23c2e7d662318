//! `ListClassificationItems`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListClassificationItemsRequest, ListClassificationItemsResponse};
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
        field("code", Kind::Text, "i.code"),
        field("level", Kind::Enum(LEVELS), "i.level"),
        field("parent_code", Kind::Text, "i.parent_code"),
    ],
};

const LEVELS: &[(&str, i64)] = &[
    ("LEVEL_SECTION", 1),
    ("LEVEL_CHAPTER", 2),
    ("LEVEL_HEADING", 3),
    ("LEVEL_SUBHEADING", 4),
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
    request: Request<ListClassificationItemsRequest>,
) -> Result<ListClassificationItemsResponse, Fault> {
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
    let (items, next_page_token) = api
        .database
        .read(move |tx| {
            let listing = Arc::clone(&listing);
            Box::pin(async move {
                let page = store::classifications::list(tx, edition, &listing, &[]).await?;
                Ok::<_, Fault>(page)
            })
        })
        .await?;
    Ok(ListClassificationItemsResponse {
        items: items
            .iter()
            .map(|item| classification::show_item(edition, item))
            .collect(),
        next_page_token,
    })
}
