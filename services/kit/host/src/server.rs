//! A component on a port: HTTP/2 with limits, health, reflection, and an end in good order.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};
use tonic::transport::{ServerTlsConfig, server::TcpIncoming};
use tower::ServiceExt as _;

use crate::{
    Component, Deps, ListenArgs, Stack, StartError, admin,
    ending::end_infrastructure,
    flow,
    health::{Health, add_reflection},
    peer,
};

/// Size of a call's headers: an access token of 8 KiB and as much again.
const MAX_HEADER_BYTES: u32 = 16 * 1024;

/// A silent connection is asked for a sign of life this often; balancers drop silent ones sooner
/// or later, the usual first one after 60 seconds.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// How long the sign of life may take.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// After this a connection is asked to go (calls in progress finish), so that clients behind a
/// balancer of connections spread over new replicas.
const MAX_CONNECTION_AGE: Duration = Duration::from_mins(30);

/// How long a component may take to stop after the last call, for example to close its database.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// The addresses of a process, taken, with nothing answering yet.
#[derive(Debug)]
pub struct Server {
    calls: TcpListener,
    admin: TcpListener,
    listen: SocketAddr,
    admin_listen: SocketAddr,
    http2: tonic::transport::Server,
    has_tls: bool,
    drain: Duration,
}

impl Server {
    /// Reads the certificates and takes both addresses.
    pub async fn bind(args: &ListenArgs) -> Result<Server, StartError> {
        let tls = args.tls.read()?;
        let has_tls = tls.is_some();
        let http2 = http2(tls)?;
        let calls = args.bind().await?;
        let admin = args.bind_admin().await?;
        let no_address = |error| StartError::Start(format!("a socket has no address: {error}"));
        Ok(Server {
            listen: calls.local_addr().map_err(no_address)?,
            admin_listen: admin.local_addr().map_err(no_address)?,
            calls,
            admin,
            http2,
            has_tls,
            drain: args.drain(),
        })
    }

    /// Returns the address for calls, with the real port.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Returns the address for health and metrics, with the real port.
    #[must_use]
    pub fn admin_listen(&self) -> SocketAddr {
        self.admin_listen
    }

    /// Tells whether calls must come over TLS.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        self.has_tls
    }

    /// Answers calls with `component` behind the layers of `stack` until `deps.stopping` is
    /// cancelled; then lets calls in progress end, for a limited time, and the component stop.
    ///
    /// Adds health and reflection to the component's routes.
    pub async fn serve(
        self,
        component: Component,
        stack: &Stack,
        deps: &Deps,
    ) -> Result<(), StartError> {
        let health = Health::of(&component);
        let routes = add_reflection(health.add_to(component.routes), &component.grpc_services)?;
        let routes = end_infrastructure(routes, health.ended());
        let service = stack.around(component.name, routes, &component.open);
        // Outermost, so that what stands in front of the layers passes it on.
        let (service, has_front) = match component.front {
            Some(front) => (front(service), true),
            None => (service, false),
        };
        let service = service.map_request(peer::show);
        health.ask().await;

        let admin = admin::serve(self.admin, health.readiness(), stack.metrics());
        let admin = tokio::spawn(admin);
        let incoming = TcpIncoming::from(self.calls)
            .with_nodelay(Some(true))
            .with_keepalive(Some(KEEPALIVE));
        let stopping = &deps.stopping;
        let serving = async {
            let ended = stopping.cancelled();
            let http2 = flow::server(self.http2, stack.limit()).accept_http1(has_front);
            let outcome = http2
                .serve_with_incoming_shutdown(service, incoming, ended)
                .await;
            // Should serving end by itself, the rest of the process ends with it.
            stopping.cancel();
            outcome
        };
        let too_long = async {
            stopping.cancelled().await;
            sleep(self.drain).await;
        };
        let outcome = tokio::select! {
            ((), outcome) = async { tokio::join!(health.keep(stopping), serving) } => outcome,
            () = too_long => {
                tracing::warn!(after = ?self.drain, "calls in progress are cut off");
                Ok(())
            }
        };
        if let Some(stop) = component.on_stop
            && timeout(STOP_TIMEOUT, stop).await.is_err()
        {
            tracing::warn!(after = ?STOP_TIMEOUT, "the component has not stopped in order");
        }
        admin.abort();
        outcome.map_err(|error| StartError::Start(format!("serving ended: {error}")))
    }
}

fn http2(tls: Option<ServerTlsConfig>) -> Result<tonic::transport::Server, StartError> {
    let server = tonic::transport::Server::builder()
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .max_connection_age(MAX_CONNECTION_AGE);
    let Some(tls) = tls else { return Ok(server) };
    server.tls_config(tls).map_err(|error| {
        let cause =
            std::error::Error::source(&error).map_or(error.to_string(), ToString::to_string);
        StartError::Config(format!(
            "ACCORD_TLS_CERT, ACCORD_TLS_KEY or ACCORD_TLS_CLIENT_CA: {cause}"
        ))
    })
}
