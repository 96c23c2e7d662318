//! `GetTextVersion`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::load_version;
use crate::{
    api::{Api, access, convert},
    domain::TextVersionName,
};

/// Returns one version of a text, without its bytes.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetTextVersionRequest>,
) -> Result<pb::TextVersion, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let name = TextVersionName::parse("name", &request.get_ref().name)?;
    let found = api.database.read(move |tx| {
        let (reader, name) = (reader.clone(), name.clone());
        Box::pin(async move { load_version(tx, &reader, &name).await })
    });
    let (_, _, version) = found.await?;
    Ok(convert::text::version_message(&version))
}
