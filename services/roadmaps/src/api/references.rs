//! References to resources of other services: those services are asked whether there are such, on behalf of the caller
//! and before the transaction begins.

use std::{collections::BTreeMap, time::Duration};

use accord_proto::{
    documents::v1::{GetDocumentRequest, document_service_client::DocumentServiceClient},
    trade::v1::{
        GetTargetProgressRequest, GetTargetRequest, TargetProgress,
        target_service_client::TargetServiceClient,
    },
};
use aip::Violations;
use fault::Fault;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use host::OnBehalf;
use jiff::Timestamp;
use ledger::Call;
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Status, transport::Channel};

use super::{Service, fault as faults};
use crate::domain::{foreign::Peer, indicator::Details, name::TargetName};

/// Longest time that one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest time that all answers are waited for, when the caller sets no deadline of its own.
const PATIENCE_FOR_ALL: Duration = Duration::from_secs(30);

/// How many questions are under way at once.
const AT_ONCE: usize = 16;

/// Asks for everything that the details of measures refer to, each with the field that the measure stands in, unless
/// the call is a retry of one that was answered: then its answer is returned, whatever became of those services.
///
/// `INVALID_ARGUMENT`/`REFERENCE_NOT_FOUND` with every field that refers to nothing;
/// `FAILED_PRECONDITION`/`PEER_NOT_CONFIGURED` when a service must be asked whose address this one was not told;
/// `UNAVAILABLE`/`PEER_UNAVAILABLE` when a service does not say.
pub(super) async fn ask<R>(
    service: &Service,
    call: &Call,
    caller: &OnBehalf,
    given: &[(&str, &Details)],
) -> Result<Option<R>, Fault>
where
    R: prost::Message + Default + Send + 'static,
{
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (place, details) in given {
        for (field, name) in details.references() {
            fields
                .entry(name)
                .or_default()
                .push(format!("{place}.{field}"));
        }
    }
    if fields.is_empty() {
        return Ok(None);
    }
    if let Some(answer) = service.journal.answered(call).await? {
        return Ok(Some(answer));
    }
    let missing = missing(service, caller, fields.keys()).await?;
    let mut violations = Violations::new();
    for name in missing {
        for field in fields.get(&name).into_iter().flatten() {
            violations.push(
                field.as_str(),
                "REFERENCE_NOT_FOUND",
                format!("there is no {name}"),
            );
        }
    }
    violations.finish()?;
    Ok(None)
}

/// Asks for each of the named resources once, and returns those that there are not; a deleted one is there.
async fn missing<'n>(
    service: &Service,
    caller: &OnBehalf,
    names: impl Iterator<Item = &'n String>,
) -> Result<Vec<String>, Fault> {
    let mut questions = Vec::new();
    for name in names {
        if let Some(peer) = Peer::of(name) {
            questions.push((peer, channel(service, peer, name)?, name.clone()));
        }
    }
    let until = until(caller, PATIENCE_FOR_ALL);
    let answers = stream::iter(questions).map(|(peer, channel, name)| async move {
        let is_there = is_there(peer, channel, caller, &name, until).await?;
        Ok::<_, Fault>((!is_there).then_some(name))
    });
    let missing: Vec<_> = answers.buffer_unordered(AT_ONCE).try_collect().await?;
    let mut missing: Vec<String> = missing.into_iter().flatten().collect();
    missing.sort();
    Ok(missing)
}

/// Reads the progress of a trade target as known at a moment; nothing when there is no such target any more.
pub(super) async fn target_progress(
    service: &Service,
    caller: &OnBehalf,
    target: &TargetName,
    known: Timestamp,
) -> Result<Option<TargetProgress>, Fault> {
    let name = target.to_string();
    let channel = channel(service, Peer::Trade, &name)?;
    let until = until(caller, PATIENCE);
    let request = GetTargetProgressRequest {
        name: name.clone(),
        known_time: Some(accord_proto::convert::from_timestamp(known)),
        ..GetTargetProgressRequest::default()
    };
    let request = caller.request(request, until);
    let asked = async {
        TargetServiceClient::new(channel)
            .get_target_progress(request)
            .await
    };
    match timeout_at(until, asked).await {
        Ok(Ok(answer)) => Ok(Some(answer.into_inner())),
        Ok(Err(status)) if status.code() == Code::NotFound => Ok(None),
        Ok(Err(status)) => Err(unanswered(Peer::Trade, &name, &status)),
        Err(_elapsed) => Err(faults::peer_unavailable(
            Peer::Trade,
            &name,
            Code::DeadlineExceeded,
        )),
    }
}

fn channel(service: &Service, peer: Peer, name: &str) -> Result<Channel, Fault> {
    let channel = service.peers.get(peer);
    channel.ok_or_else(|| faults::peer_not_configured(peer, name))
}

/// Until when answers are waited for: the caller's own deadline, or as long as patience lasts.
fn until(caller: &OnBehalf, patience: Duration) -> Instant {
    let remaining = caller.remaining();
    Instant::now() + remaining.map_or(patience, |remaining| patience.min(remaining))
}

/// Asks for one resource. One that the caller may not read is there.
async fn is_there(
    peer: Peer,
    channel: Channel,
    caller: &OnBehalf,
    name: &str,
    until: Instant,
) -> Result<bool, Fault> {
    let until = until.min(Instant::now() + PATIENCE);
    match timeout_at(until, get(peer, channel, caller, name, until)).await {
        Ok(Ok(())) => Ok(true),
        Ok(Err(status)) => match status.code() {
            Code::NotFound => Ok(false),
            Code::PermissionDenied => Ok(true),
            _ => Err(unanswered(peer, name, &status)),
        },
        Err(_elapsed) => Err(faults::peer_unavailable(peer, name, Code::DeadlineExceeded)),
    }
}

fn unanswered(peer: Peer, name: &str, status: &Status) -> Fault {
    tracing::warn!(%peer, code = ?status.code(), message = status.message(), "a peer does not answer");
    faults::peer_unavailable(peer, name, status.code())
}

/// Gets one resource; what it holds does not matter.
async fn get(
    peer: Peer,
    channel: Channel,
    caller: &OnBehalf,
    name: &str,
    until: Instant,
) -> Result<(), Status> {
    let name = name.to_owned();
    match peer {
        Peer::Documents => {
            let request = caller.request(GetDocumentRequest { name }, until);
            let mut client = DocumentServiceClient::new(channel);
            client.get_document(request).await.map(drop)
        }
        Peer::Trade => {
            let request = caller.request(GetTargetRequest { name }, until);
            let mut client = TargetServiceClient::new(channel);
            client.get_target(request).await.map(drop)
        }
    }
}
