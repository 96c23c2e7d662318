//! `ListObservations`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ListObservationsRequest, ListObservationsResponse};
use aip::{Field, Kind, ListRequest, Listing, Schema, Violation, Violations};
use identity::Caller;
use storage::Engine;
use tonic::Request;

use super::{load, may_see_figures};
use crate::{
    api::{Api, convert, fault},
    domain::{name::ReleaseName, region},
    store::{self, key::Key, texts},
};

/// The fields of filters, for one engine.
macro_rules! schema {
    ($engine:ident) => {
        Schema {
            fields: &[
                field("partner", Kind::Text, texts::PARTNER.$engine),
                field("flow", Kind::Enum(FLOWS), texts::FLOW),
                field("commodity", Kind::Text, texts::COMMODITY.$engine),
                field("region", Kind::Text, texts::REGION.$engine),
                field("period.window", Kind::Enum(WINDOWS), texts::WINDOW),
                field("period.year", Kind::Int, "o.period_year"),
                field("period.month", Kind::Int, texts::MONTH),
                field("value_cents", Kind::Int, "o.value_cents"),
            ],
        }
    };
}

static SQLITE: Schema = schema!(sqlite);
static POSTGRES: Schema = schema!(postgres);

const FLOWS: &[(&str, i64)] = &[
    ("FLOW_EXPORT", 1),
    ("FLOW_IMPORT", 2),
    ("FLOW_RE_EXPORT", 3),
    ("FLOW_RE_IMPORT", 4),
    ("FLOW_TURNOVER", 5),
];

const WINDOWS: &[(&str, i64)] = &[
    ("WINDOW_MONTH", 1),
    ("WINDOW_QUARTER", 2),
    ("WINDOW_YEAR", 3),
    ("WINDOW_JANUARY_TO_MONTH", 4),
];

const fn field(path: &'static str, kind: Kind, column: &'static str) -> Field {
    Field {
        path,
        kind,
        column,
        sortable: false,
    }
}

/// The fields that figures can be filtered by, as this engine computes them: of the figure `o` and its release `r`.
pub(in crate::api) fn schema(engine: Engine) -> &'static Schema {
    match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    }
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ListObservationsRequest>,
) -> Result<ListObservationsResponse, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(ReleaseName::parse("parent", &request.parent));
    let listing = Listing::parse(
        schema(api.database.engine()),
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by: "",
            bound_to: request.parent.as_bytes(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let after = violations.take(listing.as_ref().map_or(Ok(None), read_place));
    violations.take(check_regions(&request.filter));
    violations.finish()?;
    let (Some(parent), Some(listing), Some(after)) = (parent, listing, after) else {
        return Err(fault::unreported());
    };

    let input = Arc::new((caller, parent, listing, after));
    let (reporter, observations, next_page_token) = api
        .database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, parent, listing, after) = &*input;
                let release = load(tx, parent).await?;
                may_see_figures(caller, &release)?;
                let reporter = release.publication.reporter;
                let (page, next) =
                    store::observations::list(tx, release.number, &reporter, listing, *after)
                        .await?;
                Ok::<_, Fault>((reporter, page, next))
            })
        })
        .await?;
    Ok(ListObservationsResponse {
        observations: observations
            .into_iter()
            .map(|(import, observation)| {
                convert::observation::show(observation, &reporter, &import)
            })
            .collect(),
        next_page_token,
    })
}

/// Refuses a code of a region that figures are not kept under: nothing would have it.
pub(in crate::api) fn check_regions(filter: &str) -> Result<(), Violation> {
    let Some((code, present)) = region::former_in(filter) else {
        return Ok(());
    };
    let description = format!("{code} is a former code; figures are kept under {present}");
    Err(Violation::new("filter", "FILTER_INVALID", description))
}

/// Reads behind which figure the page begins.
fn read_place(listing: &Listing) -> Result<Option<Key>, Violation> {
    let Some(last) = listing.after() else {
        return Ok(None);
    };
    let key = last.first().and_then(store::observations::listed_key);
    key.map(Some).ok_or_else(|| {
        let description = "is not a token of this request";
        Violation::new("page_token", "PAGE_TOKEN_INVALID", description)
    })
}
