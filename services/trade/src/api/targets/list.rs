//! `ListTargets`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListTargetsRequest, ListTargetsResponse};
use aip::{Field, Kind, ListRequest, Listing, Schema, Violations};
use identity::Caller;
use tonic::Request;

use crate::{
    api::{Api, convert, fault},
    domain::name::PartnershipName,
    store::{
        self,
        targets::{ACTIVE, SUPERSEDED},
    },
};

static SCHEMA: Schema = Schema {
    fields: &[
        field("name", Kind::Text, "t.name", true),
        field("display_name", Kind::Text, "t.display_name", true),
        field("indicator", Kind::Enum(INDICATORS), "1", false),
        field("state", Kind::Enum(STATES), "t.state", false),
        field("value_cents", Kind::Int, "t.value_cents", true),
        field("due_date", Kind::Date, "t.due_day", true),
        field("adopt_date", Kind::Date, "t.adopt_day", true),
        field("predecessor", Kind::Text, "t.predecessor", false),
        field("successor", Kind::Text, "t.successor", false),
        field("create_time", Kind::Time, "t.create_us", true),
        field("update_time", Kind::Time, "t.update_us", true),
    ],
};

/// There is one indicator so far, which every target has.
const INDICATORS: &[(&str, i64)] = &[("INDICATOR_TURNOVER", 1)];

const STATES: &[(&str, i64)] = &[("STATE_ACTIVE", ACTIVE), ("STATE_SUPERSEDED", SUPERSEDED)];

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
    request: Request<ListTargetsRequest>,
) -> Result<ListTargetsResponse, Fault> {
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
    let (targets, next_page_token) = api
        .database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (parent, listing) = &*input;
                let page = store::targets::list(tx, &parent.partnership, listing).await?;
                Ok::<_, Fault>(page)
            })
        })
        .await?;
    Ok(ListTargetsResponse {
        targets: targets.iter().map(convert::target::show).collect(),
        next_page_token,
    })
}
