//! `ListPartnerships`.

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing};
use fault::Fault;
use identity::Caller;
use prost::Message as _;
use tonic::Request;

use crate::{
    api::{Api, convert},
    store::{fields, partnerships},
};

/// Returns a page of partnerships.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListPartnershipsRequest>,
) -> Result<pb::ListPartnershipsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let listing = Listing::parse(
        &fields::PARTNERSHIPS,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: &request.filter,
            order_by: &request.order_by,
            bound_to: b"partnerships",
        },
    )?;
    let query = listing.clone();
    let rows = api.database.read(move |tx| {
        let query = query.clone();
        Box::pin(async move { Ok::<_, Fault>(partnerships::list(tx, &query).await?) })
    });
    let told = |partnership| {
        let message = convert::partnership::message(&partnership);
        (partnership, message)
    };
    let (page, next_page_token) = listing.page_within(
        rows.await?.into_iter().map(told).collect(),
        |(_, message)| message.encoded_len(),
        |(partnership, _), path| partnerships::sort_value(partnership, path),
        |(partnership, _)| partnership.name.partnership.as_str().into(),
    );
    Ok(pb::ListPartnershipsResponse {
        partnerships: page.into_iter().map(|(_, message)| message).collect(),
        next_page_token,
    })
}
