//! `ListClassifications`.

use ::fault::Fault;
use accord_proto::trade::v1::{ListClassificationsRequest, ListClassificationsResponse};
use aip::{ListRequest, Listing, Schema, Value};
use identity::Caller;
use tonic::Request;

use super::all;
use crate::api::Api;

static SCHEMA: Schema = Schema { fields: &[] };

pub(crate) async fn run(
    api: &Api,
    request: Request<ListClassificationsRequest>,
) -> Result<ListClassificationsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let listing = Listing::parse(
        &SCHEMA,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            filter: "",
            order_by: "",
            bound_to: b"classifications",
        },
    )?;
    let mut editions = api
        .database
        .read(|tx| Box::pin(async move { all(tx).await }))
        .await?;
    if let Some([Value::Text(last)]) = listing.after() {
        editions.retain(|edition| edition.name > *last);
    }
    let (classifications, next_page_token) = listing.page(
        editions,
        |_, _| Value::Null,
        |edition| Value::from(&edition.name),
    );
    Ok(ListClassificationsResponse {
        classifications,
        next_page_token,
    })
}
