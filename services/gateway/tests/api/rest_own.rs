//! What the gateway answers itself over HTTP passes the layers that every call passes.

use http::{Method, StatusCode, header};

use crate::{
    asked::{ask, get, nobody},
    running::{Gateway, nothing},
    wire::Call,
};

#[tokio::test]
async fn every_answer_has_a_request_id_and_is_measured() {
    let gateway = Gateway::in_front_of(nothing()).await;
    let cases = [
        (get(&gateway, "/nowhere"), 404),
        (
            ask(
                &gateway,
                Method::DELETE,
                "/overview/v1/partnerships/a/overview",
            ),
            405,
        ),
        (get(&gateway, "/overview/v1/partnerships/%ff/overview"), 400),
        (get(&gateway, "/grpc.health.v1.Health/Check"), 415),
        (
            ask(
                &gateway,
                Method::POST,
                "/accord.overview.v1.OverviewService/GetOverview",
            )
            .header("content-type", "application/grpc"),
            505,
        ),
        (nobody(&gateway, Method::GET, "/nowhere"), 404),
        (nobody(&gateway, Method::GET, "/healthz"), 200),
        (nobody(&gateway, Method::GET, "/docs"), 303),
        (nobody(&gateway, Method::GET, "/docs/"), 200),
        (nobody(&gateway, Method::GET, "/version"), 200),
        (
            get(&gateway, "/overview/v1/partnerships/a/overview?colour=red"),
            400,
        ),
        (
            nobody(
                &gateway,
                Method::GET,
                "/overview/v1/partnerships/a/overview",
            ),
            401,
        ),
    ];
    let mut asked = 0;
    for (request, status) in cases {
        let answer = request.header("x-request-id", "mine-1").answer().await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        assert_eq!(answer.headers["x-request-id"], "mine-1", "{status}");
        assert!(!answer.headers.contains_key("grpc-status"), "{status}");
        if status >= 400 {
            assert!(!answer.reason().is_empty());
        }
        asked += 1;
    }
    let counted: u64 = gateway
        .metrics()
        .lines()
        .filter(|line| line.starts_with("rpc_server_call_duration_seconds_count{"))
        .map(|line| {
            let count = line.rsplit(' ').next().unwrap_or_default();
            count.parse::<u64>().expect("a count")
        })
        .sum();
    assert_eq!(counted, asked);
}

#[tokio::test]
async fn a_405_names_what_there_is_and_a_head_has_headers_only() {
    let gateway = Gateway::in_front_of(nothing()).await;
    let path = "/overview/v1/partnerships/a/overview";
    let refused = ask(&gateway, Method::PUT, path).answer().await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.headers[header::ALLOW], "GET");
    for (verb, path) in [
        (Method::POST, "/healthz"),
        (Method::PUT, "/openapi.json"),
        (Method::DELETE, "/docs/"),
    ] {
        let refused = nobody(&gateway, verb, path).answer().await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(refused.headers[header::ALLOW], "GET, HEAD");
    }
    for path in ["/openapi.json", "/docs/swagger-ui-bundle.js", "/docs/"] {
        let page = nobody(&gateway, Method::GET, path).answer().await;
        let tag = page.headers[header::ETAG].to_str().expect("ASCII");
        let again = nobody(&gateway, Method::GET, path).header("if-none-match", tag);
        let again = again.answer().await;
        assert_eq!(
            (again.status, again.body.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{path}"
        );
    }
    let head = nobody(&gateway, Method::HEAD, "/openapi.json")
        .answer()
        .await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn nobody_calls_the_path_of_the_gateways_own_answers() {
    let gateway = Gateway::in_front_of(nothing()).await;
    let status = gateway
        .call_without_token(Call::new("/gateway/Answer"))
        .await
        .status();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
}
