//! What the gateway does with several addresses, with failures, and with too much.

use std::time::Duration;

use accord_proto::{google::rpc, ledger::v1::WatchChangesRequest};
use futures::future::join_all;
use gateway::UpstreamArgs;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, transport::Server};
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::{
    echo::{Echo, SERVICE, frame},
    running::Gateway,
    script::{self, First},
    wire::{self, Answer, Call},
};

/// A method that the contracts declare to be without side effects.
const READ: &str = "/accord.documents.v1.DocumentService/GetDocument";
/// One that they do not.
const WRITE: &str = "/accord.documents.v1.DocumentService/Echo";

/// Longest wait for what has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

async fn documents(urls: &[String], upstream: UpstreamArgs) -> Gateway {
    Gateway::treating(upstream, &[&format!("documents={}", urls.join("+"))], &[]).await
}

/// Nothing asks for health, so that only calls make a difference.
fn unasked() -> UpstreamArgs {
    UpstreamArgs {
        upstream_health_seconds: Duration::ZERO,
        ..UpstreamArgs::default()
    }
}

async fn call(gateway: &Gateway, path: &str) -> Answer {
    gateway.call(Call::new(path).message(b"m")).await
}

/// An address at which nobody listens.
async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
    format!("http://{}", listener.local_addr().expect("bound"))
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("in time");
}

#[tokio::test]
async fn every_address_gets_calls() {
    let (one, other) = (Echo::start().await, Echo::start().await);
    let gateway = documents(&[one.url(), other.url()], unasked()).await;
    until(async || {
        assert_eq!(call(&gateway, WRITE).await.body, frame(b"m"));
        one.calls() > 0 && other.calls() > 0
    })
    .await;
}

#[tokio::test]
async fn address_that_cannot_be_reached_costs_no_call_of_any_kind() {
    let echo = Echo::start().await;
    let gateway = documents(&[nowhere().await, nowhere().await, echo.url()], unasked()).await;
    for _ in 0..20 {
        assert_eq!(call(&gateway, WRITE).await.body, frame(b"m"));
    }
    assert_eq!(echo.calls(), 20);
    let metrics = gateway.metrics();
    for part in [
        "accord_gateway_upstream_connect_failures_total{",
        "cause=\"unreachable\"",
        "state=\"serving\"",
    ] {
        assert!(metrics.contains(part), "{part} in {metrics}");
    }
}

#[tokio::test]
async fn call_that_was_refused_or_not_begun_is_made_again_whatever_it_does() {
    for first in [First::Refused, First::GoneAway] {
        let echo = Echo::start().await;
        let url = script::start(first, echo.address).await;
        let gateway = documents(&[url], unasked()).await;
        let answer = call(&gateway, WRITE).await;
        assert_eq!(answer.body, frame(b"m"), "{first:?}");
        assert_eq!(echo.calls(), 1, "{first:?}");
        let metrics = gateway.metrics();
        assert!(metrics.contains("after=\"refused\""), "{first:?} {metrics}");
    }
}

#[tokio::test]
async fn read_whose_connection_was_cut_is_made_again_and_a_write_is_not() {
    let echo = Echo::start().await;
    let url = script::start(First::Cut, echo.address).await;
    let gateway = documents(&[url], unasked()).await;
    assert_eq!(call(&gateway, READ).await.body, frame(b"m"));
    assert_eq!(echo.calls(), 1);

    let url = script::start(First::Cut, echo.address).await;
    let gateway = documents(&[url], unasked()).await;
    let status = call(&gateway, WRITE).await.status();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(wire::reason(&status), "UPSTREAM_LOST");
    assert_eq!(echo.calls(), 1);
}

#[tokio::test]
async fn request_too_long_to_be_kept_is_not_made_again() {
    let echo = Echo::start().await;
    let url = script::start(First::Cut, echo.address).await;
    let keeping_little = UpstreamArgs {
        upstream_retry_bytes: 8,
        ..unasked()
    };
    let gateway = documents(&[url], keeping_little).await;
    let call = Call::new(READ).message(b"longer than what is kept");
    let status = gateway.call(call).await.status();
    assert_eq!(wire::reason(&status), "UPSTREAM_LOST");
}

#[tokio::test]
async fn read_answered_with_unavailable_is_made_again_so_often_and_the_last_answer_stands() {
    let echo = Echo::start().await;
    let gateway = documents(&[echo.url()], unasked()).await;
    let answer = call(&gateway, "/accord.documents.v1.ActService/GetAct").await;
    assert_eq!(answer.body, frame(b"m"));
    assert_eq!(echo.calls(), 2);

    let status = call(&gateway, "/accord.documents.v1.ActService/ListActs")
        .await
        .status();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.details().is_empty(), "the service's own answer");
    assert_eq!(echo.calls(), 2 + 4, "once and three times again");

    let write = call(&gateway, "/accord.documents.v1.ActService/Unavailable").await;
    assert_eq!(write.status().code(), Code::Unavailable);
    assert_eq!(echo.calls(), 2 + 4 + 1, "not again");
}

#[tokio::test]
async fn budget_bounds_what_is_made_again() {
    let echo = Echo::start().await;
    let gateway = documents(&[echo.url()], unasked()).await;
    // The budget grows by ten a second: all at once want far more than a slow machine's minute gives.
    until(async || {
        let calls = (0..100).map(|_| call(&gateway, "/accord.documents.v1.ActService/ListActs"));
        for answer in join_all(calls).await {
            assert_eq!(answer.status().code(), Code::Unavailable);
        }
        gateway.metrics().contains("retry_budget_exhausted_total{")
    })
    .await;
}

#[tokio::test]
async fn address_that_keeps_failing_gets_no_calls_for_a_while() {
    let (good, bad) = (Echo::start().await, Echo::start().await);
    let twice = UpstreamArgs {
        upstream_failures: 2,
        upstream_ejection_seconds: Duration::from_secs(3600),
        upstream_panic_percent: 0,
        ..unasked()
    };
    // Both fail; the circuit of one opens first. Then neither is left, so that both get calls.
    let gateway = documents(&[good.url(), bad.url()], twice).await;
    until(async || {
        call(&gateway, "/accord.documents.v1.ActService/Unavailable").await;
        gateway.metrics().contains("cause=\"failing\"")
    })
    .await;
    let before = (good.calls(), bad.calls());
    for _ in 0..20 {
        assert_eq!(call(&gateway, WRITE).await.body, frame(b"m"));
    }
    let got = (good.calls() - before.0, bad.calls() - before.1);
    assert!(got == (20, 0) || got == (0, 20), "{got:?}");
}

#[tokio::test]
async fn call_beyond_the_limit_waits_for_a_place_and_one_more_is_refused_at_once() {
    let echo = Echo::start().await;
    let one_and_one = UpstreamArgs {
        upstream_calls: 1,
        upstream_waiting: 1,
        ..unasked()
    };
    let gateway = documents(&[echo.url()], one_and_one).await;
    let (sender, body) = wire::channel_body();
    sender.send(frame(b"first")).expect("open");
    let first = gateway.open(Call::new(WRITE).body(body)).await;
    let second = call(&gateway, WRITE);
    let mut second = std::pin::pin!(second);
    let early = tokio::time::timeout(Duration::from_millis(200), &mut second).await;
    assert!(early.is_err(), "it waits");

    let status = call(&gateway, WRITE).await.status();
    assert_eq!(status.code(), Code::Unavailable);
    let info = wire::error_info(&status);
    assert_eq!(info.reason, "OVERLOADED");
    assert_eq!(info.metadata["service"], "documents");
    let retry: Option<rpc::RetryInfo> = wire::detail(&status, "google.rpc.RetryInfo");
    assert!(retry.is_some());
    let metrics = gateway.metrics();
    for part in [
        "upstream_refused_total{",
        "accord_gateway_upstream_waiting{",
    ] {
        assert!(metrics.contains(part), "{part} in {metrics}");
    }

    drop(sender);
    assert_eq!(Answer::read(first).await.body, frame(b"first"));
    assert_eq!(second.await.body, frame(b"m"));
}

#[tokio::test]
async fn open_watches_take_no_place_of_calls() {
    let echo = Echo::start().await;
    let one_and_none = UpstreamArgs {
        upstream_calls: 1,
        upstream_waiting: 0,
        ..unasked()
    };
    let gateway = documents(&[echo.url()], one_and_none).await;
    let watch = || {
        let request = WatchChangesRequest {
            parent: "logs/documents".to_owned(),
            ..WatchChangesRequest::default()
        };
        let path = "/accord.ledger.v1.LedgerService/WatchChanges";
        gateway.open(Call::new(path).message(&request.encode_to_vec()))
    };
    let _open = [watch().await, watch().await, watch().await];
    assert_eq!(echo.calls(), 3);
    assert_eq!(call(&gateway, WRITE).await.body, frame(b"m"));
}

/// A server that knows health and nothing else, and answers every other call with UNIMPLEMENTED. It serves until told otherwise.
pub(crate) async fn with_health() -> (String, HealthReporter) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
    let address = listener.local_addr().expect("bound");
    let (reporter, health) = tonic_health::server::health_reporter();
    tokio::spawn(async move {
        Server::builder()
            .add_service(health)
            .serve_with_incoming(TcpListenerStream::new(listener))
            .await
            .expect("served");
    });
    (format!("http://{address}"), reporter)
}

#[tokio::test]
async fn address_that_says_it_does_not_serve_gets_no_calls_until_it_does() {
    let (url, reporter) = with_health().await;
    let echo = Echo::start().await;
    let often = UpstreamArgs {
        upstream_health_seconds: Duration::from_millis(200),
        upstream_slow_start_seconds: Duration::ZERO,
        ..UpstreamArgs::default()
    };
    reporter
        .set_service_status("", ServingStatus::NotServing)
        .await;
    let gateway = documents(&[url, echo.url()], often).await;
    until(async || gateway.metrics().contains("cause=\"not_serving\"")).await;
    for _ in 0..10 {
        assert_eq!(call(&gateway, WRITE).await.body, frame(b"m"));
    }
    reporter
        .set_service_status("", ServingStatus::Serving)
        .await;
    until(async || {
        let answer = call(&gateway, WRITE).await;
        answer.status().code() == Code::Unimplemented
    })
    .await;
}

#[tokio::test]
async fn service_that_knows_no_health_is_healthy() {
    let echo = Echo::start().await;
    let often = UpstreamArgs {
        upstream_health_seconds: Duration::from_millis(100),
        ..UpstreamArgs::default()
    };
    let route = format!("acme.echo={}", echo.url());
    let gateway = Gateway::treating(often, &[], &[&route]).await;
    for _ in 0..10 {
        let answer = call(&gateway, &format!("{SERVICE}/Echo")).await;
        assert_eq!(answer.body, frame(b"m"));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!gateway.metrics().contains("ejections_total{"));
}

#[tokio::test]
async fn name_is_looked_up() {
    let echo = Echo::start().await;
    let url = format!("http://localhost:{}", echo.address.port());
    let gateway = documents(&[url], unasked()).await;
    assert_eq!(call(&gateway, WRITE).await.body, frame(b"m"));
}

#[tokio::test]
async fn name_without_an_address_is_unavailable() {
    let gateway = documents(&["http://nowhere.invalid:1".to_owned()], unasked()).await;
    let status = call(&gateway, WRITE).await.status();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(wire::reason(&status), "UPSTREAM_UNAVAILABLE");
}

#[tokio::test]
async fn call_refused_by_the_one_live_address_is_made_there_again_though_another_is_dead() {
    // Which of the two is asked first is chance: the call comes to both in one order or the other.
    for _ in 0..8 {
        let echo = Echo::start().await;
        let url = script::start(First::Refused, echo.address).await;
        let gateway = documents(&[nowhere().await, url], unasked()).await;
        let answer = call(&gateway, WRITE).await;
        assert_eq!(answer.status().code(), Code::Ok, "{:?}", answer.status());
        assert_eq!(answer.body, frame(b"m"));
        assert_eq!(echo.calls(), 1);
    }
}

#[tokio::test]
async fn address_with_no_stream_left_for_a_health_check_is_not_silent() {
    let echo = Echo::start_narrow().await;
    let one_connection = UpstreamArgs {
        upstream_connections: 1,
        upstream_health_seconds: Duration::from_millis(300),
        ..UpstreamArgs::default()
    };
    let gateway = documents(&[echo.url()], one_connection).await;
    let (sender, body) = wire::channel_body();
    sender.send(frame(b"m")).expect("open");
    let answer = gateway.open(Call::new(WRITE).body(body)).await;
    // Time for three checks, of which two would be enough.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!gateway.metrics().contains("ejections_total{"));
    drop(sender);
    assert_eq!(Answer::read(answer).await.body, frame(b"m"));
}

#[tokio::test]
async fn call_waits_for_the_connection_that_there_is_when_no_further_one_can_be_made() {
    let echo = Echo::start_narrow().await;
    let gateway = documents(&[echo.url()], unasked()).await;
    let (sender, body) = wire::channel_body();
    sender.send(frame(b"first")).expect("open");
    let first = gateway.open(Call::new(WRITE).body(body)).await;
    let mut second = std::pin::pin!(call(&gateway, WRITE));
    let early = tokio::time::timeout(Duration::from_millis(500), &mut second).await;
    assert!(early.is_err(), "it waits");
    assert!(gateway.metrics().contains("connect_failures_total{"));
    drop(sender);
    assert_eq!(Answer::read(first).await.body, frame(b"first"));
    assert_eq!(second.await.body, frame(b"m"));
}
