//! A component on a port: its limits, health, reflection, and an end in good order.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};

use crate::{
    Component, Deps, ListenArgs, Stack, StartError, admin,
    cores::Cores,
    ending::end_infrastructure,
    health::{Health, add_reflection},
    port::{Certificates, Port, allow_files},
};

/// How long a component may take to stop after the last call, for example to close its database.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// The addresses of a process, taken, with nothing answering yet.
#[derive(Debug)]
pub struct Server {
    calls: TcpListener,
    admin: TcpListener,
    listen: SocketAddr,
    admin_listen: SocketAddr,
    certificates: Option<Certificates>,
    args: ListenArgs,
    cores: Option<Cores>,
}

impl Server {
    /// Reads the certificates and takes both addresses.
    pub async fn bind(args: &ListenArgs) -> Result<Server, StartError> {
        let certificates = Certificates::read(&args.tls)?;
        allow_files();
        let calls = args.bind().await?;
        let admin = args.bind_admin().await?;
        let no_address = |error| StartError::Start(format!("a socket has no address: {error}"));
        Ok(Server {
            listen: calls.local_addr().map_err(no_address)?,
            admin_listen: admin.local_addr().map_err(no_address)?,
            calls,
            admin,
            certificates,
            args: args.clone(),
            cores: None,
        })
    }

    /// Serves connections on threads of their own, one for each processor or as many as `TOKIO_WORKER_THREADS` says.
    ///
    /// Fails with [`StartError::Start`] if they cannot be started.
    pub fn on_cores(mut self) -> Result<Self, StartError> {
        let cores = Cores::start()
            .map_err(|error| StartError::Start(format!("cannot start threads: {error}")))?;
        self.cores = Some(cores);
        Ok(self)
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
        self.certificates.is_some()
    }

    /// Returns the certificates, to be read again while the server runs; nothing if TLS is off.
    #[must_use]
    pub fn certificates(&self) -> Option<Certificates> {
        self.certificates.clone()
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
        let service = stack.around_passing(component.name, routes, component.pass, &component.open);
        let (service, has_front) = match component.front {
            Some(front) => (front(service), true),
            None => (service, false),
        };
        health.ask().await;

        let admin = admin::serve(self.admin, health.readiness(), stack.metrics());
        let admin = tokio::spawn(admin);
        let drain = self.args.drain();
        let (connections, limits) = (&self.args.connections, &self.args.limits);
        let certificates = self.certificates;
        // The threads outlive the port, which is dropped when calls are cut off and have still to be told so.
        let _cores = self.cores.clone();
        let port =
            Port::new(service, stack, connections, limits, certificates, has_front).on(self.cores);
        let underway = port.underway();
        let stopping = &deps.stopping;
        let serving = async {
            port.serve(self.calls, stopping).await;
            // Should serving end by itself, the rest of the process ends with it.
            stopping.cancel();
        };
        let too_long = async {
            stopping.cancelled().await;
            sleep(drain).await;
        };
        tokio::select! {
            ((), ()) = async { tokio::join!(health.keep(stopping), serving) } => {}
            () = too_long => {
                tracing::warn!(after = ?drain, "calls in progress are cut off");
                underway.cut_off().await;
            }
        }
        if let Some(stop) = component.on_stop
            && timeout(STOP_TIMEOUT, stop).await.is_err()
        {
            tracing::warn!(after = ?STOP_TIMEOUT, "the component has not stopped in order");
        }
        admin.abort();
        Ok(())
    }
}
