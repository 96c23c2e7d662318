//! `ListReleases`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListReleasesRequest, ListReleasesResponse};
use aip::{Field, Kind, ListRequest, Listing, Schema, Violations};
use identity::Caller;
use tonic::Request;

use crate::{
    api::{Api, convert, fault},
    domain::name::PartnershipName,
    store,
};

static SCHEMA: Schema = Schema {
    fields: &[
        field("name", Kind::Text, "r.name", true),
        field("display_name", Kind::Text, "r.display_name", true),
        field("reporter", Kind::Text, "r.reporter", true),
        field("publisher", Kind::Text, "r.publisher", true),
        field("state", Kind::Enum(STATES), "r.state", false),
        field("scope", Kind::Enum(SCOPES), "r.scope", false),
        field("publish_time", Kind::Time, "r.publish_us", false),
        field(
            "publish_record_time",
            Kind::Time,
            "r.publish_record_us",
            false,
        ),
        field("create_time", Kind::Time, "r.create_us", true),
        field("update_time", Kind::Time, "r.update_us", true),
        field("observation_count", Kind::Int, "r.observation_count", true),
    ],
};

const STATES: &[(&str, i64)] = &[
    ("STATE_STAGING", 1),
    ("STATE_PUBLISHED", 2),
    ("STATE_WITHDRAWN", 3),
];

const SCOPES: &[(&str, i64)] = &[
    ("SCOPE_GOODS", 1),
    ("SCOPE_GOODS_AND_SERVICES", 2),
    ("SCOPE_NOT_STATED", 3),
];

const fn field(path: &'static str, kind: Kind, column: &'static str, sortable: bool) -> Field {
    Field {
        path,
        kind,
        column,
        sortable,
    }
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ListReleasesRequest>,
) -> Result<ListReleasesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by: &request.order_by,
            bound_to: request.parent.as_bytes(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    violations.finish()?;
    let (Some(parent), Some(listing)) = (parent, listing) else {
        return Err(fault::unreported());
    };

    let input = Arc::new((parent, listing));
    let (releases, next_page_token) = api
        .database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (parent, listing) = &*input;
                let page = store::releases::list(tx, &parent.partnership, listing).await?;
                Ok::<_, Fault>(page)
            })
        })
        .await?;
    Ok(ListReleasesResponse {
        releases: releases.iter().map(convert::release::show).collect(),
        next_page_token,
    })
}
