//! `CancelUpload`.

use std::sync::{Arc, OnceLock};

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::Call;
use storage::Tx;
use tonic::Request;

use super::{check_receiving, faults, load_upload, remove_pieces};
use crate::{
    api::{Api, Mutation, access, convert},
    domain::{Upload, UploadName, UploadState},
    store::texts::uploads,
};

/// Gives an upload of the caller's agency up.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::CancelUploadRequest>,
) -> Result<pb::Upload, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.TextService/CancelUpload",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let name = violations.take(UploadName::parse("name", &request.get_ref().name));
    let (Some(name), true) = (name, violations.is_empty()) else {
        return Err(violations.into());
    };
    // A replay leaves it empty.
    let ended = Arc::new(OnceLock::new());
    let uid = Arc::clone(&ended);
    let cancelled = api
        .journal
        .mutate(call, move |tx, _| {
            Box::pin(apply(tx, caller.clone(), name.clone(), Arc::clone(&uid)))
        })
        .await?;
    if let Some(uid) = ended.get() {
        remove_pieces(api, uid).await;
    }
    Ok(cancelled)
}

async fn apply(
    tx: &mut Tx,
    caller: Caller,
    name: UploadName,
    uid: Arc<OnceLock<String>>,
) -> Mutation<pb::Upload> {
    let reader = access::reader(&caller);
    let (_, _, upload) = load_upload(tx, &reader, &caller, &name).await?;
    check_receiving(&upload)?;
    if !uploads::end(tx, &upload.uid, UploadState::Cancelled, 0).await? {
        // It was given up between the two statements.
        return Err(faults::upload_finished(&Upload {
            state: UploadState::Cancelled,
            ..upload
        }));
    }
    uid.get_or_init(|| upload.uid.clone());
    let cancelled = Upload {
        state: UploadState::Cancelled,
        ..upload
    };
    Ok((convert::text::upload_message(&cancelled), Vec::new()))
}
