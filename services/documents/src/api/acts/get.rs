//! `GetAct`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, convert},
    domain::ActName,
};

/// Returns one act.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetActRequest>,
) -> Result<pb::Act, Fault> {
    Caller::of(&request)?.may_read()?;
    let name = ActName::parse("name", &request.get_ref().name)?;
    let found = api.database.read(move |tx| {
        let name = name.clone();
        Box::pin(async move { load(tx, &name).await })
    });
    let (_, act) = found.await?;
    Ok(convert::act::message(&act))
}
