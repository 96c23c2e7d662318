//! `ListImportReports`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{
    ListImportReportsRequest, ListImportReportsResponse, list_import_reports_request::Kind,
};
use aip::{ListRequest, Listing, Schema, Value, Violation, Violations};
use identity::Caller;
use tonic::Request;

use super::{get_import::release_of, load, may_see_figures};
use crate::{
    api::{Api, convert, fault},
    domain::name::ImportName,
    store::{self, imports::Found},
};

/// There is nothing to filter or sort by.
static SCHEMA: Schema = Schema { fields: &[] };

pub(crate) async fn run(
    api: &Api,
    request: Request<ListImportReportsRequest>,
) -> Result<ListImportReportsResponse, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(ImportName::parse("parent", &request.parent));
    let found = violations.take(read_kind(request.kind()));
    let bound = format!("{} {}", request.parent, request.kind);
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            bound_to: bound.as_bytes(),
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let after = violations.take(listing.as_ref().map_or(Ok(0), read_place));
    violations.finish()?;
    let (Some(parent), Some(found), Some(listing), Some(after)) = (parent, found, listing, after)
    else {
        return Err(fault::unreported());
    };
    let size = i64::try_from(listing.page_size()).unwrap_or(i64::MAX - 1);
    let input = Arc::new((caller, parent));
    let mut reports = api
        .database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, parent) = &*input;
                let release = load(tx, &release_of(parent)).await?;
                may_see_figures(caller, &release)?;
                let name = parent.to_string();
                let import = store::imports::get(tx, &name).await?;
                let import = import.ok_or_else(|| Fault::not_found(fault::IMPORT, &name))?;
                let page = (after, size + 1);
                Ok::<_, Fault>(store::imports::reports(tx, found, &import.uid, page).await?)
            })
        })
        .await?;
    let has_more = reports.len() > listing.page_size();
    reports.truncate(listing.page_size());
    let token = has_more.then(|| listing.token(&[Value::from(after + size)]));
    Ok(ListImportReportsResponse {
        reports: reports.iter().map(convert::import::show_report).collect(),
        next_page_token: token.unwrap_or_default(),
    })
}

fn read_kind(kind: Kind) -> Result<Found, Violation> {
    match kind {
        Kind::Unspecified => Err(Violation::required("kind")),
        Kind::Skipped => Ok(Found::Problems),
        Kind::Suspicious => Ok(Found::Doubts),
    }
}

/// Reads behind how many the page begins: they are numbered from 1.
fn read_place(listing: &Listing) -> Result<i64, Violation> {
    let Some(last) = listing.after() else {
        return Ok(0);
    };
    match last.first() {
        Some(Value::Int(after)) if *after >= 0 => Ok(*after),
        _ => {
            let description = "is not a token of this request";
            Err(Violation::new(
                "page_token",
                "PAGE_TOKEN_INVALID",
                description,
            ))
        }
    }
}
