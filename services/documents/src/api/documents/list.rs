//! `ListDocuments`.

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use tonic::Request;

use crate::{
    api::{Api, access, convert, partnerships},
    domain::{Document, PartnershipName},
    store::{self, documents, fields, finding},
};

/// What a redacted document tells, by the fields of the list. A list that reads any other field leaves out the
/// documents that the caller may not read: whether they fulfil a filter, and where they stand in an order,
/// would tell what is in them.
const OPEN_FIELDS: [&str; 4] = ["document_id", "item_number", "type", "access_level"];

/// Returns a page of documents, redacted where the caller may not read them.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListDocumentsRequest>,
) -> Result<pb::ListDocumentsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let request = request.into_inner();
    let show_deleted = request.show_deleted;
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let listing = Listing::parse(
        &fields::DOCUMENTS,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by: &request.order_by,
            bound_to: format!("{} {show_deleted}", request.parent).as_bytes(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(listing)) = (parent, listing) else {
        return Err(violations.into());
    };
    let is_open = |field: &str| OPEN_FIELDS.contains(&field);
    let readable = if listing.fields().into_iter().all(is_open) {
        None
    } else {
        store::access::condition(&reader)
    };
    let query = listing.clone();
    let found = api.database.read(move |tx| {
        let (parent, query, readable) = (parent.clone(), query.clone(), readable.clone());
        Box::pin(async move {
            partnerships::load(tx, &parent).await?;
            let live = (!show_deleted).then_some(finding::LIVE);
            let conditions: Vec<_> = live.into_iter().collect();
            Ok::<_, Fault>(finding::page(tx, &parent, &conditions, readable, &query).await?)
        })
    });
    let found = found.await?;
    let told = |document: Document| {
        let message = convert::document::message_for(&reader, &document);
        (document, message)
    };
    let (page, next_page_token) = listing.page_of_window(
        found.documents.into_iter().map(told).collect(),
        found.end.map(told).as_ref(),
        |(_, message)| message.encoded_len(),
        |(document, _), path| documents::sort_value(document, path),
        |(document, _)| document.name.document.as_str().into(),
    );
    Ok(pb::ListDocumentsResponse {
        documents: page.into_iter().map(|(_, message)| message).collect(),
        next_page_token,
    })
}
