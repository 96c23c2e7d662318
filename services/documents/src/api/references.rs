//! References to resources of other services: those services are asked whether there are such, on behalf of
//! the caller and before the transaction begins.

use std::{collections::BTreeSet, time::Duration};

use accord_proto::{
    roadmaps::v1::{
        GetMeasureRequest, GetRoadmapRequest, measure_service_client::MeasureServiceClient,
        roadmap_service_client::RoadmapServiceClient,
    },
    trade::v1::{
        GetReleaseRequest, GetTargetRequest, release_service_client::ReleaseServiceClient,
        target_service_client::TargetServiceClient,
    },
};
use fault::Fault;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use host::OnBehalf;
use ledger::Call;
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Status, transport::Channel};

use super::{Api, fault as faults};
use crate::domain::foreign::Foreign;

/// Longest time that one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest time that all answers are waited for, when the caller sets no deadline of its own.
const PATIENCE_FOR_ALL: Duration = Duration::from_secs(30);

/// How many questions are under way at once.
const AT_ONCE: usize = 16;

/// Names of resources that there are not, by the word of the services that keep such.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing(BTreeSet<String>);

impl Missing {
    /// Returns whether there is no resource of that name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// What came of asking.
pub(super) enum Asked<R> {
    /// The call was answered before; it is a retry, and nobody was asked.
    Answered(R),
    /// Nothing but these are missing.
    Missing(Missing),
}

/// Asks for the resources of other services that a mutation refers to, unless it is a retry of a call that
/// was answered: its caller gets the answer whatever becomes of those services.
pub(super) async fn ask<'n, R>(
    api: &Api,
    call: &Call,
    caller: &OnBehalf,
    names: impl Iterator<Item = &'n str>,
) -> Result<Asked<R>, Fault>
where
    R: prost::Message + Default + Send + 'static,
{
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    if names.is_empty() {
        return Ok(Asked::Missing(Missing::default()));
    }
    match api.journal.answered(call).await? {
        Some(answer) => Ok(Asked::Answered(answer)),
        None => missing(api, caller, names).await.map(Asked::Missing),
    }
}

/// Asks for each of the named resources once, and returns those that there are not; a deleted one is there.
///
/// `FAILED_PRECONDITION`/`PEER_NOT_CONFIGURED` when a service must be asked whose address this one was not
/// told; `UNAVAILABLE`/`PEER_UNAVAILABLE` when a service does not say whether there is the resource.
pub(super) async fn missing(
    api: &Api,
    caller: &OnBehalf,
    names: BTreeSet<String>,
) -> Result<Missing, Fault> {
    let mut questions = Vec::with_capacity(names.len());
    for name in names {
        if let Some(kind) = Foreign::of(&name) {
            let channel = api.peers.get(kind.peer());
            let channel = channel.ok_or_else(|| faults::peer_not_configured(kind.peer(), &name))?;
            questions.push((kind, channel.clone(), name));
        }
    }
    let patience = caller.remaining().map_or(PATIENCE_FOR_ALL, |remaining| {
        PATIENCE_FOR_ALL.min(remaining)
    });
    let until = Instant::now() + patience;
    let answers = stream::iter(questions).map(|(kind, channel, name)| async move {
        let is_there = is_there(kind, channel, caller, &name, until).await?;
        Ok::<_, Fault>((!is_there).then_some(name))
    });
    let missing: Vec<_> = answers.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(Missing(missing.into_iter().flatten().collect()))
}

/// Asks for one resource.
async fn is_there(
    kind: Foreign,
    channel: Channel,
    caller: &OnBehalf,
    name: &str,
    until: Instant,
) -> Result<bool, Fault> {
    let until = until.min(Instant::now() + PATIENCE);
    let code = match timeout_at(until, get(kind, channel, caller, name, until)).await {
        Ok(Ok(())) => return Ok(true),
        Ok(Err(status)) if status.code() == Code::NotFound => return Ok(false),
        Ok(Err(status)) => {
            tracing::warn!(peer = %kind.peer(), code = ?status.code(), message = status.message(),
                "a peer does not say whether there is a resource");
            status.code()
        }
        Err(_elapsed) => Code::DeadlineExceeded,
    };
    Err(faults::peer_unavailable(kind.peer(), name, code))
}

/// Gets one resource; what it holds does not matter.
async fn get(
    kind: Foreign,
    channel: Channel,
    caller: &OnBehalf,
    name: &str,
    until: Instant,
) -> Result<(), Status> {
    let name = name.to_owned();
    match kind {
        Foreign::Roadmap => {
            let request = caller.request(
                GetRoadmapRequest {
                    name,
                    ..GetRoadmapRequest::default()
                },
                until,
            );
            let mut client = RoadmapServiceClient::new(channel);
            client.get_roadmap(request).await.map(drop)
        }
        Foreign::Measure => {
            let request = caller.request(GetMeasureRequest { name }, until);
            let mut client = MeasureServiceClient::new(channel);
            client.get_measure(request).await.map(drop)
        }
        Foreign::Release => {
            let request = caller.request(GetReleaseRequest { name }, until);
            let mut client = ReleaseServiceClient::new(channel);
            client.get_release(request).await.map(drop)
        }
        Foreign::Target => {
            let request = caller.request(GetTargetRequest { name }, until);
            let mut client = TargetServiceClient::new(channel);
            client.get_target(request).await.map(drop)
        }
    }
}
