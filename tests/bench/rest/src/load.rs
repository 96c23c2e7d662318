//! Calls over one connection of HTTP/2, so many at once for so long.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpStream, task::JoinSet};

use crate::methods::Method;

/// What one turn came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) calls: usize,
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    /// Of the process that answers, for each call.
    pub(crate) cpu_us: f64,
    /// Of each answer.
    pub(crate) bytes: f64,
}

/// A connection with a caller's token.
pub(crate) struct Connection {
    sender: http2::SendRequest<Full<Bytes>>,
    authority: String,
    token: String,
}

impl Connection {
    pub(crate) async fn open(listen: &str, token: &str) -> Self {
        let stream = TcpStream::connect(listen).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .initial_connection_window_size(1 << 24)
            .initial_stream_window_size(1 << 20)
            .handshake(TokioIo::new(stream))
            .await
            .expect("HTTP/2");
        tokio::spawn(connection);
        Self {
            sender,
            authority: listen.to_owned(),
            token: token.to_owned(),
        }
    }

    /// The call as gRPC.
    pub(crate) fn grpc(&self, method: &Method) -> Request<Full<Bytes>> {
        let length = u32::try_from(method.message.len()).expect("short");
        let framed = [&[0][..], &length.to_be_bytes(), &method.message].concat();
        self.request(method.grpc_path)
            .method("POST")
            .header(header::CONTENT_TYPE, "application/grpc")
            .header(header::TE, "trailers")
            .body(Full::new(framed.into()))
            .expect("a request")
    }

    /// The call as REST.
    pub(crate) fn rest(&self, method: &Method) -> Request<Full<Bytes>> {
        self.request(method.rest_path)
            .body(Full::default())
            .expect("a request")
    }

    fn request(&self, path: &str) -> http::request::Builder {
        Request::builder()
            .uri(format!("http://{}{path}", self.authority))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
    }

    /// Makes calls until the time is over.
    pub(crate) async fn run(
        &self,
        request: &Request<Full<Bytes>>,
        concurrency: usize,
        turn: Duration,
    ) -> Measured {
        let begun = Instant::now();
        let mut workers = JoinSet::new();
        for _worker in 0..concurrency {
            workers.spawn(calls(self.sender.clone(), request.clone(), begun + turn));
        }
        let done = workers.join_all().await;
        let seconds = begun.elapsed().as_secs_f64();
        let bytes: usize = done.iter().map(|(_, bytes)| bytes).sum();
        let mut times: Vec<Duration> = done.into_iter().flat_map(|(times, _)| times).collect();
        times.sort_unstable();
        let calls = times.len();
        let middle = times.get(calls / 2).copied().unwrap_or_default();
        Measured {
            calls,
            per_second: calls as f64 / seconds,
            p50_us: middle.as_secs_f64() * 1e6,
            cpu_us: 0.0,
            bytes: bytes as f64 / calls.max(1) as f64,
        }
    }
}

async fn calls(
    mut sender: http2::SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
    until: Instant,
) -> (Vec<Duration>, usize) {
    let mut times = Vec::new();
    let mut bytes = 0;
    loop {
        let begun = Instant::now();
        if begun >= until {
            return (times, bytes);
        }
        let response = sender
            .send_request(request.clone())
            .await
            .expect("an answer");
        assert!(response.status().is_success(), "{response:?}");
        assert!(
            response
                .headers()
                .get("grpc-status")
                .is_none_or(|code| code == "0"),
            "{response:?}"
        );
        let body = response.into_body().collect().await.expect("all of it");
        let trailers = body
            .trailers()
            .and_then(|trailers| trailers.get("grpc-status"));
        assert!(trailers.is_none_or(|code| code == "0"), "{trailers:?}");
        bytes += body.to_bytes().len();
        times.push(begun.elapsed());
    }
}
