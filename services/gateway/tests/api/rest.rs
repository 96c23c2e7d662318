//! REST and JSON over HTTP/1.1, as any program speaks it.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::{
    running::{Gateway, ORIGIN},
    world::World,
};

/// A request under way of being written.
struct Asked<'a> {
    gateway: &'a Gateway,
    request: http::request::Builder,
    body: String,
}

/// A whole answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    /// The reason of an error, after checks of what every error has.
    fn reason(&self) -> String {
        let body = self.json();
        assert_eq!(body["error"]["code"], self.status.as_u16());
        body["error"]["details"][0]["reason"]
            .as_str()
            .expect("a reason")
            .to_owned()
    }
}

fn ask<'a>(gateway: &'a Gateway, method: Method, path: &str) -> Asked<'a> {
    Asked {
        gateway,
        request: Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", gateway.editor("UZ")),
            ),
        body: String::new(),
    }
}

fn get<'a>(gateway: &'a Gateway, path: &str) -> Asked<'a> {
    ask(gateway, Method::GET, path)
}

impl Asked<'_> {
    fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self.header("content-type", "application/json")
    }

    fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    async fn begin(self) -> Response<Incoming> {
        let stream = TcpStream::connect(self.gateway.address())
            .await
            .expect("listens");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .expect("HTTP/1.1");
        tokio::spawn(connection);
        let request = self
            .request
            .body(Full::<Bytes>::from(self.body))
            .expect("a request");
        sender.send_request(request).await.expect("an answer")
    }

    async fn answer(self) -> Answer {
        let (parts, body) = self.begin().await.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body
                .collect()
                .await
                .expect("a whole body")
                .to_bytes()
                .to_vec(),
        }
    }
}

const DOCUMENTS: &str = "/documents/v1/partnerships/uz-kz/documents";

#[tokio::test]
async fn what_is_written_over_rest_is_read_back_and_changed_with_its_etag() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let new = json!({
            "titles": [{ "languageCode": "en", "text": "Agreement on water" }],
            "type": "DOCUMENT_TYPE_AGREEMENT", "level": "DOCUMENT_LEVEL_INTERGOVERNMENTAL",
            "parties": ["UZ", "KZ"], "sources": [{ "uri": "https://example.org/water" }],
        });
        let key = "0b9c3f0e-7d3a-4d7e-9d0a-8d5d4f6b2a11";
        let create = || {
            ask(
                &gateway,
                Method::POST,
                &format!("{DOCUMENTS}?documentId=water"),
            )
            .json(&new)
            .header("Idempotency-Key", key)
        };
        let created = create().answer().await;
        assert_eq!(created.status, StatusCode::OK, "{}", created.text());
        assert_eq!(
            create().answer().await.json(),
            created.json(),
            "a retry has one effect"
        );

        let path = format!("{DOCUMENTS}/water");
        let read = get(&gateway, &path).answer().await;
        assert_eq!(read.json(), created.json());
        let etag = read.headers[header::ETAG]
            .to_str()
            .expect("ASCII")
            .to_owned();
        let known = get(&gateway, &path)
            .header("If-None-Match", &etag)
            .answer()
            .await;
        assert_eq!(
            (known.status, known.body.len()),
            (StatusCode::NOT_MODIFIED, 0)
        );

        let change = |etag: &str| {
            ask(
                &gateway,
                Method::PATCH,
                &format!("{path}?update_mask=signature_place"),
            )
            .json(&json!({ "signaturePlace": "Tashkent" }))
            .header("If-Match", etag)
        };
        let changed = change(&etag).answer().await;
        assert_eq!(
            changed.json()["signaturePlace"],
            "Tashkent",
            "{}",
            changed.text()
        );
        let refused = change(&etag).answer().await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert_eq!(refused.reason(), "ETAG_MISMATCH");
        let deleted = ask(&gateway, Method::DELETE, &path).answer().await;
        assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text());
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_changed_without_its_resource_is_sent_again() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let path = "/documents/v1/partnerships/uz-kz";
        let first = get(&gateway, path).answer().await;
        let tag = first.headers[header::ETAG]
            .to_str()
            .expect("ASCII")
            .to_owned();
        let same = get(&gateway, path)
            .header("If-None-Match", &tag)
            .answer()
            .await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
        let deleted = ask(&gateway, Method::DELETE, &format!("{DOCUMENTS}/customs"))
            .answer()
            .await;
        assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text());
        let again = get(&gateway, path)
            .header("If-None-Match", &tag)
            .answer()
            .await;
        assert_eq!(again.status, StatusCode::OK);
        assert_eq!(again.json()["etag"], first.json()["etag"]);
        assert_ne!(again.json()["documentCount"], first.json()["documentCount"]);
    })
    .await;
}

#[tokio::test]
async fn a_precondition_is_taken_or_refused_and_never_dropped() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let path = format!("{DOCUMENTS}/customs");
        let read = get(&gateway, &path).answer().await;
        let tag = read.headers[header::ETAG]
            .to_str()
            .expect("ASCII")
            .to_owned();
        let mut body = read.json();
        body["signaturePlace"] = json!("Tashkent");
        let put = |body: &Value, tag: &str| {
            ask(&gateway, Method::PATCH, &path)
                .json(body)
                .header("If-Match", tag)
        };
        let other = put(&body, "\"other\"").answer().await;
        assert_eq!(other.reason(), "MESSAGE_MALFORMED", "{}", other.text());
        assert_eq!(put(&body, &tag).answer().await.status, StatusCode::OK);
        let create = ask(&gateway, Method::POST, DOCUMENTS)
            .json(&body)
            .header("If-Match", &tag);
        let refused = create.answer().await;
        assert_eq!(refused.reason(), "MESSAGE_MALFORMED", "{}", refused.text());
    })
    .await;
}

#[tokio::test]
async fn nothing_is_read_of_a_caller_without_a_good_token() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let stranger = Asked {
            gateway: &gateway,
            request: Request::builder()
                .method(Method::POST)
                .uri(DOCUMENTS)
                .header(header::HOST, "localhost")
                .header(header::AUTHORIZATION, "Bearer x"),
            body: String::new(),
        };
        // What it sends is no JSON, and far too long: neither is found out.
        let answer = stranger.body(&"{".repeat(5 << 20)).answer().await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
        assert_eq!(answer.reason(), "TOKEN_INVALID");
        assert!(answer.headers.contains_key("x-request-id"));
    })
    .await;
}

#[tokio::test]
async fn a_head_has_no_body_and_grpc_needs_http_2() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let head = ask(&gateway, Method::HEAD, DOCUMENTS).answer().await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        let path = "/accord.documents.v1.DocumentService/ListDocuments";
        let grpc = ask(&gateway, Method::POST, path).header("content-type", "application/grpc");
        assert_eq!(
            grpc.answer().await.status,
            StatusCode::HTTP_VERSION_NOT_SUPPORTED
        );
    })
    .await;
}

#[tokio::test]
async fn pages_are_linked_and_queries_reach_nested_fields() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let mut path = format!("{DOCUMENTS}?page_size=1");
        let mut seen = Vec::new();
        loop {
            let page = get(&gateway, &path).answer().await;
            let listed = page.json();
            seen.extend(
                listed["documents"]
                    .as_array()
                    .expect("documents")
                    .iter()
                    .map(|one| one["name"].clone()),
            );
            let Some(link) = page.headers.get(header::LINK) else {
                break;
            };
            let link = link.to_str().expect("ASCII");
            path = link
                .trim_start_matches('<')
                .split_once(">; rel=\"next\"")
                .expect("a link")
                .0
                .to_owned();
        }
        assert_eq!(seen.len(), 2);
        let status = get(
            &gateway,
            &format!("{DOCUMENTS}/customs/status?effective_date=2022-01-01"),
        )
        .answer()
        .await;
        assert_eq!(
            status.json()["effectiveDate"],
            json!({ "year": 2022, "month": 1, "day": 1 }),
            "{}",
            status.text()
        );
        let overview = get(&gateway, "/overview/v1/partnerships/uz-kz/overview")
            .answer()
            .await;
        assert_eq!(overview.status, StatusCode::OK, "{}", overview.text());
        let calendar = get(&gateway, "/documents/v1/partnerships/uz-kz/calendar")
            .answer()
            .await;
        assert_eq!(
            calendar.headers[header::CONTENT_TYPE],
            "text/calendar; charset=utf-8"
        );
        assert!(calendar.text().starts_with("BEGIN:VCALENDAR"));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_told_as_aip_193_has_it() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        for (asked, status, reason) in [
            (get(&gateway, "/nowhere"), 404, "METHOD_UNKNOWN"),
            (ask(&gateway, Method::PUT, DOCUMENTS), 405, "METHOD_UNKNOWN"),
            (
                get(&gateway, &format!("{DOCUMENTS}/none")),
                404,
                "RESOURCE_NOT_FOUND",
            ),
            (
                get(&gateway, &format!("{DOCUMENTS}?page_size=many&colour=red")),
                400,
                "INVALID_FIELD_VALUES",
            ),
            (
                get(&gateway, "/documents/v1/partnerships/%ff"),
                400,
                "MESSAGE_MALFORMED",
            ),
            (
                get(&gateway, DOCUMENTS)
                    .body("{}")
                    .header("content-type", "application/json"),
                400,
                "MESSAGE_MALFORMED",
            ),
            (
                ask(&gateway, Method::POST, DOCUMENTS)
                    .body("{")
                    .header("content-type", "application/json"),
                400,
                "MESSAGE_MALFORMED",
            ),
            (
                ask(&gateway, Method::POST, DOCUMENTS)
                    .body("a=b")
                    .header("content-type", "text/plain"),
                415,
                "CONTENT_TYPE_UNKNOWN",
            ),
            (
                ask(&gateway, Method::POST, DOCUMENTS)
                    .body("{}")
                    .header("content-encoding", "gzip"),
                415,
                "COMPRESSION_UNKNOWN",
            ),
            (
                ask(&gateway, Method::POST, DOCUMENTS).json(&json!({ "colour": 1 })),
                400,
                "MESSAGE_MALFORMED",
            ),
            (
                ask(&gateway, Method::POST, DOCUMENTS)
                    .json(&json!({ "titles": "x".repeat(5 << 20) })),
                413,
                "MESSAGE_TOO_LARGE",
            ),
        ] {
            let answer = asked.answer().await;
            assert_eq!(
                answer.status.as_u16(),
                status,
                "{reason}: {}",
                answer.text()
            );
            assert_eq!(answer.reason(), reason, "{}", answer.text());
            assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
        let twice = json!({ "signaturePlace": "Tashkent", "signature_place": "Astana" });
        let twice = ask(&gateway, Method::POST, DOCUMENTS)
            .json(&twice)
            .answer()
            .await;
        let violation = &twice.json()["error"]["details"][1]["fieldViolations"][0]["field"];
        assert_eq!(*violation, "document.signature_place", "{}", twice.text());
        let nested = ask(&gateway, Method::POST, DOCUMENTS)
            .json(&json!({ "titles": [{ "text": 5 }] }))
            .answer()
            .await;
        let violation = &nested.json()["error"]["details"][1]["fieldViolations"][0]["field"];
        assert_eq!(*violation, "document.titles[0].text");
    })
    .await;
}

#[tokio::test]
async fn only_what_says_nothing_of_the_record_is_open() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let nobody = |path: &str| Asked {
            gateway: &gateway,
            request: Request::builder()
                .uri(path)
                .header(header::HOST, "localhost"),
            body: String::new(),
        };
        let refused = nobody(DOCUMENTS).answer().await;
        assert_eq!(
            (refused.status, refused.reason()),
            (StatusCode::UNAUTHORIZED, "TOKEN_MISSING".to_owned())
        );
        assert_eq!(refused.headers[header::WWW_AUTHENTICATE], "Bearer");
        for path in [
            "/healthz",
            "/readyz",
            "/version",
            "/openapi.json",
            "/descriptors.binpb",
            "/docs/",
        ] {
            let answer = nobody(path).answer().await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(!answer.body.is_empty(), "{path}");
        }
        let ledger = "/ledger/v1/logs/documents/entries";
        assert_eq!(
            nobody(ledger).answer().await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(get(&gateway, ledger).answer().await.status, StatusCode::OK);
    })
    .await;
}

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
