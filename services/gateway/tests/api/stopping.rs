//! A gateway that stops while streams are under way, each connection on the thread of a processor.

use std::time::Duration;

use clock::Clock;
use gateway::{Config, Upstreams, WebArgs};
use host::{Deps, Metrics, Server, Stack, Tokens};
use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use identity::Role;
use tokio::net::TcpStream;
use tonic::{Code, Status};

use crate::{
    echo::{Echo, SERVICE, frame},
    process::Process,
    running::{self, Settings},
    wire::{self, Answer, Call},
};

/// Longest wait for what has to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than a busy machine takes for the end of what has one.
const DRAIN_SECONDS: u64 = 5;

/// What a stop finds: an answer without end, and one that ends when its request does.
struct UnderWay {
    endless: Response<Incoming>,
    finite: Response<Incoming>,
    rest: tokio::sync::mpsc::UnboundedSender<bytes::Bytes>,
}

impl UnderWay {
    async fn begin(address: &str, authorization: &str) -> Self {
        let call = |method: &str| {
            Call::new(format!("{SERVICE}/{method}")).header("authorization", authorization)
        };
        let mut endless = running::send(address, call("Ticks").message(b"")).await;
        endless.frame().await.expect("a tick").expect("no failure");
        let (rest, body) = wire::channel_body();
        rest.send(frame(b"first")).expect("open");
        let mut finite = running::send(address, call("Echo").body(body)).await;
        let first = finite.frame().await.expect("an echo").expect("no failure");
        assert_eq!(first.into_data().expect("a message"), frame(b"first"));
        Self {
            endless,
            finite,
            rest,
        }
    }

    /// Goes on after the stop was begun: what has an end ends well, and what has none is told that the process stops.
    async fn end(mut self, address: &str) {
        // Nobody is taken any more once it has begun.
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.rest.send(frame(b"last")).expect("still open");
        drop(self.rest);
        let finite = Answer::read(self.finite).await;
        assert_eq!(finite.body, frame(b"last"));
        assert_eq!(finite.status().code(), Code::Ok);
        let trailers = loop {
            let frame = self.endless.frame().await;
            let frame = frame.expect("an end with a status").expect("no reset");
            if let Ok(trailers) = frame.into_trailers() {
                break trailers;
            }
        };
        let status = Status::from_header_map(&trailers).expect("a status");
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(wire::reason(&status), "SERVER_STOPPING");
    }
}

#[tokio::test]
async fn on_a_thread_for_each_processor_a_stop_lets_streams_end_and_tells_those_without_end() {
    let echo = Echo::start().await;
    let config = Config {
        routes: vec![format!("acme.echo={}", echo.url()).parse().expect("valid")],
        ..Config::default()
    };
    let upstreams = Upstreams::from_config(&config).expect("valid");
    let (_keys, issuer) = running::issuer();
    let metrics = Metrics::new().expect("metrics");
    let deps = Deps::new(Clock::system()).with_metrics(metrics.clone());
    let component = gateway::component_on(upstreams, &WebArgs::default(), &deps);
    let tokens = Tokens::from(issuer.verifier().expect("own key"));
    let stack = Stack::new(tokens, metrics, Clock::system());
    let mut args = Settings::listen();
    args.drain_seconds = DRAIN_SECONDS;
    let server = Server::bind(&args).await.expect("free ports");
    let server = server.on_cores().expect("threads");
    let address = server.listen().to_string();
    let serving = tokio::spawn({
        let deps = deps.clone();
        async move { server.serve(component, &stack, &deps).await }
    });
    let token = running::token(&issuer, Role::Editor);
    let under_way = UnderWay::begin(&address, &format!("Bearer {token}")).await;

    // What SIGTERM does.
    deps.stopping.cancel();
    tokio::time::timeout(PATIENCE, under_way.end(&address))
        .await
        .expect("they end");
    let served = tokio::time::timeout(PATIENCE, serving).await;
    served
        .expect("it stops")
        .expect("no panic")
        .expect("served");
    echo.wait_for_cancelled(1).await;
}

#[tokio::test]
async fn sigterm_lets_streams_end_and_tells_those_without_end() {
    let echo = Echo::start().await;
    let route = format!("acme.echo={}", echo.url());
    let drain = DRAIN_SECONDS.to_string();
    let mut process = Process::start(&["--route", &route, "--drain-seconds", &drain]).await;
    let token = running::token(&process.issuer, Role::Editor);
    let under_way = UnderWay::begin(&process.address, &format!("Bearer {token}")).await;
    process.terminate();
    let address = process.address.clone();
    tokio::time::timeout(PATIENCE, under_way.end(&address))
        .await
        .expect("they end");
    let ended = tokio::time::timeout(PATIENCE, process.end()).await;
    assert_eq!(ended.expect("it stops").code(), Some(0));
}
