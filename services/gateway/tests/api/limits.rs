//! Limits and the access log, as a caller of REST and of gRPC meets them at a gateway process.

use identity::Role;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    echo::{Echo, SERVICE, frame},
    process::Process,
    running,
    wire::{self, Answer, Call},
};

/// The whole answer of REST to a GET, headers in lower case.
async fn get(process: &Process, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(&process.address).await.expect("listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: accord\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("headers end");
    format!("{}\r\n\r\n{body}", head.to_lowercase())
}

#[tokio::test]
async fn agency_over_its_rate_gets_429_with_the_figures_and_others_do_not() {
    let process = Process::start(&[
        "--upstream",
        "documents=http://127.0.0.1:9",
        "--agency-rate",
        "1",
        "--agency-burst",
        "2",
    ])
    .await;
    let many = running::token(&process.issuer, Role::Reader);
    let few = process.issuer.issue(&identity::Grant {
        agency: "uz-few".to_owned(),
        party: Some("UZ".to_owned()),
        roles: vec![Role::Reader],
        ttl: std::time::Duration::from_mins(10),
    });
    let path = "/documents/v1/partnerships/uz-kz";
    let first = get(&process, path, &many).await;
    assert!(
        first.contains("ratelimit-policy: \"agency\";q=2;w=2\r\n"),
        "{first}"
    );
    assert!(
        first.contains("ratelimit: \"agency\";r=1;t=1\r\n"),
        "{first}"
    );
    let mut refused = None;
    for _ in 0..100 {
        let answer = get(&process, path, &many).await;
        if answer.starts_with("http/1.1 429") {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a hundred are too many");
    assert!(refused.contains("retry-after: 1\r\n"), "{refused}");
    assert!(
        refused.contains("ratelimit: \"agency\";r=0;t=2\r\n"),
        "{refused}"
    );
    assert!(refused.contains("AGENCY_RATE_EXCEEDED"), "{refused}");
    let other = get(&process, path, &few).await;
    assert!(
        other.starts_with("http/1.1 503"),
        "the service is down: {other}"
    );
}

#[tokio::test]
async fn address_over_its_rate_gets_429_wherever_it_asks() {
    let echo = Echo::start().await;
    let route = format!("acme.echo={},open", echo.url());
    let limits = ["--address-rate", "1", "--address-burst", "2"];
    let process = Process::start(&[&["--route", &route][..], &limits].concat()).await;
    let mut refused = String::new();
    for _ in 0..100 {
        refused = get(&process, "/version", "none").await;
        if refused.starts_with("http/1.1 429") {
            break;
        }
    }
    assert!(refused.contains("ADDRESS_RATE_EXCEEDED"), "{refused}");
    assert!(refused.contains("ratelimit: \"address\";r=0;"), "{refused}");
    let call = Call::new(format!("{SERVICE}/Echo")).message(b"x");
    let answer = Answer::read(running::send(&process.address, call).await).await;
    assert_eq!(answer.status().code(), tonic::Code::ResourceExhausted);
}

#[tokio::test]
async fn preflights_of_browsers_are_within_the_limits_too() {
    let origin = "https://portal.example.org";
    let process = Process::start(&[
        "--upstream",
        "documents=http://127.0.0.1:9",
        "--cors-origin",
        origin,
        "--address-rate",
        "1",
        "--address-burst",
        "2",
    ])
    .await;
    let mut codes = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(&process.address).await.expect("listens");
        let request = format!(
            "OPTIONS /documents/v1/partnerships/uz-kz HTTP/1.1\r\nhost: accord\r\norigin: {origin}\r\n\
             access-control-request-method: GET\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        codes.push(answer.split(' ').nth(1).expect("a status").to_owned());
    }
    assert_eq!(codes[0], "200");
    assert!(codes.iter().any(|code| code == "429"), "{codes:?}");
}

#[tokio::test]
async fn each_request_is_one_line_of_the_access_log() {
    let echo = Echo::start().await;
    let process = Process::start(&[
        "--route",
        &format!("acme.echo={}", echo.url()),
        "--upstream",
        "documents=http://127.0.0.1:9",
        "--log-format",
        "json",
    ])
    .await;
    let token = running::token(&process.issuer, Role::Reader);
    get(
        &process,
        "/documents/v1/partnerships/uz-kz?secret=1",
        &token,
    )
    .await;
    get(&process, "/nothing/here?secret=2", &token).await;
    let call = Call::new(format!("{SERVICE}/Echo"))
        .header("authorization", &format!("Bearer {token}"))
        .message(b"through");
    Answer::read(running::send(&process.address, call).await).await;
    let log = process.log().await;
    let lines: Vec<serde_json::Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|line| line["target"] == "access")
        .collect();
    assert_eq!(lines.len(), 3, "{log}");
    for (line, (method, protocol, status, code)) in lines.iter().zip([
        (
            "accord.documents.v1.PartnershipService/GetPartnership",
            "rest",
            400,
            Some("INVALID_ARGUMENT"),
        ),
        ("GET /nothing/here", "rest", 404, Some("UNIMPLEMENTED")),
        ("acme.echo.v1.Echo/Echo", "grpc", 200, Some("OK")),
    ]) {
        assert_eq!(line["method"], method, "{line}");
        assert_eq!(line["protocol"], protocol, "{line}");
        assert_eq!(line["status"], status, "{line}");
        assert_eq!(
            line.get("code").and_then(|code| code.as_str()),
            code,
            "{line}"
        );
    }
    assert_eq!(lines[0]["agency"], "uz-stat");
    assert!(!log.contains("secret") && !log.contains(&token), "{log}");
}

#[tokio::test]
async fn body_of_rest_that_stops_is_answered_with_408_after_the_time_that_is_set() {
    let process = Process::start(&[
        "--upstream",
        "documents=http://127.0.0.1:9",
        "--body-seconds",
        "1",
    ])
    .await;
    let token = running::token(&process.issuer, Role::Editor);
    let mut stream = TcpStream::connect(&process.address).await.expect("listens");
    let request = format!(
        "POST /documents/v1/partnerships/uz-kz/documents HTTP/1.1\r\nhost: accord\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"titles\""
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("REQUEST_STALLED"), "{answer}");
    assert!(answer.contains("DEADLINE_EXCEEDED"), "{answer}");
}

#[tokio::test]
async fn health_over_http_is_answered_while_everything_else_is_refused_for_load() {
    let echo = Echo::start().await;
    let process = Process::start(&[
        "--upstream",
        &format!("documents={}", echo.url()),
        "--max-calls",
        "1",
        "--upstream-calls",
        "1",
        "--address-rate",
        "1",
        "--address-burst",
        "20",
    ])
    .await;
    let token = running::token(&process.issuer, Role::Editor);
    let (sender, body) = wire::channel_body();
    sender.send(frame(b"m")).expect("open");
    let call = Call::new("/accord.documents.v1.DocumentService/Echo")
        .header("authorization", &format!("Bearer {token}"))
        .body(body);
    let answer = running::send(&process.address, call).await;
    let refused = get(&process, "/version", "none").await;
    assert!(refused.starts_with("http/1.1 503"), "{refused}");
    assert!(refused.contains("OVERLOADED"), "{refused}");
    for _ in 0..20 {
        for path in ["/healthz", "/readyz"] {
            let health = get(&process, path, "none").await;
            assert!(health.starts_with("http/1.1 200"), "{path} {health}");
            assert!(health.contains("x-request-id"), "{path} {health}");
        }
    }
    let refused = get(&process, "/version", "none").await;
    assert!(refused.contains("ADDRESS_RATE_EXCEEDED"), "{refused}");
    drop(sender);
    assert_eq!(Answer::read(answer).await.body, frame(b"m"));
}

#[tokio::test]
async fn request_over_the_size_that_is_set_is_refused_and_counted_over_every_protocol() {
    let echo = Echo::start().await;
    let process = Process::start(&[
        "--upstream",
        &format!("documents={}", echo.url()),
        "--max-message-bytes",
        "999",
    ])
    .await;
    let token = running::token(&process.issuer, Role::Editor);
    let rest = async |length: usize| {
        let mut stream = TcpStream::connect(&process.address).await.expect("listens");
        let request = format!(
            "POST /documents/v1/partnerships/uz-kz/documents HTTP/1.1\r\nhost: accord\r\nauthorization: Bearer {token}\r\n\
             connection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{:length$}",
            "{"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        answer
    };
    let refused = rest(1000).await;
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    assert!(refused.contains("MESSAGE_TOO_LARGE"), "{refused}");
    // Read to its end, and no JSON.
    assert!(rest(999).await.starts_with("HTTP/1.1 400"));
    for (kind, length, is_refused) in [
        ("application/grpc", 999, false),
        ("application/grpc", 1000, true),
        ("application/grpc-web", 999, false),
        ("application/grpc-web", 1000, true),
    ] {
        let call = Call::new("/accord.documents.v1.DocumentService/Echo")
            .header("content-type", kind)
            .header("authorization", &format!("Bearer {token}"))
            .message(&vec![0; length]);
        let answer = Answer::read(running::send(&process.address, call).await).await;
        let found = answer.headers.contains_key("grpc-status");
        assert_eq!(found, is_refused, "{kind} {length}");
        if is_refused {
            assert_eq!(wire::reason(&answer.status()), "MESSAGE_TOO_LARGE");
        }
    }
}
