//! Frames that cost the server work and carry no call, and streams that are reset at once.

use host::Bearer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    wire::{self, PING, PRIORITY, SETTINGS, WINDOW_UPDATE, frame},
    world::{Client, World, call, listen_args},
};

/// A world in which a connection has a hundred frames without a call, and a hundred resets.
async fn strict() -> World {
    let mut args = listen_args();
    args.connections.control_frame_burst = 100;
    args.connections.control_frame_rate = 1;
    args.connections.reset_burst = Some(100);
    args.connections.reset_rate = Some(1);
    World::start_with(args).await
}

#[tokio::test]
async fn flood_of_frames_without_a_call_ends_its_connection_and_no_other() {
    let world = strict().await;
    let mut beside = world.client();
    call(&mut beside, "/probe.Probe/Echo", "before")
        .await
        .unwrap();
    let floods: [(u8, u32, &[u8]); 5] = [
        (PING, 0, &[7; 8]),
        (SETTINGS, 0, &[]),
        (WINDOW_UPDATE, 0, &[0, 0, 0, 1]),
        (PRIORITY, 1, &[0, 0, 0, 0, 16]),
        (0xfa, 0, b"unknown"),
    ];
    for (count, (kind, stream, payload)) in (1..).zip(floods) {
        let mut attacker = wire::opened(world.listen).await;
        // It may be cut off before it has sent all.
        let _ = attacker
            .write_all(&frame(kind, stream, payload).repeat(1000))
            .await;
        wire::ended(attacker).await;
        world.wait_for_hits("control_frames", count).await;
    }
    call(&mut beside, "/probe.Probe/Echo", "after")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_hundred_frames_without_a_call_are_no_flood() {
    let world = strict().await;
    let mut client = wire::opened(world.listen).await;
    let pings = frame(PING, 0, &[7; 8]).repeat(90);
    client.write_all(&pings).await.unwrap();
    // Settings of the server, the answer to those of the client, and 90 answers of 17 bytes each.
    let mut answers = vec![0; 90 * 17];
    tokio::io::AsyncReadExt::read_exact(&mut client, &mut answers)
        .await
        .unwrap();
    assert_eq!(world.hits("control_frames").await, 0);
}

/// Calls on one connection that are reset as soon as they are made, until the connection ends.
async fn reset_without_end(world: &World) {
    let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
    let (mut sender, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let address = format!("http://{}/open.Probe/Echo", world.listen);
    for _ in 0..10_000 {
        let Ok(ready) = sender.ready().await else {
            break;
        };
        sender = ready;
        let request = http::Request::post(&address)
            .header("content-type", "application/grpc")
            .body(())
            .unwrap();
        let Ok((_, mut body)) = sender.send_request(request, false) else {
            break;
        };
        // Let it be taken up, so that it is not h2 alone that stops this.
        tokio::task::yield_now().await;
        body.send_reset(h2::Reason::CANCEL);
    }
    let ended = tokio::time::timeout(std::time::Duration::from_secs(30), connection).await;
    let _ = ended.expect("the connection goes on").unwrap();
}

#[tokio::test]
async fn rapid_resets_end_their_connection_and_no_other() {
    let world = strict().await;
    let mut beside = world.client();
    reset_without_end(&world).await;
    let hits = world.hits("resets").await + world.hits("http2").await;
    assert!(hits >= 1, "nothing is counted");
    call(&mut beside, "/probe.Probe/Echo", "after")
        .await
        .unwrap();
}

#[tokio::test]
async fn calls_without_a_good_token_hold_no_place_however_long_they_stay_open() {
    let world = World::start().await;
    let stream = tokio::net::TcpStream::connect(world.listen).await.unwrap();
    let (sender, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut sender = sender.ready().await.unwrap();
    let mut open = Vec::new();
    for _ in 0..50 {
        let request = http::Request::post(format!("http://{}/probe.Probe/Echo", world.listen))
            .header("content-type", "application/grpc")
            .header("authorization", "Bearer no.token.this")
            .body(())
            .unwrap();
        let (answer, body) = sender.send_request(request, false).unwrap();
        let answer = answer.await.unwrap();
        assert_eq!(answer.headers()["grpc-status"], "16");
        open.push((answer, body));
    }
    for _ in 0..5 {
        call(&mut world.client(), "/probe.Probe/Echo", "beside")
            .await
            .unwrap();
    }
    connection.abort();
}

#[tokio::test]
async fn resets_that_a_client_provokes_end_its_connection() {
    const HEADERS: u8 = 1;
    const END_HEADERS: u8 = 4;
    const PRIORITY: u8 = 0x20;
    let world = strict().await;
    let (mut reading, mut writing) = wire::opened(world.listen).await.into_split();
    // `:method: POST`, `:scheme: http`, `:path: /` in HPACK.
    let fields = [0x83, 0x86, 0x84];
    let attack = tokio::spawn(async move {
        for number in 0..500 {
            // A stream that depends on itself is reset by the server.
            let stream: u32 = 2 * number + 1;
            let itself = [&stream.to_be_bytes()[..], &[16], &fields].concat();
            let mut headers = frame(HEADERS, stream, &itself);
            headers[4] = END_HEADERS | PRIORITY;
            if writing.write_all(&headers).await.is_err() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    });
    let mut answers = Vec::new();
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut answers).await;
    attack.abort();
    world.wait_for_hits("resets", 1).await;
    call(&mut world.client(), "/probe.Probe/Echo", "after")
        .await
        .unwrap();
}

#[tokio::test]
async fn resets_of_a_client_that_also_waits_for_answers_are_no_flood() {
    let world = strict().await;
    let mut client = world.client();
    for _ in 0..150 {
        call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
        let watch = crate::world::stream(&mut client, "/probe.Probe/Count").await;
        drop(watch.unwrap());
    }
    assert_eq!(world.hits("resets").await + world.hits("http2").await, 0);
}

/// A connection on which nothing but `count` calls are made and reset at once, in one piece.
async fn burst_of_resets(world: &World, count: u32) -> bool {
    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;
    const END_HEADERS: u8 = 4;
    let mut stream = wire::opened(world.listen).await;
    let mut pairs = Vec::new();
    for number in 0..count {
        let of = 2 * number + 1;
        // `:method: POST`, `:scheme: http`, `:path: /` in HPACK.
        let mut headers = frame(HEADERS, of, &[0x83, 0x86, 0x84]);
        headers[4] = END_HEADERS;
        pairs.extend(headers);
        pairs.extend(frame(RST_STREAM, of, &8_u32.to_be_bytes()));
    }
    pairs.extend(frame(PING, 0, b"are here"));
    let (mut reading, mut writing) = stream.split();
    let sent = writing.write_all(&pairs);
    let answered = async {
        let (mut seen, mut part) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = reading.read(&mut part).await {
            seen.extend_from_slice(&part[..length]);
            if seen.windows(8).any(|window| window == b"are here") {
                return true;
            }
        }
        false
    };
    let both = async { tokio::join!(sent, answered).1 };
    let both = tokio::time::timeout(std::time::Duration::from_secs(30), both).await;
    both.expect("neither answered nor ended")
}

#[tokio::test]
async fn what_many_callers_cancel_at_once_ends_no_connection_of_the_gateway() {
    let world = World::start().await;
    assert!(burst_of_resets(&world, 5_000).await, "it is ended");
    assert_eq!(world.hits("resets").await + world.hits("http2").await, 0);
}

#[tokio::test]
async fn a_client_that_cancels_so_much_at_once_is_cut_off() {
    let world = World::start_facing_clients(listen_args()).await;
    assert!(!burst_of_resets(&world, 5_000).await, "it goes on");
    world.wait_for_hits("http2", 1).await;
}

/// Calls of many callers that go away, over the connection on which another's call is under way.
async fn a_call_beside_those_that_are_cancelled(client: Client<Bearer>) {
    let mut beside = client.clone();
    call(&mut beside, "/probe.Probe/Echo", "").await.unwrap();
    let under_way = tokio::spawn(async move {
        let answer = call(&mut beside, "/probe.Probe/Sleep", "2000").await;
        answer.map(tonic::Response::into_inner)
    });
    for _ in 0..100 {
        let mut cancelled = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let mut client = client.clone();
            cancelled.spawn(async move {
                let _ = call(&mut client, "/probe.Probe/Sleep", "60000").await;
            });
        }
        // They are sent, and some of them taken up.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        cancelled.shutdown().await;
    }
    assert_eq!(under_way.await.unwrap().unwrap(), "2000");
}

#[tokio::test]
async fn calls_that_others_cancel_leave_a_call_on_the_same_connection_alone() {
    let mut args = listen_args();
    args.max_calls = 100;
    let world = World::start_with(args).await;
    a_call_beside_those_that_are_cancelled(world.client()).await;
    a_call_beside_those_that_are_cancelled(crate::flow::in_process()).await;
    assert_eq!(world.hits("resets").await + world.hits("http2").await, 0);
}
