//! `GetUpload`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::load_upload;
use crate::{
    api::{Api, access, convert},
    domain::UploadName,
};

/// Returns one upload of the caller's agency.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::GetUploadRequest>,
) -> Result<pb::Upload, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let name = UploadName::parse("name", &request.get_ref().name)?;
    let found = api.database.read(move |tx| {
        let (caller, name) = (caller.clone(), name.clone());
        Box::pin(async move {
            let reader = access::reader(&caller);
            load_upload(tx, &reader, &caller, &name).await
        })
    });
    let (_, _, upload) = found.await?;
    Ok(convert::text::upload_message(&upload))
}
