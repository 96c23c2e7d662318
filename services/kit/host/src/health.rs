//! Health that tells the truth: what the component's own check says, and
//! `NOT_SERVING` while draining.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::{
    Component, StartError,
    component::{Ready, ServiceReady},
};

/// How often the component is asked.
const INTERVAL: Duration = Duration::from_secs(2);

/// How long the component may take to answer before it counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a draining process waits for.
const STOPPING: &str = "stopping";

/// Whether the process can answer; the error says what it waits for.
pub(crate) type Readiness = Result<(), String>;

/// The state of one component, asked for while the process runs.
pub(crate) struct Health {
    component: &'static str,
    ready: Ready,
    service_ready: Option<ServiceReady>,
    reporter: HealthReporter,
    services: Vec<&'static str>,
    /// What was last said of each service: a watch hears of changes only.
    said: Mutex<HashMap<String, ServingStatus>>,
    readiness: watch::Sender<Readiness>,
    ended: CancellationToken,
}

impl Health {
    /// Makes the health of `component`, not ready until it was first asked.
    pub(crate) fn of(component: &Component) -> Self {
        Self {
            component: component.name,
            ready: Arc::clone(&component.ready),
            service_ready: component.service_ready.clone(),
            reporter: HealthReporter::new(),
            services: component.grpc_services.clone(),
            said: Mutex::default(),
            readiness: watch::Sender::new(Err("starting".to_owned())),
            ended: CancellationToken::new(),
        }
    }

    /// Returns what [`Health::keep`] finds out, for `/readyz`.
    pub(crate) fn readiness(&self) -> watch::Receiver<Readiness> {
        self.readiness.subscribe()
    }

    /// Returns what is cancelled when health has said its last word.
    pub(crate) fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// Adds `grpc.health.v1.Health` to `routes`.
    pub(crate) fn add_to(&self, routes: Routes) -> Routes {
        let service =
            tonic_health::server::HealthService::from_health_reporter(self.reporter.clone());
        routes.add_service(tonic_health::pb::health_server::HealthServer::new(service))
    }

    /// Asks the component once.
    pub(crate) async fn ask(&self) {
        let answer = in_time((self.ready)()).await;
        let Some(service_ready) = &self.service_ready else {
            return self.set(answer).await;
        };
        let asked = self.services.iter().map(|service| async {
            let answer = in_time(service_ready(service)).await;
            self.report(service, &answer).await;
        });
        join_all(asked).await;
        self.report("", &answer).await;
        self.publish(answer);
    }

    /// Asks the component again and again until `stopping`, then says that it stops.
    pub(crate) async fn keep(&self, stopping: &CancellationToken) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let asking = async {
            loop {
                ticks.tick().await;
                self.ask().await;
            }
        };
        tokio::select! {
            () = asking => {}
            () = stopping.cancelled() => {}
        }
        self.set(Err(STOPPING.to_owned())).await;
        self.ended.cancel();
    }

    /// Says `answer` of the whole and of each service.
    async fn set(&self, answer: Readiness) {
        for service in self.services.iter().chain([&""]) {
            self.report(service, &answer).await;
        }
        self.publish(answer);
    }

    /// Says `answer` of one service, of the whole when it has no name, unless it was said before.
    async fn report(&self, service: &str, answer: &Readiness) {
        let status = match answer {
            Ok(()) => ServingStatus::Serving,
            Err(_) => ServingStatus::NotServing,
        };
        let before = {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            said.insert(service.to_owned(), status)
        };
        if before == Some(status) {
            return;
        }
        self.reporter.set_service_status(service, status).await;
    }

    /// Publishes `answer` and logs it if it differs from the one before.
    fn publish(&self, answer: Readiness) {
        let component = self.component;
        self.readiness.send_if_modified(|before| {
            if *before == answer {
                return false;
            }
            match &answer {
                Ok(()) => tracing::info!(component, "ready"),
                Err(reason) if reason == STOPPING => tracing::debug!(component, "no longer ready"),
                Err(reason) => tracing::warn!(component, reason, "not ready"),
            }
            *before = answer;
            true
        });
    }
}

/// Returns the answer, or that there was none in time.
async fn in_time(asked: impl Future<Output = Readiness>) -> Readiness {
    let answer = timeout(PATIENCE, asked).await;
    answer.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

/// Adds reflection, v1 and v1alpha, of the component's services and of health to `routes`.
pub(crate) fn add_reflection(
    routes: Routes,
    services: &[&'static str],
) -> Result<Routes, StartError> {
    let builder = || {
        let builder = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(accord_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .with_service_name("grpc.health.v1.Health");
        services
            .iter()
            .fold(builder, |builder, name| builder.with_service_name(*name))
    };
    let failed = |error| StartError::Start(format!("cannot set up reflection: {error}"));
    let v1 = builder().build_v1().map_err(failed)?;
    let v1alpha = builder().build_v1alpha().map_err(failed)?;
    Ok(routes.add_service(v1).add_service(v1alpha))
}
