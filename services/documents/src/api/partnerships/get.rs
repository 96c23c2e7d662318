//! `GetPartnership`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, convert},
    domain::PartnershipName,
};

/// Returns one partnership.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetPartnershipRequest>,
) -> Result<pb::Partnership, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = PartnershipName::parse("name", &request.get_ref().name)?;
    let found = api.database.read(move |tx| {
        let name = name.clone();
        Box::pin(async move { load(tx, &name).await })
    });
    Ok(convert::partnership::message(&found.await?))
}
