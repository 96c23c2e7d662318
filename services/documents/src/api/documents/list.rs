//! `ListDocuments`.

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use crate::{
    api::{Api, convert, partnerships},
    domain::PartnershipName,
    store::{documents, fields},
};

/// Returns a page of documents.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListDocumentsRequest>,
) -> Result<pb::ListDocumentsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
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
    let query = listing.clone();
    let rows = api.database.read(move |tx| {
        let (parent, query) = (parent.clone(), query.clone());
        Box::pin(async move {
            partnerships::load(tx, &parent).await?;
            Ok::<_, Fault>(documents::list(tx, &parent, show_deleted, &query).await?)
        })
    });
    let (page, next_page_token) = listing.page(rows.await?, documents::sort_value, |row| {
        row.name.document.as_str().into()
    });
    Ok(pb::ListDocumentsResponse {
        documents: page.iter().map(convert::document::message).collect(),
        next_page_token,
    })
}
