//! `GetDocument`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, access, convert},
    domain::DocumentName,
};

/// Returns one document, or of one that the caller may not read, that it exists.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetDocumentRequest>,
) -> Result<pb::Document, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let name = DocumentName::parse("name", &request.get_ref().name)?;
    let found = api.database.read(move |tx| {
        let name = name.clone();
        Box::pin(async move { load(tx, &name).await })
    });
    Ok(convert::document::message_for(&reader, &found.await?))
}
