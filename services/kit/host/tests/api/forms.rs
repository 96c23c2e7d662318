//! Calls that are not as "gRPC over HTTP2" has them.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use tonic::{Code, Status};

use crate::world::{World, error_info};

/// A method of the contracts, which takes one message; the probe answers it.
const UNARY: &str = "/accord.documents.v1.TextService/GetText";

/// A message of gRPC that holds a text.
fn message(text: &str) -> Vec<u8> {
    use prost::Message as _;

    let text = text.to_owned().encode_to_vec();
    let mut bytes = vec![0];
    bytes.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
    bytes.extend(text);
    bytes
}

/// Calls with these headers: the status of HTTP, and of gRPC.
async fn send(world: &World, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Status) {
    let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
    let executor = hyper_util::rt::TokioExecutor::new();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = http::Request::post(format!("http://{}{path}", world.listen))
        .header("authorization", format!("Bearer {}", world.token()));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    let request = request.body(Full::new(Bytes::from(body))).unwrap();
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let trailers = body.collect().await.unwrap().trailers().cloned();
    let status = Status::from_header_map(&parts.headers)
        .or_else(|| Status::from_header_map(&trailers.unwrap_or_default()));
    (parts.status.as_u16(), status.unwrap())
}

const GRPC: (&str, &str) = ("content-type", "application/grpc");

#[tokio::test]
async fn another_content_type_is_refused_with_415() {
    let world = World::start().await;
    for path in [UNARY, "/grpc.health.v1.Health/Check"] {
        for kind in [
            "application/grpc-nope",
            "application/grpc+json",
            "text/plain",
        ] {
            let (http, status) = send(&world, path, &[("content-type", kind)], message("m")).await;
            assert_eq!(http, 415, "{path} {kind}");
            assert_eq!(error_info(&status).0, "CONTENT_TYPE_UNKNOWN");
        }
    }
    for kind in ["application/grpc", "application/grpc+proto"] {
        let (http, status) = send(&world, UNARY, &[("content-type", kind)], message("m")).await;
        assert_eq!((http, status.code()), (200, Code::Ok));
    }
    // What is of another package is for its own server to judge.
    let kind = ("content-type", "application/grpc-nope");
    let (http, status) = send(&world, "/probe.Probe/Echo", &[kind], message("m")).await;
    assert_eq!((http, status.code()), (200, Code::Ok));
}

#[tokio::test]
async fn a_time_that_is_none_is_refused() {
    let world = World::start().await;
    for time in ["123456789S", "10", "10x", "S", "-1S", "1 S", "1.5S", ""] {
        let headers = [GRPC, ("grpc-timeout", time)];
        let (http, status) = send(&world, UNARY, &headers, message("m")).await;
        assert_eq!(
            (http, status.code()),
            (200, Code::InvalidArgument),
            "{time:?}"
        );
        assert_eq!(error_info(&status).0, "TIMEOUT_INVALID");
        let (_, status) = send(&world, "/probe.Probe/Echo", &headers, message("m")).await;
        assert_eq!(status.code(), Code::Ok, "{time:?}");
    }
    let headers = [GRPC, ("grpc-timeout", "99999999m")];
    let (_, status) = send(&world, UNARY, &headers, message("m")).await;
    assert_eq!(status.code(), Code::Ok);
}

#[tokio::test]
async fn a_call_with_a_message_too_many_is_refused() {
    let world = World::start().await;
    let two = [message("one"), message("two")].concat();
    let (http, status) = send(&world, UNARY, &[GRPC], two.clone()).await;
    assert_eq!(
        (http, status.code()),
        (200, Code::Unimplemented),
        "{status:?}"
    );
    assert_eq!(error_info(&status).0, "MESSAGES_TOO_MANY");
    let (_, status) = send(&world, "/probe.Probe/Collect", &[GRPC], two).await;
    assert_eq!(status.code(), Code::Ok);
    let (_, status) = send(&world, UNARY, &[GRPC], message("one")).await;
    assert_eq!(status.code(), Code::Ok);
}
