//! `ListTexts`.

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::{load_document, shown};
use crate::{
    api::{Api, access},
    domain::{DocumentName, DocumentText},
    store::texts::{self, fields},
};

/// Returns a page of the texts of a document.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListTextsRequest>,
) -> Result<pb::ListTextsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(DocumentName::parse("parent", &request.parent));
    let listing = Listing::parse(
        &fields::TEXTS,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            bound_to: request.parent.as_bytes(),
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(listing)) = (parent, listing) else {
        return Err(violations.into());
    };
    let page = api.database.read(move |tx| {
        let (reader, parent, listing) = (reader.clone(), parent.clone(), listing.clone());
        Box::pin(async move {
            let document = load_document(tx, &reader, &parent).await?;
            let rows = texts::list(tx, &document, &listing).await?;
            let (page, next) = listing.page(rows, no_sort_value, id);
            let texts = shown(tx, &reader, &document, &page).await?;
            Ok::<_, Fault>((texts, next))
        })
    });
    let (texts, next_page_token) = page.await?;
    Ok(pb::ListTextsResponse {
        texts,
        next_page_token,
    })
}

fn id(text: &DocumentText) -> Value {
    text.name.text.as_str().into()
}

fn no_sort_value(text: &DocumentText, _: &str) -> Value {
    id(text)
}
