//! REST and JSON over HTTP/1.1, as any program speaks it.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    asked::{ask, get, nobody},
    world::World,
};

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
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(refused.reason(), "ETAG_MISMATCH");
        let in_body = ask(&gateway, Method::PATCH, &path)
            .json(&json!({ "signaturePlace": "Astana", "etag": "\"AAAAAAAAAAAAAAAA\"" }))
            .answer()
            .await;
        assert_eq!(in_body.status, StatusCode::CONFLICT, "{}", in_body.text());
        let current = changed.headers[header::ETAG].to_str().expect("ASCII");
        for tag in ["nonsense", &format!("\"a\", {current}"), "\"a", ""] {
            let refused = change(tag).answer().await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{tag}");
            assert_eq!(refused.reason(), "MESSAGE_MALFORMED");
        }
        for (name, value) in [("If-Match", current), ("Idempotency-Key", key)] {
            let twice = change(current)
                .header("Idempotency-Key", key)
                .header(name, value);
            let refused = twice.answer().await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{name}");
            assert_eq!(refused.reason(), "MESSAGE_MALFORMED");
        }
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
        let stranger =
            nobody(&gateway, Method::POST, DOCUMENTS).header("authorization", "Bearer x");
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
                get(&gateway, &format!("{DOCUMENTS}?filter=%zz")),
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
            assert!(!answer.headers.contains_key(header::RETRY_AFTER));
        }
    })
    .await;
}

#[tokio::test]
async fn only_what_says_nothing_of_the_record_is_open() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let nobody = |path: &str| nobody(&gateway, Method::GET, path);
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
