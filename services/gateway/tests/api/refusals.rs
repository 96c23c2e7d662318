//! What the gateway answers when no service does.

use std::time::{Duration, Instant};

use accord_proto::google::rpc;
use tokio::net::TcpListener;
use tonic::Code;

use crate::{
    running::{self, Gateway},
    wire::{self, Call},
};

#[tokio::test]
async fn unknown_service_is_unimplemented_with_the_path() {
    let gateway = Gateway::in_front_of(running::nothing()).await;
    let path = "/acme.stock.v1.Shelf/Get";
    let status = gateway.call(Call::new(path).message(b"m")).await.status();
    assert_eq!(status.code(), Code::Unimplemented);
    let info = wire::error_info(&status);
    assert_eq!(info.reason, "METHOD_UNKNOWN");
    assert_eq!(info.domain, "accord");
    assert_eq!(info.metadata["path"], path);
}

#[tokio::test]
async fn unknown_method_of_the_gateways_own_service_is_unimplemented() {
    let gateway = Gateway::in_front_of(running::nothing()).await;
    let call = Call::new("/accord.overview.v1.OverviewService/GetUnderview").message(b"m");
    let status = gateway.call(call).await.status();
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(wire::reason(&status), "METHOD_UNKNOWN");
}

#[tokio::test]
async fn dead_upstream_is_unavailable_with_its_name_and_when_to_retry() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
        listener.local_addr().expect("bound").port()
    };
    let gateway = Gateway::routing(&[&format!("acme.dead=http://127.0.0.1:{port}")]).await;
    let call = Call::new("/acme.dead.v1.Service/Method").message(b"m");
    let status = gateway.call(call).await.status();
    assert_eq!(status.code(), Code::Unavailable);
    let info = wire::error_info(&status);
    assert_eq!(info.reason, "UPSTREAM_UNAVAILABLE");
    assert_eq!(info.metadata["service"], "acme.dead");
    let retry: rpc::RetryInfo = wire::detail(&status, "google.rpc.RetryInfo").expect("RetryInfo");
    assert_eq!(retry.retry_delay.expect("a delay").seconds, 1);
    assert!(!status.message().contains("127.0.0.1"), "{status:?}");
}

#[tokio::test]
async fn upstream_that_swallows_connections_is_given_up_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
    let address = listener.local_addr().expect("bound");
    let gateway = Gateway::routing(&[&format!("acme.mute=http://{address}")]).await;
    let call = Call::new("/acme.mute.v1.Service/Method")
        .header("grpc-timeout", "200m")
        .message(b"m");
    let started = Instant::now();
    let status = gateway.call(call).await.status();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(started.elapsed() < Duration::from_secs(5));
}
