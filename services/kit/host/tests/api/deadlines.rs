//! Deadlines as another language's client sees them.
//!
//! tonic's own client ends a call by itself when its time is over, so these tests speak HTTP/2.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message as _;

use crate::world::World;

/// Calls with a deadline; returns messages received and the status that ended the call.
async fn call(world: &World, path: &str, text: &str, timeout: &str) -> (usize, String) {
    let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let message = text.to_owned().encode_to_vec();
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    let request = http::Request::post(format!("http://{}{path}", world.listen))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", format!("Bearer {}", world.token()))
        .header("grpc-timeout", timeout)
        .body(Full::new(bytes::Bytes::from(frame)))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    if let Some(status) = response.headers().get("grpc-status") {
        return (0, status.to_str().unwrap().to_owned());
    }
    let mut body = response.into_body();
    let mut messages = 0;
    while let Some(frame) = body.frame().await {
        match frame.unwrap().into_trailers() {
            Ok(trailers) => {
                return (
                    messages,
                    trailers["grpc-status"].to_str().unwrap().to_owned(),
                );
            }
            Err(_) => messages += 1,
        }
    }
    (messages, "none".to_owned())
}

/// `DEADLINE_EXCEEDED`.
const EXCEEDED: &str = "4";

#[tokio::test]
async fn expired_deadline_is_deadline_exceeded_every_time() {
    let world = World::start().await;
    for _ in 0..20 {
        let begun = Instant::now();
        let (_, status) = call(&world, "/probe.Probe/Sleep", "60000", "20m").await;
        assert_eq!(status, EXCEEDED);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    let (_, status) = call(&world, "/probe.Probe/Sleep", "60000", "1n").await;
    assert_eq!(status, EXCEEDED);
}

#[tokio::test]
async fn deadline_ends_a_stream_in_the_middle() {
    let world = World::start().await;
    let (messages, status) = call(&world, "/probe.Probe/Count", "", "200m").await;
    assert_eq!(status, EXCEEDED);
    assert!(messages > 0);
}

#[tokio::test]
async fn call_within_its_deadline_is_answered() {
    let world = World::start().await;
    assert_eq!(
        call(&world, "/probe.Probe/Sleep", "1", "10S").await,
        (1, "0".to_owned())
    );
    assert_eq!(
        call(&world, "/probe.Probe/Echo", "a", "nonsense").await,
        (1, "0".to_owned())
    );
}
