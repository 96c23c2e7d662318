//! A running gateway, with everything that a process of its own has around it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clap::Parser as _;
use clock::Clock;
use gateway::{Config, UpstreamArgs, Upstreams, WebArgs};
use host::{Bearer, Component, Deps, ListenArgs, Metrics, Server, Stack, Tokens};
use http::{HeaderValue, Response, header::AUTHORIZATION};
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use identity::{Grant, Issuer, Role};
use tokio::net::{TcpListener, TcpStream};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    body::Body,
    service::interceptor::InterceptedService,
    transport::{self, Channel, Endpoint},
};

use crate::wire::{Answer, Call};

/// Whose web pages may call.
pub(crate) const ORIGIN: &str = "https://portal.example.org";

/// A channel of one caller.
pub(crate) type Caller = InterceptedService<Channel, Bearer>;

/// The settings of a process that listens.
#[derive(clap::Parser)]
pub(crate) struct Settings {
    #[command(flatten)]
    listen: ListenArgs,
}

impl Settings {
    /// The defaults, on free ports.
    pub(crate) fn listen() -> ListenArgs {
        let free = "127.0.0.1:0";
        Self::parse_from(["gateway", "--listen", free, "--admin-listen", free]).listen
    }
}

/// A gateway on a free port.
pub(crate) struct Gateway {
    address: SocketAddr,
    issuer: Arc<Issuer>,
    bearer: HeaderValue,
    deps: Deps,
    keys: Option<tempfile::TempDir>,
}

impl Gateway {
    /// Starts a gateway with these `--route`s.
    pub(crate) async fn routing(specs: &[&str]) -> Self {
        Self::treating(UpstreamArgs::default(), &[], specs).await
    }

    /// Starts a gateway with these `--upstream`s and `--route`s, which it treats as `upstream` says.
    pub(crate) async fn treating(
        upstream: UpstreamArgs,
        services: &[&str],
        routes: &[&str],
    ) -> Self {
        let config = Config {
            upstreams: services
                .iter()
                .map(|spec| spec.parse().expect(spec))
                .collect(),
            routes: routes
                .iter()
                .map(|spec| spec.parse().expect(spec))
                .collect(),
            upstream,
            ..Config::default()
        };
        let upstreams = Upstreams::from_config(&config).expect("valid");
        let (keys, issuer) = issuer();
        let mut gateway = Self::shape(upstreams, &issuer, Clock::system(), unwatched).await;
        gateway.keys = Some(keys);
        gateway
    }

    /// Starts a gateway in front of these upstreams.
    pub(crate) async fn in_front_of(upstreams: Upstreams) -> Self {
        let (keys, issuer) = issuer();
        let mut gateway = Self::start(upstreams, &issuer).await;
        gateway.keys = Some(keys);
        gateway
    }

    /// Starts a gateway that accepts the tokens of `issuer`.
    pub(crate) async fn start(upstreams: Upstreams, issuer: &Arc<Issuer>) -> Self {
        Self::start_at(upstreams, issuer, Clock::system()).await
    }

    /// Starts a gateway for which it is as late as `clock` says.
    pub(crate) async fn start_at(upstreams: Upstreams, issuer: &Arc<Issuer>, clock: Clock) -> Self {
        Self::shape(upstreams, issuer, clock, watched).await
    }

    async fn shape(
        upstreams: Upstreams,
        issuer: &Arc<Issuer>,
        clock: Clock,
        serve: impl AsyncFnOnce(Component, Stack, Deps) -> SocketAddr,
    ) -> Self {
        let metrics = Metrics::new().expect("metrics");
        let deps = Deps::new(clock).with_metrics(metrics.clone());
        let web = WebArgs {
            cors_origins: vec![HeaderValue::from_static(ORIGIN)],
        };
        let component = gateway::component_on(upstreams, &web, &deps);
        let tokens = Tokens::from(issuer.verifier().expect("own key"));
        let stack = Stack::new(tokens, metrics, Clock::system());
        let address = serve(component, stack, deps.clone()).await;
        let token = token(issuer, Role::Editor);
        Self {
            address,
            issuer: Arc::clone(issuer),
            bearer: HeaderValue::try_from(format!("Bearer {token}")).expect("ASCII"),
            deps,
            keys: None,
        }
    }

    /// What it has counted, in Prometheus' form.
    pub(crate) fn metrics(&self) -> String {
        self.deps.metrics.as_ref().expect("given").text()
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A token of an editor of a party.
    pub(crate) fn editor(&self, party: &str) -> String {
        self.issuer.issue(&Grant {
            agency: format!("{}-stat", party.to_lowercase()),
            party: Some(party.to_owned()),
            roles: vec![Role::Editor],
            ttl: Duration::from_mins(10),
        })
    }

    /// Begins to stop: calls in progress go on.
    pub(crate) fn stop(&self) {
        self.deps.stopping.cancel();
    }

    /// The `authorization` that its calls carry.
    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.bearer
    }

    /// A channel for generated clients, with the token of an agency of `party`.
    pub(crate) fn caller(&self, party: &str, role: Role) -> Caller {
        let channel = Endpoint::from_shared(format!("http://{}", self.address))
            .expect("address")
            .connect_lazy();
        let agency = format!("{}-stat", party.to_lowercase());
        let bearer = host::testing::token(&self.issuer, &agency, Some(party), role);
        InterceptedService::new(channel, bearer)
    }

    /// Makes a call with a token, unless it names its own, and returns the answer as it begins.
    pub(crate) async fn open(&self, call: Call) -> Response<Incoming> {
        self.send(call.header_unless_there(AUTHORIZATION, self.bearer.clone()))
            .await
    }

    /// Makes a call with a token and returns the whole answer.
    pub(crate) async fn call(&self, call: Call) -> Answer {
        Answer::read(self.open(call).await).await
    }

    /// Makes a call as it is and returns the whole answer.
    pub(crate) async fn call_without_token(&self, call: Call) -> Answer {
        Answer::read(self.send(call).await).await
    }

    async fn send(&self, call: Call) -> Response<Incoming> {
        send(&self.address.to_string(), call).await
    }
}

/// Makes a call on a connection of its own, as plain HTTP/2 that adds and waits for nothing.
pub(crate) async fn send(address: &str, call: Call) -> Response<Incoming> {
    let stream = TcpStream::connect(address).await.expect("listens");
    stream.set_nodelay(true).expect("a socket");
    let (mut sender, connection) =
        http2::handshake::<_, _, Body>(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("HTTP/2");
    tokio::spawn(connection);
    let request = call.request(address);
    sender.send_request(request).await.expect("an answer")
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.deps.stopping.cancel();
    }
}

/// Serves a gateway as its process does, which asks now and then how the services are.
async fn watched(component: Component, stack: Stack, deps: Deps) -> SocketAddr {
    let server = Server::bind(&Settings::listen()).await.expect("free ports");
    let address = server.listen();
    tokio::spawn(async move {
        let served = server.serve(component, &stack, &deps).await;
        served.expect("served");
    });
    address
}

/// Serves a gateway that asks nobody anything on its own, so that a test knows of every call.
async fn unwatched(component: Component, stack: Stack, _deps: Deps) -> SocketAddr {
    let service = stack.around_passing(
        component.name,
        component.routes,
        component.pass,
        &component.open,
    );
    let service = component.front.expect("the gateway has one")(service);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        transport::Server::builder()
            .accept_http1(true)
            .serve_with_incoming(service, TcpListenerStream::new(listener))
            .await
            .expect("served");
    });
    address
}

/// An issuer with a new key in a directory of its own.
pub(crate) fn issuer() -> (tempfile::TempDir, Arc<Issuer>) {
    let keys = tempfile::tempdir().expect("a directory");
    let issuer = Issuer::open_or_create(keys.path(), Clock::system()).expect("a key");
    (keys, Arc::new(issuer))
}

/// A token of an agency of Uzbekistan.
pub(crate) fn token(issuer: &Issuer, role: Role) -> String {
    issuer.issue(&Grant {
        agency: "uz-stat".to_owned(),
        party: Some("UZ".to_owned()),
        roles: vec![role],
        ttl: Duration::from_mins(10),
    })
}

/// Upstreams of a gateway that has none.
pub(crate) fn nothing() -> Upstreams {
    Upstreams::default()
}
