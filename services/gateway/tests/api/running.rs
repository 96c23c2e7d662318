//! A running gateway, with everything that a process of its own has around it.

use std::net::SocketAddr;

use clock::Clock;
use gateway::{Config, Upstreams};
use host::{Bearer, Deps, Metrics, Stack, Tokens};
use http::{HeaderValue, Response, header::AUTHORIZATION};
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use identity::{Issuer, Role};
use tokio::net::{TcpListener, TcpStream};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    body::Body,
    service::interceptor::InterceptedService,
    transport::{Channel, Endpoint, Server},
};

use crate::wire::{Answer, Call};

/// A gateway on a free port.
pub(crate) struct Gateway {
    address: SocketAddr,
    issuer: Issuer,
    bearer: HeaderValue,
    server: tokio::task::JoinHandle<()>,
    _keys: tempfile::TempDir,
}

impl Gateway {
    /// Starts a gateway with these `--route`s.
    pub(crate) async fn routing(specs: &[&str]) -> Self {
        let config = Config {
            upstreams: Vec::new(),
            routes: specs.iter().map(|spec| spec.parse().expect(spec)).collect(),
        };
        Self::in_front_of(Upstreams::from_config(&config).expect("valid")).await
    }

    /// Starts a gateway in front of these upstreams.
    pub(crate) async fn in_front_of(upstreams: Upstreams) -> Self {
        let (keys, issuer) = issuer();
        Self::start(upstreams, issuer, keys).await
    }

    /// Starts a gateway that accepts the tokens of `issuer`.
    pub(crate) async fn start(
        upstreams: Upstreams,
        issuer: Issuer,
        keys: tempfile::TempDir,
    ) -> Self {
        let component = gateway::component_on(upstreams, &Deps::new(Clock::system()));
        let tokens = Tokens::from(issuer.verifier().expect("own key"));
        let stack = Stack::new(tokens, Metrics::new().expect("metrics"), Clock::system());
        let service = stack.around(component.name, component.routes, &component.open);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
        let address = listener.local_addr().expect("bound");
        let server = tokio::spawn(async move {
            Server::builder()
                .serve_with_incoming(service, TcpListenerStream::new(listener))
                .await
                .expect("served");
        });
        let token = token(&issuer);
        let bearer = HeaderValue::try_from(format!("Bearer {token}")).expect("ASCII");
        Self {
            address,
            issuer,
            bearer,
            server,
            _keys: keys,
        }
    }

    /// The `authorization` that its calls carry.
    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.bearer
    }

    /// A channel for generated clients, with a reader's token.
    pub(crate) async fn channel(&self) -> InterceptedService<Channel, Bearer> {
        let channel = Endpoint::from_shared(format!("http://{}", self.address))
            .expect("address")
            .connect()
            .await
            .expect("the gateway listens");
        let bearer = host::testing::token(&self.issuer, "uz-stat", Some("UZ"), Role::Reader);
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
        let stream = TcpStream::connect(self.address).await.expect("listens");
        stream.set_nodelay(true).expect("a socket");
        let (mut sender, connection) =
            http2::handshake::<_, _, Body>(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .expect("HTTP/2");
        tokio::spawn(connection);
        let request = call.request(&self.address.to_string());
        sender.send_request(request).await.expect("an answer")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// An issuer with a new key in a directory of its own.
pub(crate) fn issuer() -> (tempfile::TempDir, Issuer) {
    let keys = tempfile::tempdir().expect("a directory");
    let issuer = Issuer::open_or_create(keys.path(), Clock::system()).expect("a key");
    (keys, issuer)
}

/// A reader's token.
fn token(issuer: &Issuer) -> String {
    issuer.issue(&identity::Grant {
        agency: "uz-stat".to_owned(),
        party: Some("UZ".to_owned()),
        roles: vec![Role::Reader],
        ttl: std::time::Duration::from_secs(600),
    })
}

/// Upstreams of a gateway that has none.
pub(crate) fn nothing() -> Upstreams {
    Upstreams::default()
}
