//! Calls on one connection do not hold up each other.

use std::time::Duration;

use futures::stream;
use host::Bearer;
use tonic_prost::ProstCodec;

use crate::world::{Client, World, call, client, listen_args};

/// Long enough for a call on a busy machine, short beside a call that never ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends more than HTTP/2's windows hold to a method that reads none of it.
fn stalled_upload(client: &Client<Bearer>) -> tokio::task::JoinHandle<()> {
    let mut client = client.clone();
    tokio::spawn(async move {
        client.ready().await.unwrap();
        let parts = stream::iter((0..64).map(|_| "x".repeat(64 * 1024)));
        let path = http::uri::PathAndQuery::from_static("/probe.Probe/Stall");
        let codec = ProstCodec::<String, String>::default();
        let _ = client
            .client_streaming(tonic::Request::new(parts), path, codec)
            .await;
    })
}

/// Calls beside uploads that stand still.
async fn calls_beside_stalled_uploads(mut client: Client<Bearer>) {
    let stalled = [stalled_upload(&client), stalled_upload(&client)];
    tokio::time::sleep(Duration::from_millis(500)).await;
    let beside = call(&mut client, "/probe.Probe/Echo", "x".repeat(100_000));
    let answer = tokio::time::timeout(PATIENCE, beside).await;
    answer.expect("the call is held up").unwrap();
    stalled.iter().for_each(tokio::task::JoinHandle::abort);
}

/// A client of the probe inside this process.
pub(crate) fn in_process() -> Client<Bearer> {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock::Clock::system();
    let issuer = identity::Issuer::open_or_create(directory.path(), clock.clone()).unwrap();
    let component = crate::probe::component(&host::Deps::new(clock));
    let channel = host::testing::connect(component, &issuer);
    let bearer = host::testing::token(&issuer, "uz-stat", Some("UZ"), identity::Role::Reader);
    client(tonic::service::interceptor::InterceptedService::new(
        channel, bearer,
    ))
}

#[tokio::test]
async fn stalled_uploads_do_not_hold_up_calls_on_a_port() {
    let world = World::start().await;
    calls_beside_stalled_uploads(world.client()).await;
}

#[tokio::test]
async fn stalled_uploads_do_not_hold_up_calls_inside_the_process() {
    calls_beside_stalled_uploads(in_process()).await;
}

/// Holds `count` calls open on one connection and makes one more.
async fn one_call_beside(count: usize, mut client: Client<Bearer>) {
    let mut open = tokio::task::JoinSet::new();
    for _ in 0..count {
        let mut client = client.clone();
        open.spawn(async move {
            let _ = call(&mut client, "/probe.Probe/Sleep", "60000").await;
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let beside = call(&mut client, "/probe.Probe/Echo", "x");
    let answer = tokio::time::timeout(PATIENCE, beside).await;
    answer.expect("the call waits for a stream").unwrap();
}

#[tokio::test]
async fn connection_carries_as_many_calls_as_are_answered_at_once() {
    let mut args = listen_args();
    // An agency alone has seven eighths of them.
    args.max_calls = 400;
    let world = World::start_with(args).await;
    one_call_beside(299, world.client()).await;
    one_call_beside(299, in_process()).await;
}
