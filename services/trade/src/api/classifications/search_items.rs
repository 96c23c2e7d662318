//! `SearchClassificationItems`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{
    SearchClassificationItemsRequest, SearchClassificationItemsResponse,
};
use aip::{ListRequest, Listing, Schema, Violation, Violations, text};
use identity::Caller;
use tonic::Request;

use super::{complete, read_edition};
use crate::{
    api::{Api, convert::classification},
    store,
};

static SCHEMA: Schema = Schema { fields: &[] };

const MAX_QUERY: usize = 200;
const MAX_WORDS: usize = 8;

pub(crate) async fn run(
    api: &Api,
    request: Request<SearchClassificationItemsRequest>,
) -> Result<SearchClassificationItemsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let edition = violations.take(read_edition("parent", &request.parent));
    let words = violations.take(read_words(&request.query));
    let bound_to = format!("{}\n{}", request.parent, request.query);
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: "",
            order_by: "",
            bound_to: bound_to.as_bytes(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let ((edition, words), listing) = complete(edition.zip(words).zip(listing), violations)?;
    let input = Arc::new((listing, store::classifications::found_by(&words)));
    let (items, next_page_token) = api
        .database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (listing, conditions) = &*input;
                let page = store::classifications::list(tx, edition, listing, conditions).await?;
                Ok::<_, Fault>(page)
            })
        })
        .await?;
    Ok(SearchClassificationItemsResponse {
        items: items
            .iter()
            .map(|item| classification::show_item(edition, item))
            .collect(),
        next_page_token,
    })
}

fn read_words(query: &str) -> Result<Vec<String>, Violation> {
    let query = text::required("query", query, MAX_QUERY)?;
    let words = store::classifications::words(&query);
    let invalid = |description: String| Violation::new("query", "FIELD_INVALID", description);
    match words.len() {
        0 => Err(invalid("has no letter and no digit".to_owned())),
        1..=MAX_WORDS => Ok(words),
        more => Err(invalid(format!(
            "must have at most {MAX_WORDS} words, not {more}"
        ))),
    }
}
