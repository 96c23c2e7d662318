//! Whether the servers behind the gateway serve, asked by the standard health protocol.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::time::timeout;
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::upstream::{Upstream, Upstreams};

/// How long an upstream may take to say how it is. Half of what the gateway's own health is given.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells whether the gateway as a whole can answer: one service is enough, since calls of the others
/// are refused one by one and the overview says what it lacks. A gateway that counted as down with
/// any of its services would take the healthy ones out of reach.
pub(crate) async fn any(upstreams: Arc<Upstreams>) -> Result<(), String> {
    let asked = join_all(upstreams.services().map(|(_, upstream)| serves(upstream))).await;
    if asked.is_empty() || asked.iter().any(Result::is_ok) {
        return Ok(());
    }
    let reasons: Vec<_> = asked.into_iter().filter_map(Result::err).collect();
    Err(reasons.join("; "))
}

/// Tells whether `service` (a full name) can be answered: by its upstream, or for what the gateway
/// itself answers, as a whole.
pub(crate) async fn of(upstreams: Arc<Upstreams>, service: &'static str) -> Result<(), String> {
    match upstreams.find(&format!("/{service}/")) {
        Some(upstream) => serves(upstream).await,
        None => any(upstreams).await,
    }
}

/// Tells whether one upstream serves. One with no place left for the question is busy with calls, which is no failure:
/// it is asked again and again by the pool itself, which gives up an address that fails.
async fn serves(upstream: &Upstream) -> Result<(), String> {
    if upstream.channel.is_full() {
        return Ok(());
    }
    match ask(upstream).await {
        // It may have become so meanwhile.
        Err(_) if upstream.channel.is_full() => Ok(()),
        asked => asked,
    }
}

/// Asks one upstream. One that is reached and knows no health counts as serving.
async fn ask(upstream: &Upstream) -> Result<(), String> {
    let name = &upstream.name;
    let mut client = HealthClient::new(upstream.channel.clone());
    let asked = client.check(HealthCheckRequest::default());
    let status = match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => answer.into_inner().status(),
        Ok(Err(status)) if status.code() == Code::Unimplemented => ServingStatus::Serving,
        Ok(Err(status)) => return Err(format!("{name}: {}", status.message())),
        Err(_elapsed) => return Err(format!("{name}: no answer in time")),
    };
    match status {
        ServingStatus::Serving => Ok(()),
        _ => Err(format!("{name}: not serving")),
    }
}
