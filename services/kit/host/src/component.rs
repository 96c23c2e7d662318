//! What a service hands to its host, and what it gets from it.

use std::{fmt, future::Future, sync::Arc};

use clock::Clock;
use futures::future::BoxFuture;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::{Layered, Metrics, Pass};

/// Tells whether a component can answer now; the text says what it waits for.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Tells whether one gRPC service of a component, by its full name, can answer now.
pub type ServiceReady =
    Arc<dyn Fn(&'static str) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Puts something in front of a component with its layers.
pub type Front = Box<dyn FnOnce(Layered) -> Layered + Send + Sync>;

/// A service, built and ready to be served on a port or inside the process.
pub struct Component {
    /// The service's word, for example `documents`; a label of its metrics.
    pub name: &'static str,
    /// What answers, by path.
    pub routes: Routes,
    /// Full names of the gRPC services in `routes`, for health and reflection.
    pub grpc_services: Vec<&'static str>,
    /// Asked every two seconds; health and `/readyz` tell the answer.
    pub ready: Ready,
    /// Asked as often for each of `grpc_services`, where they can differ; else they are as the whole.
    pub service_ready: Option<ServiceReady>,
    /// Awaited after the last call has ended, for example to close a database; five seconds at most.
    pub on_stop: Option<BoxFuture<'static, ()>>,
    /// Paths that need no access token, and beginnings of such, which end with `.` or `/`; beside health and reflection.
    pub open: Vec<String>,
    /// Takes calls that go on to others past the routes, behind the layers.
    pub pass: Option<Pass>,
    /// What stands in front of the layers, for a component that answers more than gRPC; it then answers HTTP/1.1 too.
    pub front: Option<Front>,
    /// Further fields of the ready announcement, in order.
    pub announcements: Vec<(&'static str, Value)>,
}

impl Component {
    /// Starts a component that is always ready and needs nothing done at the end.
    #[must_use]
    pub fn new(name: &'static str, routes: Routes) -> Self {
        Self {
            name,
            routes,
            grpc_services: Vec::new(),
            ready: Arc::new(|| Box::pin(async { Ok(()) })),
            service_ready: None,
            on_stop: None,
            open: Vec::new(),
            pass: None,
            front: None,
            announcements: Vec::new(),
        }
    }

    /// Names the gRPC services in the routes, for example `accord.documents.v1.DocumentService`.
    #[must_use]
    pub fn grpc_services(mut self, names: &[&'static str]) -> Self {
        self.grpc_services.extend(names);
        self
    }

    /// Sets how to ask whether the component can answer.
    #[must_use]
    pub fn ready<F, Fut>(mut self, ready: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.ready = Arc::new(move || Box::pin(ready()));
        self
    }

    /// Sets how to ask whether one of the gRPC services can answer, for a component that stands in
    /// front of others.
    #[must_use]
    pub fn service_ready<F, Fut>(mut self, ready: F) -> Self
    where
        F: Fn(&'static str) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.service_ready = Some(Arc::new(move |service| Box::pin(ready(service))));
        self
    }

    /// Makes the component ready when its database answers.
    #[must_use]
    pub fn ready_when(self, database: storage::Database) -> Self {
        self.ready(move || {
            let database = database.clone();
            async move {
                let answer = database.ping().await;
                answer.map_err(|error| format!("database: {error}"))
            }
        })
    }

    /// Sets what to await after the last call has ended.
    #[must_use]
    pub fn on_stop(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.on_stop = Some(Box::pin(stop));
        self
    }

    /// Opens a path to calls without a token, or every path that begins with it where it ends with `.` or `/`: `/echo.v1.` is
    /// all services of a package.
    #[must_use]
    pub fn open(mut self, path: impl Into<String>) -> Self {
        self.open.push(path.into());
        self
    }

    /// Sets what takes calls that go on to others, when the component is served on a port.
    #[must_use]
    pub fn pass(mut self, pass: Pass) -> Self {
        self.pass = Some(pass);
        self
    }

    /// Sets what stands in front of the layers when the component is served on a port.
    #[must_use]
    pub fn front(mut self, front: impl FnOnce(Layered) -> Layered + Send + Sync + 'static) -> Self {
        self.front = Some(Box::new(front));
        self
    }

    /// Adds a field to the ready announcement.
    #[must_use]
    pub fn announce(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.announcements.push((field, value.into()));
        self
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Component")
            .field("name", &self.name)
            .field("grpc_services", &self.grpc_services)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// What a service is built with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// Time and ids.
    pub clock: Clock,
    /// Cancelled when draining starts: endless streams end then, other calls go on.
    pub stopping: CancellationToken,
    /// What the process counts; a service adds its own measurements. None where nobody reads them.
    pub metrics: Option<Metrics>,
}

impl Deps {
    /// Makes the dependencies of a process that is not stopping.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            stopping: CancellationToken::new(),
            metrics: None,
        }
    }

    /// Lets services count into `metrics`.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Metrics) -> Self {
        self.metrics = Some(metrics);
        self
    }
}

/// Why a process could not start. The text is one line for the operator, without secrets.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong; the process exits with 2.
    #[error("{0}")]
    Config(String),
    /// The settings are in order but starting failed; the process exits with 1.
    #[error("{0}")]
    Start(String),
}

impl StartError {
    /// Returns the exit code of the operating contract.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            StartError::Config(_) => 2,
            StartError::Start(_) => 1,
        }
    }
}

impl From<storage::OpenError> for StartError {
    fn from(error: storage::OpenError) -> Self {
        match error {
            storage::OpenError::BadUrl(_) => StartError::Config(error.to_string()),
            storage::OpenError::Directory { .. }
            | storage::OpenError::NotADatabase { .. }
            | storage::OpenError::Unreachable { .. }
            | storage::OpenError::OldServer { .. }
            | storage::OpenError::Newer { .. }
            | storage::OpenError::Changed { .. }
            | storage::OpenError::Migration { .. }
            | storage::OpenError::Database(_) => StartError::Start(error.to_string()),
        }
    }
}
