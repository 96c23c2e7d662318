//! `ListActs`.

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing, Violations};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use tonic::Request;

use crate::{
    api::{Api, access, convert, documents},
    domain::DocumentName,
    store::{acts, fields},
};

/// The order of acts when a request names none.
const DEFAULT_ORDER: &str = "date";

/// Returns a page of the acts on a document.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListActsRequest>,
) -> Result<pb::ListActsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(DocumentName::parse("parent", &request.parent));
    let order_by = if request.order_by.is_empty() {
        DEFAULT_ORDER
    } else {
        &request.order_by
    };
    let listing = Listing::parse(
        &fields::ACTS,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by,
            bound_to: request.parent.as_bytes(),
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(listing)) = (parent, listing) else {
        return Err(violations.into());
    };
    let query = listing.clone();
    let rows = api.database.read(move |tx| {
        let (parent, query, reader) = (parent.clone(), query.clone(), reader.clone());
        Box::pin(async move {
            let document = documents::load(tx, &parent).await?;
            access::check(&reader, &document)?;
            Ok::<_, Fault>(acts::list(tx, &document, &query).await?)
        })
    });
    let told = |act| {
        let message = convert::act::message(&act);
        (act, message)
    };
    let (page, next_page_token) = listing.page_within(
        rows.await?.into_iter().map(told).collect(),
        |(_, message)| message.encoded_len(),
        |(act, _), path| acts::sort_value(act, path),
        |(act, _)| act.id().into(),
    );
    Ok(pb::ListActsResponse {
        acts: page.into_iter().map(|(_, message)| message).collect(),
        next_page_token,
    })
}
