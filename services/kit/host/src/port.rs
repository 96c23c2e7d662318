//! The port for calls: takes connections, and serves each for as long as it keeps to the limits.
//!
//! Connections are served by hyper directly, not through tonic's server: that leaves no room for a handshake with
//! certificates that change, for the time limits of HTTP/1, or for watching the bytes of a connection.

mod admission;
mod budget;
mod certificates;
mod connection;
mod frames;
mod meter;

use std::{io, sync::Arc, time::Duration};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_stream::StreamExt as _;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::transport::server::TcpIncoming;

pub use self::certificates::Certificates;
pub(crate) use self::certificates::{chain, key, roots};
use self::{admission::Admission, connection::Serving};
use crate::{
    Layered, LimitArgs, Metrics, Stack,
    args::ConnectionArgs,
    cores::Cores,
    exchange::{Exchanges, Gate},
    peer::TrustedProxies,
};

/// How often the kernel asks after a peer of which nothing is heard, whatever it speaks.
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// How long nobody is taken when the process can open no more files: connections have to end first.
const NO_FILES_LEFT: Duration = Duration::from_millis(100);

/// How long calls that are cut off may take to end.
const CUT_TIMEOUT: Duration = Duration::from_secs(1);

/// What a port answers, and how.
pub(crate) struct Port {
    serving: Arc<Serving>,
    cores: Option<Cores>,
    underway: Underway,
    admission: Admission,
    metrics: Metrics,
}

/// What is under way on a port. Copies share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Underway {
    connections: TaskTracker,
    /// The requests whose answers have not ended, wherever their tasks run.
    pub(crate) exchanges: TaskTracker,
    ending: CancellationToken,
    cut: CancellationToken,
}

impl Underway {
    /// Ends every call with a status that says so, cuts off connections that do not take it, and waits a little until all that was to be
    /// told of their calls is told.
    pub(crate) async fn cut_off(&self) {
        self.connections.close();
        self.exchanges.close();
        self.ending.cancel();
        let told = || async { tokio::join!(self.connections.wait(), self.exchanges.wait()) };
        // A connection ends with its last call, and has then sent it.
        if timeout(CUT_TIMEOUT, told()).await.is_ok() {
            return;
        }
        self.cut.cancel();
        if timeout(CUT_TIMEOUT, told()).await.is_err() {
            tracing::warn!("some calls that were cut off are missing in the access log");
        }
    }
}

impl Port {
    /// Makes a port that answers with `service`; clients speak HTTP/1.1 too where it faces them.
    pub(crate) fn new(
        service: Layered,
        stack: &Stack,
        connections: &ConnectionArgs,
        limits: &LimitArgs,
        certificates: Option<Certificates>,
        faces_clients: bool,
    ) -> Self {
        let metrics = stack.metrics();
        let proxies = TrustedProxies::new(limits.trusted_proxies.clone());
        if let Some(certificates) = certificates.as_ref().filter(|_| faces_clients) {
            certificates.with_http1();
        }
        let underway = Underway::default();
        let exchanges = Exchanges {
            service,
            underway: underway.exchanges.clone(),
            ending: underway.ending.clone(),
            gate: Gate::new(limits, metrics.clone()),
            proxies: proxies.clone(),
            terms: connections.into(),
            metrics: metrics.clone(),
        };
        let streams = connections.streams(faces_clients, stack.limit());
        let resets = connections.resets(faces_clients);
        Self {
            admission: Admission::new(connections, proxies, metrics.clone()),
            serving: Arc::new(Serving {
                http: connection::http(connections, streams, resets, faces_clients),
                exchanges: Arc::new(exchanges),
                args: connections.clone(),
                resets,
                certificates,
                metrics: metrics.clone(),
            }),
            cores: None,
            underway,
            metrics,
        }
    }

    /// Serves connections on threads of their own; without it they are tasks of the runtime.
    pub(crate) fn on(mut self, cores: Option<Cores>) -> Self {
        self.cores = cores;
        self
    }

    /// Returns what is under way on it.
    pub(crate) fn underway(&self) -> Underway {
        self.underway.clone()
    }

    /// Takes connections until `stopping`, then waits for those that are there to end.
    pub(crate) async fn serve(self, listener: TcpListener, stopping: &CancellationToken) {
        let connections = &self.underway.connections;
        {
            // Dropped as soon as nobody is taken any more, so that those who come are refused and do not wait.
            let mut incoming = TcpIncoming::from(listener)
                .with_nodelay(Some(true))
                .with_keepalive(Some(TCP_KEEPALIVE));
            loop {
                let accepted = tokio::select! {
                    () = stopping.cancelled() => break,
                    accepted = incoming.next() => accepted,
                };
                match accepted {
                    None => break,
                    Some(Ok(stream)) => self.take(stream, stopping),
                    Some(Err(error)) if is_of_one_connection(&error) => {}
                    Some(Err(error)) => {
                        tracing::warn!(%error, "cannot take connections");
                        sleep(NO_FILES_LEFT).await;
                    }
                }
            }
        }
        connections.close();
        connections.wait().await;
    }

    fn take(&self, stream: TcpStream, stopping: &CancellationToken) {
        let Underway {
            connections, cut, ..
        } = self.underway.clone();
        let Ok(address) = stream.peer_addr() else {
            return;
        };
        match self.admission.admit(address.ip()) {
            Ok(admitted) => {
                let serving = Arc::clone(&self.serving);
                let stopping = stopping.clone();
                let Some((core, turn)) = self.cores.as_ref().and_then(Cores::take) else {
                    connections.spawn(async move {
                        let served = serving.serve(stream, address, &stopping);
                        let _ = cut.run_until_cancelled(served).await;
                        drop(admitted);
                    });
                    return;
                };
                // It is the other runtime that has to be told when something comes.
                let Ok(stream) = stream.into_std() else {
                    return;
                };
                let served = async move {
                    if let Ok(stream) = TcpStream::from_std(stream) {
                        let served = serving.serve(stream, address, &stopping);
                        let _ = cut.run_until_cancelled(served).await;
                    }
                    drop((admitted, turn));
                };
                connections.spawn_on(served, core);
            }
            Err(limit) => {
                self.metrics.hit(limit);
                tracing::debug!(limit = limit.name(), peer = %address, "a connection is refused");
            }
        }
    }
}

/// Lets the process open as many files as the system allows it, each connection being one: the limit that processes start
/// with is made for programs that use `select`, and is far below `--max-connections`.
pub(crate) fn allow_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit on open files stays as it is");
    }
}

/// Whether accepting failed because the one that came has gone again.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
