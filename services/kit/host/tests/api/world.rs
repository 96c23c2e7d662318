//! What the tests stand on: the probe served on a port of its own, and clients of it.

use std::{net::SocketAddr, time::Duration};

use clock::Clock;
use host::{
    Bearer, Certificates, Component, ConnectionArgs, Deps, LimitArgs, ListenArgs, Metrics, Rules,
    Server, Stack, StartError, TlsArgs, Tokens,
};
use identity::{Agencies, Grant, Issuer, Role};
use tokio::task::JoinHandle;
use tonic::{
    Response, Status,
    client::Grpc,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tonic_prost::ProstCodec;

use crate::probe;

/// A served probe.
pub(crate) struct World {
    pub(crate) listen: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) deps: Deps,
    pub(crate) issuer: Issuer,
    pub(crate) serving: JoinHandle<Result<(), StartError>>,
    pub(crate) certificates: Option<Certificates>,
    pub(crate) rules: Rules,
    _directory: tempfile::TempDir,
}

/// Settings for any free port on this machine.
pub(crate) fn listen_args() -> ListenArgs {
    ListenArgs {
        listen: "127.0.0.1:0".to_owned(),
        admin_listen: "127.0.0.1:0".to_owned(),
        tls: TlsArgs::default(),
        allow_plaintext: false,
        max_calls: 4,
        drain_seconds: 5,
        connections: ConnectionArgs::default(),
        limits: LimitArgs::default(),
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(listen_args()).await
    }

    pub(crate) async fn start_with(args: ListenArgs) -> Self {
        Self::start_as(args, Agencies::default(), |component| component).await
    }

    /// Starts the probe as one that clients connect to: it answers HTTP/1.1 too.
    pub(crate) async fn start_facing_clients(args: ListenArgs) -> Self {
        let facing = |component: Component| component.front(|layered| layered);
        Self::start_as(args, Agencies::default(), facing).await
    }

    /// Starts a probe that `agencies` may call by their certificates.
    pub(crate) async fn start_trusting(args: ListenArgs, agencies: Agencies) -> Self {
        Self::start_as(args, agencies, |component| component).await
    }

    async fn start_as(
        args: ListenArgs,
        agencies: Agencies,
        shape: fn(Component) -> Component,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
        let tokens = Tokens::from(issuer.verifier().unwrap());
        tokens.replace_agencies(agencies);
        let deps = Deps::new(Clock::system());
        let stack = Stack::new(tokens, Metrics::new().unwrap(), Clock::system());
        let rules = Rules::default();
        let stack = stack.max_calls(args.max_calls).limits(&args.limits);
        let stack = stack.rules(rules.clone());
        let server = Server::bind(&args).await.unwrap();
        let (listen, admin) = (server.listen(), server.admin_listen());
        let certificates = server.certificates();
        let serving = tokio::spawn({
            let deps = deps.clone();
            async move {
                let component = shape(probe::component(&deps));
                server.serve(component, &stack, &deps).await
            }
        });
        Self {
            listen,
            admin,
            deps,
            issuer,
            serving,
            certificates,
            rules,
            _directory: directory,
        }
    }

    /// A token's text for an agency of Uzbekistan.
    pub(crate) fn token(&self) -> String {
        self.token_of("uz-stat")
    }

    /// A token's text for this agency of Uzbekistan.
    pub(crate) fn token_of(&self, agency: &str) -> String {
        self.issuer.issue(&Grant {
            agency: agency.to_owned(),
            party: Some("UZ".to_owned()),
            roles: vec![Role::Editor],
            ttl: Duration::from_mins(1),
        })
    }

    pub(crate) fn channel(&self) -> Channel {
        let address = format!("http://{}", self.listen);
        Endpoint::from_shared(address).unwrap().connect_lazy()
    }

    /// A client with a good token.
    pub(crate) fn client(&self) -> Client<Bearer> {
        self.client_of("uz-stat")
    }

    /// A client with a good token of this agency, on a connection of its own.
    pub(crate) fn client_of(&self, agency: &str) -> Client<Bearer> {
        let bearer = Bearer::new(&self.token_of(agency)).unwrap();
        client(InterceptedService::new(self.channel(), bearer))
    }

    /// How often a limit was gone beyond.
    pub(crate) async fn hits(&self, limit: &str) -> u64 {
        let (_, text) = self.page("/metrics").await;
        let of_limit = format!("limit=\"{limit}\"");
        let lines = text
            .lines()
            .filter(|line| line.starts_with("accord_limit_hits_total") && line.contains(&of_limit));
        lines
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum()
    }

    /// Waits until a limit was gone beyond at least `count` times.
    pub(crate) async fn wait_for_hits(&self, limit: &str, count: u64) {
        let reached = async {
            while self.hits(limit).await < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_secs(30), reached).await;
        assert!(reached.is_ok(), "{limit} is not counted {count} times");
    }

    /// Sends `body` as it is, without a token, and returns the status.
    pub(crate) async fn send(
        &self,
        path: &str,
        encoding: Option<&'static str>,
        body: &'static [u8],
    ) -> Status {
        self.send_with(path, encoding, body.into(), None).await
    }

    /// Sends `body` as it is, perhaps with a token, and returns the status.
    pub(crate) async fn send_with(
        &self,
        path: &str,
        encoding: Option<&'static str>,
        body: bytes::Bytes,
        token: Option<String>,
    ) -> Status {
        use http_body_util::BodyExt as _;

        let stream = tokio::net::TcpStream::connect(self.listen).await.unwrap();
        let executor = hyper_util::rt::TokioExecutor::new();
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
            .await
            .unwrap();
        tokio::spawn(connection);
        let mut request = http::Request::post(format!("http://{}{path}", self.listen))
            .header("content-type", "application/grpc");
        if let Some(encoding) = encoding {
            request = request.header("grpc-encoding", encoding);
        }
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = http_body_util::Full::new(body);
        let answer = sender.send_request(request.body(body).unwrap()).await;
        let (parts, body) = answer.unwrap().into_parts();
        let trailers = body.collect().await.unwrap().trailers().cloned();
        Status::from_header_map(&parts.headers)
            .or_else(|| Status::from_header_map(&trailers.unwrap_or_default()))
            .unwrap()
    }

    /// A page of the admin port: status and text.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        page(self.admin, path).await
    }
}

/// Reads a page over HTTP/1.1: status and text.
pub(crate) async fn page(address: SocketAddr, path: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: probe\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

pub(crate) type Client<I> = Grpc<InterceptedService<Channel, I>>;

pub(crate) fn client<I: Interceptor>(service: InterceptedService<Channel, I>) -> Client<I> {
    Grpc::new(service)
}

/// Calls a unary method of the probe.
pub(crate) async fn call<I>(
    client: &mut Client<I>,
    path: &'static str,
    text: impl Into<String>,
) -> Result<Response<String>, Status>
where
    I: Interceptor,
{
    let text: String = text.into();
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(path);
    let codec = ProstCodec::<String, String>::default();
    client.unary(tonic::Request::new(text), path, codec).await
}

/// Calls a streaming method of the probe.
pub(crate) async fn stream<I>(
    client: &mut Client<I>,
    path: &'static str,
) -> Result<tonic::Streaming<String>, Status>
where
    I: Interceptor,
{
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(path);
    let codec = ProstCodec::<String, String>::default();
    let request = tonic::Request::new(String::new());
    let answer = client.server_streaming(request, path, codec).await?;
    Ok(answer.into_inner())
}

/// The reason and domain of a status' `ErrorInfo`.
pub(crate) fn error_info(status: &Status) -> (String, String) {
    use accord_proto::google::rpc::{ErrorInfo, Status as RpcStatus};
    use prost::Message as _;

    let details = RpcStatus::decode(status.details()).unwrap().details;
    details
        .iter()
        .find(|any| any.type_url.ends_with("google.rpc.ErrorInfo"))
        .map(|any| ErrorInfo::decode(any.value.as_slice()).unwrap())
        .map(|info| (info.reason, info.domain))
        .unwrap()
}
