//! Who is let through: the token is checked here, before anything reaches a service.

use tonic::Code;

use crate::{
    echo::{Echo, SERVICE, frame},
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
async fn overview_and_ledger_need_a_token() {
    let gateway = Gateway::in_front_of(running::nothing()).await;
    for path in [
        "/accord.overview.v1.OverviewService/GetOverview",
        "/accord.ledger.v1.LedgerService/ListEntries",
        "/accord.documents.v1.DocumentService/GetDocument",
    ] {
        let call = Call::new(path).message(b"");
        let status = gateway.call_without_token(call).await.status();
        assert_eq!(status.code(), Code::Unauthenticated, "{path}");
    }
}
