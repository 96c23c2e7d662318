//! `ListMirrorExplanations`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListMirrorExplanationsRequest, ListMirrorExplanationsResponse};
use aip::{Field, Kind, ListRequest, Listing, Schema, Violations};
use identity::Caller;
use tonic::Request;

use crate::{
    api::{Api, convert::explanation::show, fault},
    domain::name::PartnershipName,
    store::{self, explanations::STATES},
};

static SCHEMA: Schema = Schema {
    fields: &[
        field("name", Kind::Text, "x.name", true),
        field("party", Kind::Text, "x.party", false),
        field("agency", Kind::Text, "x.agency", false),
        field("exporter", Kind::Text, "x.exporter", false),
        field("importer", Kind::Text, "x.importer", false),
        field("period", Kind::Text, "x.period", false),
        field("commodity", Kind::Text, "x.commodity", false),
        field("category", Kind::Enum(CATEGORIES), "x.category", false),
        field("state", Kind::Enum(STATES), "x.state", false),
        field("amount_cents", Kind::Int, "x.amount_cents", false),
        field("document", Kind::Text, "x.document", false),
        field("create_time", Kind::Time, "x.create_us", true),
        field("update_time", Kind::Time, "x.update_us", true),
    ],
};

const CATEGORIES: &[(&str, i64)] = &[
    ("MIRROR_COMPONENT_SCOPE", 1),
    ("MIRROR_COMPONENT_VALUATION", 2),
    ("MIRROR_COMPONENT_TIMING", 3),
    ("MIRROR_COMPONENT_CLASSIFICATION", 4),
    ("MIRROR_COMPONENT_ONLY_ONE_SIDE", 5),
    ("MIRROR_COMPONENT_UNEXPLAINED", 6),
];

const fn field(path: &'static str, kind: Kind, column: &'static str, sortable: bool) -> Field {
    Field {
        path,
        kind,
        column,
        sortable,
    }
}

pub(in crate::api) async fn run(
    api: &Api,
    request: Request<ListMirrorExplanationsRequest>,
) -> Result<ListMirrorExplanationsResponse, Fault> {
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
    let (explanations, next_page_token) = api
        .database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (parent, listing) = &*input;
                let page = store::explanations::list(tx, &parent.partnership, listing).await?;
                Ok::<_, Fault>(page)
            })
        })
        .await?;
    Ok(ListMirrorExplanationsResponse {
        mirror_explanations: explanations.iter().map(show).collect(),
        next_page_token,
    })
}
