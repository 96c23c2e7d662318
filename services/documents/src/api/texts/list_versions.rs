//! `ListTextVersions`.

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use tonic::Request;

use super::{check_text, load_document, load_text};
use crate::{
    api::{Api, access, convert},
    domain::{TextName, TextVersion},
    store::texts::{fields, versions},
};

/// Returns a page of the versions of a text, newest first.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListTextVersionsRequest>,
) -> Result<pb::ListTextVersionsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(TextName::parse("parent", &request.parent));
    let listing = Listing::parse(
        &fields::VERSIONS,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            order_by: fields::NEWEST_FIRST,
            bound_to: request.parent.as_bytes(),
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(listing)) = (parent, listing) else {
        return Err(violations.into());
    };
    let query = listing.clone();
    let rows = api.database.read(move |tx| {
        let (reader, parent, query) = (reader.clone(), parent.clone(), query.clone());
        Box::pin(async move {
            let document = load_document(tx, &reader, &parent.parent()).await?;
            let text = load_text(tx, &document, &parent).await?;
            check_text(&reader, &document, &text)?;
            Ok::<_, Fault>(versions::list(tx, &text, &query).await?)
        })
    });
    let weight = |version: &TextVersion| convert::text::version_message(version).encoded_len();
    let (page, next_page_token) = listing.page_within(rows.await?, weight, number, |version| {
        version.uid.as_str().into()
    });
    Ok(pb::ListTextVersionsResponse {
        text_versions: page.iter().map(convert::text::version_message).collect(),
        next_page_token,
    })
}

fn number(version: &TextVersion, _: &str) -> Value {
    version.number.into()
}
