//! gRPC-Web through the gateway, as bytes and as text, to services of this process and across the network, over both
//! versions of HTTP.

use accord_proto::{
    documents::v1::{ListDocumentsRequest, ListDocumentsResponse},
    ledger::v1::{WatchChangesRequest, WatchChangesResponse},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use prost::Message;
use tonic::Code;

use crate::{
    asked::{Asked, ask},
    echo::{Echo, SERVICE, frame},
    running::Gateway,
    wire::{self, Call},
    world::{PARTNERSHIP, World},
};

const BYTES: &str = "application/grpc-web";
const TEXT: &str = "application/grpc-web-text";
const LIST: &str = "/accord.documents.v1.DocumentService/ListDocuments";
const WATCH: &str = "/accord.ledger.v1.LedgerService/WatchChanges";

/// The bytes of a text of base64 whose pieces are padded one by one.
fn decoded(text: &[u8]) -> Vec<u8> {
    let quartets = text.chunks(4);
    quartets
        .flat_map(|quartet| STANDARD.decode(quartet).expect("base64"))
        .collect()
}

/// The frames of a body: flag and bytes.
fn frames(mut body: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut found = Vec::new();
    while let [flag, a, b, c, d, rest @ ..] = body {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let (message, later) = rest.split_at(length);
        found.push((*flag, message.to_vec()));
        body = later;
    }
    found
}

/// The messages of an answer, after a check that it ended well.
fn messages(body: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = frames(body);
    let (flag, trailers) = frames.pop().expect("trailers");
    let trailers = String::from_utf8(trailers).expect("text");
    assert_eq!(flag, 0x80);
    assert!(trailers.contains("grpc-status:0\r\n"), "{trailers}");
    frames.into_iter().map(|(_, message)| message).collect()
}

fn list() -> Vec<u8> {
    let request = ListDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        ..ListDocumentsRequest::default()
    };
    frame(&request.encode_to_vec()).to_vec()
}

fn as_text<'a>(gateway: &'a Gateway, path: &str, message: &[u8]) -> Asked<'a> {
    ask(gateway, Method::POST, path)
        .header("content-type", TEXT)
        .body(&STANDARD.encode(message))
}

#[tokio::test]
async fn text_is_answered_in_text_by_a_service_of_this_process() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let old = as_text(&gateway, LIST, &list()).answer().await;
        let call = Call::new(LIST)
            .header("content-type", TEXT)
            .body(wire::full(STANDARD.encode(list())));
        let new = gateway.call(call).await;
        for body in [&old.body[..], &new.body] {
            let answered = messages(&decoded(body));
            let [only] = answered.as_slice() else {
                panic!("{} messages", answered.len());
            };
            let listed = ListDocumentsResponse::decode(&only[..]).expect("a message");
            assert_eq!(listed.documents.len(), 2);
        }
        assert_eq!(
            old.headers["content-type"],
            "application/grpc-web-text+proto"
        );
    })
    .await;
}

#[tokio::test]
async fn stream_comes_as_text_message_by_message() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let request = WatchChangesRequest {
            parent: "logs/documents".to_owned(),
            ..WatchChangesRequest::default()
        };
        let asked = as_text(&gateway, WATCH, &frame(&request.encode_to_vec()));
        let mut body = asked.begin().await.into_body();
        let mut seen = Vec::new();
        while frames(&decoded(&seen)).len() < 3 {
            let data = body.frame().await.expect("it goes on").expect("a frame");
            seen.extend(data.into_data().expect("data"));
        }
        for (flag, message) in frames(&decoded(&seen)) {
            assert_eq!(flag, 0);
            WatchChangesResponse::decode(&message[..]).expect("a message");
        }
    })
    .await;
}

#[tokio::test]
async fn bytes_and_text_reach_a_server_across_the_network() {
    let echo = Echo::start().await;
    let gateway = Gateway::routing(&[&format!("acme.echo={}", echo.url())]).await;
    // A server that gives a message for each byte of the request: seven of them.
    for (method, sent, answered) in [
        ("Echo", frame(b"hi"), vec![b"hi".to_vec()]),
        (
            "Count",
            frame(b"hi"),
            frame(b"hi").iter().map(|byte| vec![*byte]).collect(),
        ),
    ] {
        let path = format!("{SERVICE}/{method}");
        let old = as_text(&gateway, &path, &sent).answer().await;
        assert_eq!(messages(&decoded(&old.body)), answered, "{method}");
        let text = Call::new(&*path)
            .header("content-type", TEXT)
            .body(wire::full(STANDARD.encode(&sent)));
        let new = gateway.call(text).await;
        assert_eq!(messages(&decoded(&new.body)), answered, "{method}");
        let bytes = Call::new(&*path)
            .header("content-type", BYTES)
            .body(wire::full(sent));
        let new = gateway.call(bytes).await;
        assert_eq!(messages(&new.body), answered, "{method}");
        assert_eq!(new.headers["x-content-type-options"], "nosniff");
        assert_eq!(new.headers["cache-control"], "private, no-cache");
    }
}

#[tokio::test]
async fn text_that_is_not_base64_is_told_as_the_callers_fault() {
    World::each_engine(async |world| {
        let gateway = world.gateway(world.upstreams(&[])).await;
        let echo = Echo::start().await;
        let route = format!("acme.echo={}", echo.url());
        let network = Gateway::routing(&[&route]).await;
        let away = format!("{SERVICE}/Echo");
        for (gateway, path) in [(&gateway, LIST), (&gateway, WATCH), (&network, &away)] {
            for text in ["AAAAA*A=", "AAAAA", "!"] {
                let call = Call::new(path)
                    .header("content-type", TEXT)
                    .body(wire::full(text));
                let status = gateway.call(call).await.status();
                assert_eq!(status.code(), Code::InvalidArgument, "{path} {text}");
                assert_eq!(wire::reason(&status), "MESSAGE_MALFORMED");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn other_kinds_of_grpc_web_are_refused_with_words() {
    let echo = Echo::start().await;
    let gateway = Gateway::routing(&[&format!("acme.echo={}", echo.url())]).await;
    let path = format!("{SERVICE}/Echo");
    let json = ask(&gateway, Method::POST, &path)
        .header("content-type", "application/grpc-web+json")
        .answer()
        .await;
    assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(json.reason(), "CONTENT_TYPE_UNKNOWN");
    let got = ask(&gateway, Method::GET, &path)
        .header("content-type", BYTES)
        .answer()
        .await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(got.headers["allow"], "POST");
    assert_eq!(got.reason(), "METHOD_UNKNOWN");
}
