//! Requests that do not come, come too slowly, or are larger than they look.

use std::{convert::Infallible, io::Write as _, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, channel::mpsc};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use tonic::{Code, Status};

use crate::world::{World, call, error_info, listen_args};

/// What a request's body is made of while it is under way.
type Body = mpsc::UnboundedSender<Bytes>;

/// A call whose body is sent by the test.
async fn begin(world: &World, path: &str) -> (Body, impl Future<Output = Status> + use<>) {
    let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
    let executor = hyper_util::rt::TokioExecutor::new();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let (body, parts) = mpsc::unbounded::<Bytes>();
    let frames = parts.map(|part| Ok::<_, Infallible>(Frame::data(part)));
    let request = http::Request::post(format!("http://{}{path}", world.listen))
        .header("content-type", "application/grpc")
        .header("authorization", format!("Bearer {}", world.token()))
        .body(StreamBody::new(frames))
        .unwrap();
    let answer = tokio::spawn(sender.send_request(request));
    let status = async move {
        let _sender = sender;
        let (parts, body) = answer.await.unwrap().unwrap().into_parts();
        let trailers = body.collect().await.unwrap().trailers().cloned();
        Status::from_header_map(&parts.headers)
            .or_else(|| Status::from_header_map(&trailers.unwrap_or_default()))
            .unwrap()
    };
    (body, status)
}

/// A message of gRPC that holds a text of `length`.
fn message(length: usize) -> Bytes {
    use prost::Message as _;

    let text = "x".repeat(length).encode_to_vec();
    framed(0, &text)
}

fn framed(flag: u8, message: &[u8]) -> Bytes {
    let mut bytes = vec![flag];
    bytes.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    bytes.extend(message);
    bytes.into()
}

async fn patient(status: impl Future<Output = Status>) -> Status {
    let status = tokio::time::timeout(Duration::from_secs(30), status).await;
    status.expect("it is waited for without end")
}

fn assert_stalled(status: &Status) {
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert_eq!(error_info(status).0, "REQUEST_STALLED");
}

/// A world that waits a second for a message.
async fn impatient() -> World {
    let mut args = listen_args();
    args.connections.body_seconds = 1;
    World::start_with(args).await
}

#[tokio::test]
async fn call_whose_message_stops_in_the_middle_is_ended() {
    let world = impatient().await;
    let (body, status) = begin(&world, "/probe.Probe/Echo").await;
    body.unbounded_send(message(1000).slice(..500)).unwrap();
    assert_stalled(&patient(status).await);
    let (_body, status) = begin(&world, "/probe.Probe/Echo").await;
    assert_stalled(&patient(status).await);
    assert_eq!(world.hits("body").await, 2);
    call(&mut world.client(), "/probe.Probe/Echo", "")
        .await
        .unwrap();
}

#[tokio::test]
async fn call_whose_message_trickles_is_ended() {
    let world = impatient().await;
    let (body, status) = begin(&world, "/probe.Probe/Echo").await;
    let trickle = tokio::spawn(async move {
        let message = message(100_000);
        for at in 0..message.len() {
            if body.unbounded_send(message.slice(at..=at)).is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert_stalled(&patient(status).await);
    trickle.abort();
}

#[tokio::test]
async fn message_that_comes_steadily_may_take_longer() {
    let mut args = listen_args();
    args.connections.body_seconds = 1;
    args.connections.body_rate = 100;
    let world = World::start_with(args).await;
    let (body, status) = begin(&world, "/probe.Probe/Echo").await;
    let message = message(20_000);
    for part in 0..6 {
        body.unbounded_send(message.slice(part * 3000..(part + 1) * 3000))
            .unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    body.unbounded_send(message.slice(18_000..)).unwrap();
    drop(body);
    assert_eq!(patient(status).await.code(), Code::Ok);
}

#[tokio::test]
async fn stream_may_be_silent_between_its_messages() {
    let world = impatient().await;
    let (body, status) = begin(&world, "/probe.Probe/Collect").await;
    for _ in 0..2 {
        body.unbounded_send(message(10)).unwrap();
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    drop(body);
    assert_eq!(patient(status).await.code(), Code::Ok);
    assert_eq!(world.hits("body").await, 0);
}

#[tokio::test]
async fn stream_on_which_nothing_moves_is_ended() {
    let mut args = listen_args();
    args.connections.stream_idle_seconds = 1;
    let world = World::start_with(args).await;
    let (body, status) = begin(&world, "/probe.Probe/Collect").await;
    body.unbounded_send(message(10)).unwrap();
    assert_stalled(&patient(status).await);
    drop(body);
}

#[tokio::test]
async fn message_that_grows_beyond_the_limit_when_unpacked_is_refused() {
    use prost::Message as _;

    let world = World::start().await;
    let gzip = |length: usize| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&"x".repeat(length).encode_to_vec()).unwrap();
        gzip.finish().unwrap()
    };
    let bomb = gzip(16 << 20);
    assert!(bomb.len() < 1 << 20, "it looks small");
    for (packed, code) in [(gzip(1 << 20), Code::Ok), (bomb, Code::ResourceExhausted)] {
        let body = framed(1, &packed);
        let token = Some(world.token());
        let status = world
            .send_with("/probe.Probe/Unzip", Some("gzip"), body, token)
            .await;
        assert_eq!(status.code(), code, "{status:?}");
    }
}

/// A method of the contracts, which takes a message of any kind here.
const TEXT: &str = "/accord.documents.v1.TextService/GetText";

#[tokio::test]
async fn message_over_the_limit_that_is_set_is_refused_and_counted() {
    let mut args = listen_args();
    args.connections.max_message_bytes = 1000;
    let world = World::start_with(args).await;
    for (path, length, code) in [
        (TEXT, 900, Code::Ok),
        (TEXT, 1100, Code::ResourceExhausted),
        // What is of other packages is for its server to judge.
        ("/probe.Probe/Echo", 1100, Code::Ok),
    ] {
        let token = Some(world.token());
        let status = world.send_with(path, None, message(length), token).await;
        assert_eq!(status.code(), code, "{path} {length} {status:?}");
        if code == Code::ResourceExhausted {
            assert_eq!(error_info(&status).0, "MESSAGE_TOO_LARGE");
            assert!(status.message().contains("1000"), "{status:?}");
        }
    }
    assert_eq!(world.hits("message").await, 1);
}

#[tokio::test]
async fn message_over_the_limit_is_refused_before_it_has_come() {
    let world = World::start().await;
    let (body, status) = begin(&world, TEXT).await;
    let mut beginning = vec![0];
    beginning.extend((u32::MAX).to_be_bytes());
    body.unbounded_send(beginning.into()).unwrap();
    let status = patient(status).await;
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert_eq!(world.hits("message").await, 1);
}
