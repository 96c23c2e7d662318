//! `GetAct`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, access, convert},
    domain::ActName,
};

/// Returns one act.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetActRequest>,
) -> Result<pb::Act, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let name = ActName::parse("name", &request.get_ref().name)?;
    let found = api.database.read(move |tx| {
        let (reader, name) = (reader.clone(), name.clone());
        Box::pin(async move { load(tx, &reader, &name).await })
    });
    let (_, act) = found.await?;
    Ok(convert::act::message(&act))
}
