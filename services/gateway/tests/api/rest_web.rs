//! What browsers do: streams of JSON and of events, pages of other origins, gRPC-Web.

use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;

use crate::{
    asked::{Asked, ask, get},
    running::ORIGIN,
    world::World,
};

const DOCUMENTS: &str = "/documents/v1/partnerships/uz-kz/documents";

/// The text of a stream until it has come to an end of its initial state.
async fn watched(asked: Asked<'_>) -> (HeaderMap, String) {
    let (parts, mut body) = asked.begin().await.into_parts();
    let mut text = String::new();
    while !text.contains("initialStateDone") && !text.contains("heartbeat") {
        let frame = body.frame().await.expect("it goes on").expect("a frame");
        let data = frame.into_data().expect("data");
        text.push_str(std::str::from_utf8(&data).expect("UTF-8"));
    }
    (parts.headers, text)
}

#[tokio::test]
async fn a_stream_is_lines_of_json_or_events_that_are_taken_up_again() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let path =
            "/ledger/v1/logs/documents:watchChanges?resource_types=documents.accord/Document";
        let (headers, text) = watched(get(&gateway, path)).await;
        assert_eq!(headers[header::CONTENT_TYPE], "application/x-ndjson");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            lines[0]["entry"]["state"]["@type"],
            "type.googleapis.com/accord.documents.v1.Document"
        );

        let (headers, text) =
            watched(get(&gateway, path).header("accept", "text/event-stream")).await;
        assert_eq!(headers[header::CONTENT_TYPE], "text/event-stream");
        let ids: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("id: "))
            .collect();
        assert_eq!(ids.len(), 3);
        let again = get(&gateway, path)
            .header("accept", "text/event-stream")
            .header("last-event-id", ids[0]);
        let (_, rest) = watched(again).await;
        let taken_up: Vec<&str> = rest
            .lines()
            .filter_map(|line| line.strip_prefix("id: "))
            .collect();
        assert_eq!(taken_up, ids[1..]);
        // A browser asks with the address that it began with.
        let token = format!("{path}&resume_token={}", ids[0]);
        let again = get(&gateway, &token)
            .header("accept", "text/event-stream")
            .header("last-event-id", ids[1]);
        let (_, rest) = watched(again).await;
        let taken_up: Vec<&str> = rest
            .lines()
            .filter_map(|line| line.strip_prefix("id: "))
            .collect();
        assert_eq!(taken_up, ids[2..]);

        let refused = get(&gateway, "/ledger/v1/logs/nothing:watchChanges")
            .answer()
            .await;
        assert_eq!(refused.reason(), "RESOURCE_NOT_FOUND", "{}", refused.text());
    })
    .await;
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_call_and_one_of_another_may_not() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let preflight = |origin: &str| {
            ask(&gateway, Method::OPTIONS, DOCUMENTS)
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization,x-grpc-web")
        };
        let allowed = preflight(ORIGIN).answer().await;
        assert_eq!(allowed.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], ORIGIN);
        let called = get(&gateway, DOCUMENTS)
            .header("origin", ORIGIN)
            .answer()
            .await;
        assert_eq!(called.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], ORIGIN);
        let shown = called.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS]
            .to_str()
            .expect("ASCII");
        assert!(shown.contains("etag"), "{shown}");
        let other = preflight("https://other.example.org").answer().await;
        assert!(
            !other
                .headers
                .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
        );
    })
    .await;
}

#[tokio::test]
async fn a_browser_calls_with_grpc_web() {
    use accord_proto::documents::v1::{ListDocumentsRequest, ListDocumentsResponse};
    use prost::Message as _;

    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let request = ListDocumentsRequest {
            parent: "partnerships/uz-kz".to_owned(),
            ..ListDocumentsRequest::default()
        };
        let bytes = request.encode_to_vec();
        let mut framed = vec![0, 0, 0, 0, u8::try_from(bytes.len()).expect("short")];
        framed.extend(bytes);
        let asked = ask(
            &gateway,
            Method::POST,
            "/accord.documents.v1.DocumentService/ListDocuments",
        );
        let asked = asked
            .header("content-type", "application/grpc-web+proto")
            .header("x-grpc-web", "1");
        let answer = asked
            .body(&String::from_utf8(framed).expect("ASCII"))
            .answer()
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        let length = usize::from(answer.body[3]) << 8 | usize::from(answer.body[4]);
        let listed = ListDocumentsResponse::decode(&answer.body[5..5 + length]).expect("a message");
        assert_eq!(listed.documents.len(), 2);
        let trailers = String::from_utf8_lossy(&answer.body[5 + length..]).into_owned();
        assert!(trailers.contains("grpc-status:0"), "{trailers}");
    })
    .await;
}
