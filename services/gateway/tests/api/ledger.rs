//! `LedgerService` reaches the service whose log is named, as it was sent.

use std::{io::Write as _, time::Duration};

use accord_proto::{
    google::rpc,
    ledger::v1::{
        ListEntriesRequest, WatchChangesRequest, ledger_service_client::LedgerServiceClient,
    },
};
use flate2::{Compression, write::GzEncoder};
use gateway::{Service, Upstreams};
use identity::Role;
use prost::Message;
use tonic::Code;

use crate::{
    echo::{Echo, frame, frame_with},
    running::{self, Gateway},
    wire::{self, Answer, Call},
    world::World,
};

/// The service, with a method that the test service answers by sending everything back.
const ECHO: &str = "/accord.ledger.v1.LedgerService/Echo";

/// A request of `logs/roadmaps`, as gzip has it.
const GZIPPED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xe3\xe2\xcd\xc9\x4f\x2f\xd6\x2f\
    \xca\x4f\x4c\xc9\x4d\x2c\x28\x06\x00\x0e\x1e\x8b\xaa\x0f\x00\x00\x00";

/// A mebibyte of zeros, as gzip has it in a thousandth of that.
fn packed_zeros() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![0; 1 << 20]).expect("in memory");
    packed.finish().expect("in memory")
}

/// One test service for each log, and the gateway in front of them.
async fn started() -> ([Echo; 3], Gateway) {
    let echoes = [
        Echo::start().await,
        Echo::start().await,
        Echo::start().await,
    ];
    let mut upstreams = Upstreams::default();
    for (service, echo) in Service::ALL.into_iter().zip(&echoes) {
        upstreams = upstreams.with_service(service, echo.channel());
    }
    (echoes, Gateway::in_front_of(upstreams).await)
}

fn entries_of(parent: &str) -> Vec<u8> {
    let request = ListEntriesRequest {
        parent: parent.to_owned(),
        page_size: 7,
        ..ListEntriesRequest::default()
    };
    request.encode_to_vec()
}

#[tokio::test]
async fn each_log_is_answered_by_its_service_byte_for_byte() {
    let (echoes, gateway) = started().await;
    for (index, service) in Service::ALL.into_iter().enumerate() {
        let message = entries_of(&format!("logs/{service}"));
        let answer = gateway.call(Call::new(ECHO).message(&message)).await;
        assert_eq!(answer.body, frame(&message));
        assert_eq!(
            answer.headers["seen-authorization"],
            gateway.authorization()
        );
        let calls = echoes.each_ref().map(Echo::calls);
        assert_eq!(calls.iter().sum::<usize>(), index + 1);
        assert_eq!(calls[index], 1, "{service}");
    }
}

#[tokio::test]
async fn logs_of_all_services_are_read_and_watched_in_one_place() {
    World::each_engine(async |world: World| {
        let gateway = world.with_facts().await;
        let mut client = LedgerServiceClient::new(gateway.caller("KZ", Role::Reader));
        for service in Service::ALL {
            let parent = format!("logs/{service}");
            let list = ListEntriesRequest {
                parent: parent.clone(),
                ..ListEntriesRequest::default()
            };
            let listed = client.list_entries(list).await.expect("entries");
            let entries = listed.into_inner().entries;
            let sequences: Vec<_> = entries.iter().map(|entry| entry.sequence).collect();
            assert_eq!(sequences[..3], [1, 2, 3], "{parent}");
            let watch = WatchChangesRequest {
                parent,
                ..WatchChangesRequest::default()
            };
            let watched = client.watch_changes(watch).await.expect("a watch");
            let first = watched.into_inner().message().await.expect("open");
            assert!(first.is_some());
        }
    })
    .await;
}

#[tokio::test]
async fn watch_streams_until_the_client_is_gone() {
    let (echoes, gateway) = started().await;
    let request = WatchChangesRequest {
        parent: "logs/trade".to_owned(),
        ..WatchChangesRequest::default()
    };
    let call = Call::new("/accord.ledger.v1.LedgerService/Ticks");
    let answer = gateway.open(call.message(&request.encode_to_vec())).await;
    drop(answer);
    echoes[1].wait_for_cancelled(1).await;
}

#[tokio::test]
async fn compressed_request_is_read_and_passed_on_as_it_was() {
    let (echoes, gateway) = started().await;
    let sent = frame_with(1, GZIPPED);
    let call = Call::new(ECHO)
        .header("grpc-encoding", "gzip")
        .body(wire::full(sent.clone()));
    let answer = gateway.call(call).await;
    assert_eq!(answer.body, sent);
    assert_eq!(echoes[2].calls(), 1);
}

#[tokio::test]
async fn malformed_and_unknown_logs_are_refused_as_the_service_refuses_them() {
    World::each_engine(async |world: World| {
        let gateway = world.gateway(world.upstreams(&[])).await;
        let mut client = LedgerServiceClient::new(gateway.caller("KZ", Role::Reader));
        for (parent, page_size, code, reason) in [
            ("", 1, Code::InvalidArgument, "FIELD_REQUIRED"),
            ("documents", 1, Code::InvalidArgument, "NAME_INVALID"),
            ("logs/Trade", 1, Code::InvalidArgument, "NAME_INVALID"),
            ("logs/", -1, Code::InvalidArgument, "INVALID_FIELD_VALUES"),
            ("logs/stock", 1, Code::NotFound, "RESOURCE_NOT_FOUND"),
        ] {
            let request = ListEntriesRequest {
                parent: parent.to_owned(),
                page_size,
                ..ListEntriesRequest::default()
            };
            let status = client.list_entries(request).await.expect_err(parent);
            assert_eq!(status.code(), code, "{parent}");
            let info = wire::error_info(&status);
            assert_eq!(info.reason, reason, "{parent}");
            assert_eq!(info.domain, "accord.ledger.v1");
            let resource: Option<rpc::ResourceInfo> =
                wire::detail(&status, "google.rpc.ResourceInfo");
            if let Some(resource) = resource {
                assert_eq!(resource.resource_type, "ledger.accord/Log");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn bad_and_unknown_logs_are_refused_without_any_service() {
    let gateway = Gateway::in_front_of(running::nothing()).await;
    for (parent, code, reason) in [
        ("logs/Trade", Code::InvalidArgument, "NAME_INVALID"),
        ("logs/stock", Code::NotFound, "RESOURCE_NOT_FOUND"),
    ] {
        let call = Call::new(ECHO).message(&entries_of(parent));
        let status = gateway.call(call).await.status();
        assert_eq!(status.code(), code, "{parent}");
        let info = wire::error_info(&status);
        assert_eq!(info.reason, reason);
        assert_eq!(info.domain, "accord.ledger.v1");
    }
}

#[tokio::test]
async fn request_that_is_not_grpc_is_unsupported() {
    let (_echoes, gateway) = started().await;
    let call = Call::new(ECHO)
        .header("content-type", "text/plain")
        .message(&entries_of("logs/trade"));
    assert_eq!(gateway.call(call).await.http_status, 415);
}

#[tokio::test]
async fn watch_ends_when_the_gateway_stops() {
    let (_echoes, gateway) = started().await;
    let request = WatchChangesRequest {
        parent: "logs/trade".to_owned(),
        ..WatchChangesRequest::default()
    };
    let call = Call::new("/accord.ledger.v1.LedgerService/WatchChanges");
    let answer = gateway.open(call.message(&request.encode_to_vec())).await;
    gateway.stop();
    let answer = tokio::time::timeout(Duration::from_secs(20), Answer::read(answer));
    let status = answer.await.expect("it goes on").status();
    assert_eq!(status.code(), Code::Unavailable);
    let info = wire::error_info(&status);
    assert_eq!(
        (&*info.reason, &*info.domain),
        ("SERVER_STOPPING", "accord")
    );
    let retry: Option<rpc::RetryInfo> = wire::detail(&status, "google.rpc.RetryInfo");
    assert!(retry.is_some());
}

#[tokio::test]
async fn request_that_is_no_message_is_refused() {
    let (_echoes, gateway) = started().await;
    for body in [
        frame(b"\xff\xff\xff"),
        vec![0, 0, 0].into(),
        frame_with(1, b"x"),
        vec![].into(),
    ] {
        let call = Call::new(ECHO).body(wire::full(body.clone()));
        let status = gateway.call(call).await.status();
        assert_eq!(status.code(), Code::InvalidArgument, "{body:?}");
        assert_eq!(wire::reason(&status), "MESSAGE_MALFORMED");
    }
}

#[tokio::test]
async fn request_that_is_too_large_is_refused() {
    let (_echoes, gateway) = started().await;
    let long = Call::new(ECHO).message(&entries_of(&format!("logs/{}", "a".repeat(70_000))));
    // Four gigabytes are announced, and little comes.
    let announced =
        Call::new(ECHO).body(wire::full(b"\0\xff\xff\xff\xff\x0a\x0alogs/trade".to_vec()));
    let packed = Call::new(ECHO)
        .header("grpc-encoding", "gzip")
        .body(wire::full(frame_with(1, &packed_zeros())));
    for call in [long, announced, packed] {
        let status = gateway.call(call).await.status();
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert_eq!(wire::reason(&status), "MESSAGE_TOO_LARGE");
        let retry: Option<rpc::RetryInfo> = wire::detail(&status, "google.rpc.RetryInfo");
        assert!(retry.is_none(), "it is refused again");
    }
}

#[tokio::test]
async fn log_of_a_service_that_is_not_there_is_unimplemented() {
    let gateway = Gateway::in_front_of(running::nothing()).await;
    let call = Call::new(ECHO).message(&entries_of("logs/trade"));
    let status = gateway.call(call).await.status();
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(wire::error_info(&status).metadata["service"], "trade");
}
