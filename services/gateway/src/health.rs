//! Whether the servers behind the gateway serve, asked by the standard health protocol.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::upstream::{Upstream, Upstreams};

/// How long an upstream may take to say how it is. Half of what the gateway's own health is given.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long an answer is good for the next who asks: all questions of one round, which are asked every two seconds, one for each
/// service and some for the whole, are one question to each upstream.
const FRESH: Duration = Duration::from_millis(1_500);

/// What an upstream said last, and when.
type Said = Mutex<Option<(Instant, Result<(), String>)>>;

/// The health of all upstreams. Copies share it.
#[derive(Clone, Debug)]
pub(crate) struct Health(Arc<Known>);

#[derive(Debug)]
struct Known {
    upstreams: Arc<Upstreams>,
    said: HashMap<Arc<str>, Said>,
}

impl Health {
    /// The health of these upstreams, of which none has been asked.
    pub(crate) fn of_upstreams(upstreams: &Arc<Upstreams>) -> Self {
        let names = upstreams.services().map(|(_, upstream)| &upstream.name);
        Self(Arc::new(Known {
            said: names
                .map(|name| (Arc::clone(name), Said::default()))
                .collect(),
            upstreams: Arc::clone(upstreams),
        }))
    }

    /// Tells whether the gateway as a whole can answer: one service is enough, since calls of the others
    /// are refused one by one and the overview says what it lacks. A gateway that counted as down with
    /// any of its services would take the healthy ones out of reach.
    pub(crate) async fn any(self) -> Result<(), String> {
        let services = self.0.upstreams.services();
        let asked = join_all(services.map(|(_, upstream)| self.serves(upstream))).await;
        if asked.is_empty() || asked.iter().any(Result::is_ok) {
            return Ok(());
        }
        let reasons: Vec<_> = asked.into_iter().filter_map(Result::err).collect();
        Err(reasons.join("; "))
    }

    /// Tells whether `service` (a full name) can be answered: by its upstream, or for what the gateway
    /// itself answers, as a whole.
    pub(crate) async fn of(self, service: &'static str) -> Result<(), String> {
        match self.0.upstreams.find(&format!("/{service}/")) {
            Some(upstream) => self.serves(upstream).await,
            None => self.any().await,
        }
    }

    /// Tells whether one upstream serves, as it said a moment ago or says now.
    async fn serves(&self, upstream: &Upstream) -> Result<(), String> {
        let Some(said) = self.0.said.get(&upstream.name) else {
            return serves(upstream).await;
        };
        // Who asks meanwhile waits for this answer.
        let mut said = said.lock().await;
        if let Some((at, answer)) = &*said
            && at.elapsed() < FRESH
        {
            return answer.clone();
        }
        let answer = serves(upstream).await;
        *said = Some((Instant::now(), answer.clone()));
        answer
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
