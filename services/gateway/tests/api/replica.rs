//! One of several replicas of a service, as a process of its own, so that it can be killed and stopped as a whole.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use axum::{Router, body::Body as IncomingBody};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{body::Body, service::Routes, transport::Server};

/// Tells the process below where to listen.
const LISTEN: &str = "ACCORD_TEST_REPLICA_LISTEN";

/// What the process says before its address.
const READY: &str = "replica listens on ";

/// A running replica.
pub(crate) struct Replica {
    /// Where it listens, also when it is started again.
    pub(crate) address: SocketAddr,
    process: Child,
}

impl Replica {
    /// Starts one on a free port.
    pub(crate) async fn start() -> Self {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    async fn start_on(address: SocketAddr) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .args(["--exact", "replica::serve", "--ignored", "--nocapture"])
            .env(LISTEN, address.to_string())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        loop {
            let line = lines
                .next_line()
                .await
                .expect("text")
                .expect("it gets ready");
            if let Some((_, address)) = line.split_once(READY) {
                let address = address.parse().expect("an address");
                return Self { address, process };
            }
        }
    }

    /// Its address as the gateway is given it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Kills it: no answer is finished, no connection closed in order.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.expect("killed");
    }

    /// Starts it again where it was.
    pub(crate) async fn come_back(&mut self) {
        *self = Self::start_on(self.address).await;
    }

    /// Stops it where it stands: its connections stay open and nothing comes back over them.
    pub(crate) async fn hang(&self) {
        self.signal("-STOP").await;
    }

    /// Lets it go on.
    pub(crate) async fn go_on(&self) {
        self.signal("-CONT").await;
    }

    async fn signal(&self, signal: &str) {
        let pid = self.process.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().await;
        assert!(sent.expect("kill runs").success());
    }
}

/// The process of a replica.
#[tokio::test]
#[ignore = "started by the chaos test as a process of its own"]
async fn serve() {
    let Ok(address) = std::env::var(LISTEN) else {
        return;
    };
    let listener = TcpListener::bind(address).await.expect("free port");
    let address = listener.local_addr().expect("bound");
    println!("\n{READY}{address}");
    let router = Router::new().fallback(move |request| answer(request, address));
    Server::builder()
        .add_routes(Routes::from(router))
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await
        .expect("served");
}

/// Sends the request back after a little while, with the replica's name; says of its health that it serves.
async fn answer(request: Request<IncomingBody>, address: SocketAddr) -> Response<Body> {
    let is_check = request.uri().path().ends_with("/Check");
    let body = request.into_body().collect().await.expect("a request");
    let message = if is_check {
        Bytes::from_static(&[0, 0, 0, 0, 2, 8, 1])
    } else {
        tokio::time::sleep(Duration::from_millis(2)).await;
        body.to_bytes()
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = [Frame::data(message), Frame::trailers(trailers)];
    let frames = tokio_stream::iter(frames.map(Ok::<_, std::convert::Infallible>));
    let mut response = Response::new(Body::new(StreamBody::new(frames)));
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/grpc"));
    let name = HeaderValue::try_from(address.to_string()).expect("ASCII");
    headers.insert("x-replica", name);
    response
}
