//! Who is let through: the token is checked here, before anything reaches a service.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use identity::Thumbprint;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::Code;

use crate::{
    echo::{Echo, SERVICE, frame},
    process::Process,
    running::{self, Gateway},
    wire::{self, Call},
};

fn echo_call() -> Call {
    Call::new(format!("{SERVICE}/Echo")).message(b"m")
}

#[tokio::test]
async fn call_without_a_token_is_unauthenticated_and_reaches_nothing() {
    let echo = Echo::start().await;
    let gateway = Gateway::routing(&[&format!("acme.echo={}", echo.url())]).await;
    let status = gateway.call_without_token(echo_call()).await.status();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(wire::reason(&status), "TOKEN_MISSING");
    assert_eq!(echo.calls(), 0);
}

#[tokio::test]
async fn token_of_another_issuer_is_unauthenticated() {
    let echo = Echo::start().await;
    let gateway = Gateway::routing(&[&format!("acme.echo={}", echo.url())]).await;
    let other = Gateway::in_front_of(running::nothing()).await;
    let bearer = other.authorization().to_str().expect("ASCII");
    let call = echo_call().header("authorization", bearer);
    let status = gateway.call(call).await.status();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(wire::reason(&status), "TOKEN_INVALID");
    assert_eq!(echo.calls(), 0);
}

#[tokio::test]
async fn open_route_needs_no_token() {
    let echo = Echo::start().await;
    let gateway = Gateway::routing(&[&format!("acme.echo={},open", echo.url())]).await;
    let answer = gateway.call_without_token(echo_call()).await;
    assert_eq!(answer.body, frame(b"m"));
}

#[tokio::test]
async fn open_route_opens_no_package_that_only_begins_alike() {
    let echo = Echo::start().await;
    let specs = [
        format!("acme.echo={},open", echo.url()),
        format!("acme.echoes={}", echo.url()),
    ];
    let gateway = Gateway::routing(&specs.each_ref().map(String::as_str)).await;
    let call = Call::new("/acme.echoes.v1.Echo/Echo").message(b"m");
    let status = gateway.call_without_token(call).await.status();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn overview_ledger_and_what_only_begins_like_an_open_path_need_a_token() {
    let gateway = Gateway::in_front_of(running::nothing()).await;
    for path in [
        "/accord.overview.v1.OverviewService/GetOverview",
        "/accord.ledger.v1.LedgerService/ListEntries",
        "/accord.documents.v1.DocumentService/GetDocument",
        "/gateway/AnswerMore",
    ] {
        let call = Call::new(path).message(b"");
        let status = gateway.call_without_token(call).await.status();
        assert_eq!(status.code(), Code::Unauthenticated, "{path}");
    }
}

/// The status of a request of REST that a proxy says is of the holder of this certificate.
async fn status_with(process: &Process, certificate: &[u8]) -> String {
    let mut stream = TcpStream::connect(&process.address).await.expect("listens");
    let request = format!(
        "GET /documents/v1/partnerships/uz-kz HTTP/1.1\r\nhost: accord\r\nclient-cert: :{}:\r\nconnection: close\r\n\r\n",
        STANDARD.encode(certificate)
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("text");
    answer.split(' ').nth(1).expect("a status").to_owned()
}

#[tokio::test]
async fn certificate_that_a_proxy_names_is_believed_over_rest_too_where_it_is_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    let certificate = params.self_signed(&key).expect("signed");
    let thumbprint = Thumbprint::of(certificate.der());
    let file = folder.path().join("agencies.json");
    let agencies = format!(
        r#"[{{"thumbprint": "{thumbprint}", "agency": "uz-stat", "party": "UZ", "roles": ["reader"]}}]"#
    );
    std::fs::write(&file, agencies).expect("written");
    let upstream = ["--upstream", "documents=http://127.0.0.1:9"];
    let trusting = ["--auth-trust-client-cert", "--auth-agencies"];
    let settings = [&upstream[..], &trusting, &[file.to_str().expect("UTF-8")]].concat();
    for (settings, expected) in [(&settings[..], "503"), (&upstream, "401")] {
        let process = Process::start(settings).await;
        assert_eq!(status_with(&process, certificate.der()).await, expected);
    }
}
