//! Calls of a service that the gateway has never heard of pass through it unchanged.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::stream;
use http_body_util::{BodyExt, StreamBody};
use tonic::body::Body;

use crate::{
    echo::{DETAILS, Echo, SERVICE, frame, frame_with},
    running::Gateway,
    wire::{self, Answer, Call},
};

/// Bytes that may be under way in one direction when nobody reads: the windows of two hops and what their sockets
/// and queues hold. Without back-pressure it would be gigabytes.
const MOST_UNDER_WAY_BYTES: usize = 16 * 1024 * 1024;

async fn started() -> (Echo, Gateway) {
    let echo = Echo::start().await;
    let gateway = Gateway::routing(&[&format!("acme.echo={}", echo.url())]).await;
    (echo, gateway)
}

fn method(name: &str) -> String {
    format!("{SERVICE}/{name}")
}

#[tokio::test]
async fn unary_call_returns_the_same_bytes_and_status() {
    let (_echo, gateway) = started().await;
    let answer = gateway
        .call(Call::new(method("Echo")).message(b"hello"))
        .await;
    assert_eq!(answer.http_status, 200);
    assert_eq!(answer.body, frame(b"hello"));
    assert_eq!(answer.trailers["grpc-status"], "0");
}

#[tokio::test]
async fn metadata_passes_both_ways_with_repeated_and_binary_values() {
    let (_echo, gateway) = started().await;
    let call = Call::new(method("Echo"))
        .header("x-one", "first")
        .header("x-one", "second")
        .header("x-raw-bin", "AP8H")
        .header("t-last-bin", "AAEC")
        .message(b"m");
    let answer = gateway.call(call).await;
    let values: Vec<_> = answer.headers.get_all("x-one").iter().collect();
    assert_eq!(values, ["first", "second"]);
    assert_eq!(answer.headers["x-raw-bin"], "AP8H");
    assert_eq!(answer.trailers["t-last-bin"], "AAEC");
}

#[tokio::test]
async fn token_passes_on_so_that_the_service_can_check_it_again() {
    let (_echo, gateway) = started().await;
    let answer = gateway.call(Call::new(method("Echo")).message(b"m")).await;
    assert_eq!(
        answer.headers["seen-authorization"],
        gateway.authorization()
    );
    assert_eq!(answer.headers["seen-te"], "trailers");
}

#[tokio::test]
async fn client_stream_arrives_message_by_message_in_order() {
    let (_echo, gateway) = started().await;
    let sent: Vec<Bytes> = (0..1000_u32).map(|i| frame(&i.to_be_bytes())).collect();
    let body = StreamBody::new(tokio_stream::iter(
        sent.clone()
            .into_iter()
            .map(|bytes| Ok::<_, tonic::Status>(http_body::Frame::data(bytes))),
    ));
    let answer = gateway
        .call(Call::new(method("Echo")).body(Body::new(body)))
        .await;
    assert_eq!(answer.body, sent.concat());
}

#[tokio::test]
async fn both_directions_stream_at_once() {
    let (_echo, gateway) = started().await;
    let (sender, body) = wire::channel_body();
    let call = Call::new(method("Echo")).body(body);
    let mut answer = gateway.open(call).await.into_body();
    for message in [b"one".as_slice(), b"two", b"three"] {
        sender.send(frame(message)).expect("open");
        let received = answer.frame().await.expect("open").expect("data");
        assert_eq!(received.into_data().expect("data"), frame(message));
    }
    drop(sender);
    let last = answer.frame().await.expect("trailers").expect("trailers");
    assert_eq!(last.into_trailers().expect("trailers")["grpc-status"], "0");
}

#[tokio::test]
async fn server_stream_begins_when_the_request_has_ended_and_arrives_whole() {
    let (_echo, gateway) = started().await;
    let (sender, body) = wire::channel_body();
    let opening = gateway.open(Call::new(method("Count")).body(body));
    let mut opening = std::pin::pin!(opening);
    for part in [b"a".as_slice(), b"b", b"c"] {
        sender.send(Bytes::from_static(part)).expect("open");
    }
    let early = tokio::time::timeout(Duration::from_millis(100), &mut opening).await;
    assert!(early.is_err(), "the request has not ended");
    // Half closed: the answer comes over the other half.
    drop(sender);
    let answer = Answer::read(opening.await).await;
    assert_eq!(
        answer.body,
        [frame(b"a"), frame(b"b"), frame(b"c")].concat()
    );
    assert_eq!(answer.trailers["grpc-status"], "0");
}

#[tokio::test]
async fn answer_that_ends_before_the_request_is_final() {
    let (_echo, gateway) = started().await;
    let (sender, body) = wire::channel_body();
    sender.send(frame(b"more to come")).expect("open");
    let answer = gateway.call(Call::new(method("Early")).body(body)).await;
    assert_eq!(answer.body, frame(b"enough"));
    assert_eq!(answer.trailers["grpc-status"], "0");
}

#[tokio::test]
async fn service_that_does_not_read_holds_the_caller_back() {
    let (_echo, gateway) = started().await;
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let message = frame(&vec![0; 64 * 1024]);
    let messages = stream::repeat_with(move || {
        counter.fetch_add(message.len(), Ordering::SeqCst);
        Ok::<_, tonic::Status>(http_body::Frame::data(message.clone()))
    });
    let call = Call::new(method("Deaf")).body(Body::new(StreamBody::new(messages)));
    let waited = tokio::time::timeout(Duration::from_secs(2), gateway.open(call)).await;
    assert!(waited.is_err(), "no answer");
    let taken = taken.load(Ordering::SeqCst);
    assert!(taken > 0);
    assert!(taken < MOST_UNDER_WAY_BYTES, "{taken} bytes were taken");
}

#[tokio::test]
async fn caller_that_does_not_read_holds_the_service_back() {
    let (echo, gateway) = started().await;
    let unread = gateway.open(Call::new(method("Flood")).message(b"m")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let asked = echo.flooded.load(Ordering::SeqCst) * 64 * 1024;
    assert!(asked > 0);
    assert!(asked < MOST_UNDER_WAY_BYTES, "{asked} bytes were made");
    drop(unread);
    echo.wait_for_cancelled(1).await;
}

#[tokio::test]
async fn caller_that_goes_away_while_it_sends_is_cancelled_upstream() {
    let (echo, gateway) = started().await;
    let (sender, body) = wire::channel_body();
    sender.send(frame(b"one")).expect("open");
    let call = gateway.open(Call::new(method("Deaf")).body(body));
    let waited = tokio::time::timeout(Duration::from_millis(100), call).await;
    assert!(waited.is_err(), "no answer yet");
    echo.wait_for_cancelled(1).await;
}

#[tokio::test]
async fn error_without_messages_keeps_its_details_and_metadata() {
    let (_echo, gateway) = started().await;
    let answer = gateway.call(Call::new(method("Fail")).message(b"m")).await;
    assert!(answer.trailers.is_empty(), "headers alone: trailers-only");
    assert_failed(&answer.headers);
}

#[tokio::test]
async fn error_after_a_message_keeps_its_details_and_metadata() {
    let (_echo, gateway) = started().await;
    let answer = gateway
        .call(Call::new(method("FailLate")).message(b"m"))
        .await;
    assert_eq!(answer.body, frame(b"one"));
    assert_failed(&answer.trailers);
}

#[tokio::test]
async fn error_without_details_is_not_given_any() {
    let (_echo, gateway) = started().await;
    let status = gateway.call(Call::new(method("Bare")).message(b"m")).await;
    let status = status.status();
    assert_eq!(status.code(), tonic::Code::Internal);
    assert_eq!(status.message(), "Missing request message.");
    assert!(status.details().is_empty());
}

fn assert_failed(headers: &http::HeaderMap) {
    let status = tonic::Status::from_header_map(headers).expect("a status");
    assert_eq!(status.code(), tonic::Code::FailedPrecondition);
    assert_eq!(status.message(), "not \u{20ac} enough");
    assert_eq!(status.details(), DETAILS);
    assert_eq!(headers["x-reason"], "poor");
}

#[tokio::test]
async fn compressed_message_is_not_touched() {
    let (_echo, gateway) = started().await;
    // Not gzip at all: whoever tried to read it would fail.
    let sent = frame_with(1, b"\x1f\x8bnot really");
    let call = Call::new(method("Echo"))
        .header("grpc-encoding", "gzip")
        .header("grpc-accept-encoding", "gzip,acme")
        .body(wire::full(sent.clone()));
    let answer = gateway.call(call).await;
    assert_eq!(answer.body, sent);
    assert_eq!(answer.headers["grpc-encoding"], "gzip");
    assert_eq!(answer.headers["seen-grpc-accept-encoding"], "gzip,acme");
}

#[tokio::test]
async fn large_message_passes_whole() {
    let (_echo, gateway) = started().await;
    let sent = frame(&vec![0xa5; 20 * 1024 * 1024]);
    let call = Call::new(method("Echo")).body(wire::full(sent.clone()));
    let answer = gateway.call(call).await;
    assert_eq!(answer.body.len(), sent.len());
    assert_eq!(answer.body, sent);
}

#[tokio::test]
async fn service_is_told_the_time_that_remains() {
    let (_echo, gateway) = started().await;
    let call = Call::new(method("Echo"))
        .header("grpc-timeout", "30S")
        .message(b"m");
    let answer = gateway.call(call).await;
    let seen = answer.headers["seen-grpc-timeout"].to_str().expect("text");
    let micros: u64 = seen.strip_suffix('u').expect(seen).parse().expect(seen);
    let remaining = Duration::from_micros(micros);
    assert!(remaining < Duration::from_secs(30), "{seen}");
    assert!(remaining > Duration::from_secs(20), "{seen}");
}

#[tokio::test]
async fn call_that_outlasts_its_deadline_is_deadline_exceeded_and_ends_upstream() {
    let (echo, gateway) = started().await;
    let call = Call::new(method("Hang"))
        .header("grpc-timeout", "100m")
        .message(b"m");
    let status = gateway.call(call).await.status();
    assert_eq!(status.code(), tonic::Code::DeadlineExceeded);
    echo.wait_for_cancelled(1).await;
}

#[tokio::test]
async fn cancelled_call_is_cancelled_upstream() {
    let (echo, gateway) = started().await;
    let call = gateway.open(Call::new(method("Hang")).message(b"m"));
    let waited = tokio::time::timeout(Duration::from_millis(100), call).await;
    assert!(waited.is_err(), "no answer yet");
    echo.wait_for_cancelled(1).await;
}

#[tokio::test]
async fn stream_that_the_client_drops_is_dropped_upstream() {
    let (echo, gateway) = started().await;
    let mut body = gateway
        .open(Call::new(method("Ticks")).message(b"m"))
        .await
        .into_body();
    let first = body.frame().await.expect("open").expect("data");
    assert!(first.is_data());
    drop(body);
    echo.wait_for_cancelled(1).await;
}

#[tokio::test]
async fn callers_that_do_not_read_hold_up_no_other() {
    let (_echo, gateway) = started().await;
    let mut unread = Vec::new();
    for _ in 0..4 {
        let call = Call::new(method("Flood")).message(b"m");
        unread.push(gateway.open(call).await);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let call = gateway.call(Call::new(method("Echo")).message(b"beside"));
    let answer = tokio::time::timeout(Duration::from_secs(20), call).await;
    assert_eq!(answer.expect("held up").body, frame(b"beside"));
}

#[tokio::test]
async fn answer_cut_in_the_middle_ends_in_a_status() {
    let (_echo, gateway) = started().await;
    let answer = gateway.call(Call::new(method("Break")).message(b"m")).await;
    assert_eq!(answer.body, frame(b"half"));
    let status = answer.status();
    assert_eq!(status.code(), tonic::Code::Unavailable);
    assert_eq!(wire::reason(&status), "UPSTREAM_LOST");
}

#[tokio::test]
async fn request_that_is_not_grpc_is_unsupported() {
    let (_echo, gateway) = started().await;
    let call = Call::new(method("Echo"))
        .header("content-type", "text/plain")
        .message(b"m");
    let Answer { http_status, .. } = gateway.call(call).await;
    assert_eq!(http_status, 415);
}

#[tokio::test]
async fn service_that_comes_back_is_reached_again() {
    let echo = Echo::start().await;
    let address = echo.address;
    let gateway = Gateway::routing(&[&format!("acme.echo={}", echo.url())]).await;
    let call = || Call::new(method("Echo")).message(b"m");
    assert_eq!(gateway.call(call()).await.body, frame(b"m"));
    echo.stop().await;
    let status = gateway.call(call()).await.status();
    assert_eq!(status.code(), tonic::Code::Unavailable);
    let _again = Echo::start_on(address).await;
    assert_eq!(gateway.call(call()).await.body, frame(b"m"));
}
