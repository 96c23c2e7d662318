//! `UploadText`.

use std::time::Duration;

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Streaming};
use tracing::Instrument as _;

use super::{faults, receive::Receiver, text_store};
use crate::{
    api::{Api, convert},
    domain::UploadName,
};

/// How long bytes stay in memory at most: a slow sender does not keep others waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// Receives bytes of an upload.
///
/// It runs in a task of its own, because the future of a call is dropped when its client goes away, and the bytes in
/// memory with it; the task keeps them.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<Streaming<pb::UploadTextRequest>>,
) -> Result<pb::Upload, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let gone = CancellationToken::new();
    let listening = gone.clone().drop_guard();
    let task = receive(api.clone(), caller, request.into_inner(), gone);
    let received = tokio::spawn(task.in_current_span()).await;
    drop(listening);
    received.unwrap_or_else(|error| Err(Fault::internal(error)))
}

async fn receive(
    api: Api,
    caller: Caller,
    mut stream: Streaming<pb::UploadTextRequest>,
    gone: CancellationToken,
) -> Result<pb::Upload, Fault> {
    let first = match stream.message().await {
        Ok(message) => message.unwrap_or_default(),
        Err(status) => return Err(faults::broken(status.code())),
    };
    let name = begin(&first)?;
    let store = text_store(&api)?;
    let mut receiver = Receiver::begin(&api, store, &caller, name, first.offset).await?;
    receiver.take(first).await?;
    loop {
        let message = tokio::select! {
            message = timeout(PATIENCE, stream.message()) => message,
            () = gone.cancelled() => Ok(Err(tonic::Status::from(std::io::Error::other("gone")))),
        };
        let taken = match message {
            Ok(Ok(Some(message))) => receiver.take(message).await,
            Ok(Ok(None)) => break,
            Ok(Err(status)) => Err(faults::broken(status.code())),
            Err(_) => receiver.pause().await,
        };
        if let Err(fault) = taken {
            // What was received before it stays, unless it is another stream's now.
            if fault.code() != Code::Aborted {
                receiver.flush().await?;
            }
            return Err(fault);
        }
        if receiver.holds_since(PATIENCE) {
            receiver.flush().await?;
        }
    }
    receiver.flush().await?;
    Ok(convert::text::upload_message(receiver.upload()))
}

fn begin(first: &pb::UploadTextRequest) -> Result<UploadName, Fault> {
    let mut violations = Violations::new();
    let name = violations.take(UploadName::parse("name", &first.name));
    if first.offset < 0 {
        let description = format!("must not be negative, as {} is", first.offset);
        violations.push("offset", "FIELD_INVALID", description);
    }
    match name {
        Some(name) if violations.is_empty() => Ok(name),
        _ => Err(violations.into()),
    }
}
