//! How many connections there may be, and how long they may do nothing.

use std::{net::IpAddr, time::Duration};

use tokio::{io::AsyncWriteExt as _, net::TcpStream};
use tonic::{service::interceptor::InterceptedService, transport::Endpoint};

use crate::{
    encryption::Certificates,
    wire,
    world::{World, call, client, listen_args, stream},
};

/// Whether a caller at another address of this machine is served.
async fn is_served_at(world: &World, host: &str) -> bool {
    let endpoint = Endpoint::from_shared(format!("http://{}", world.listen)).unwrap();
    let endpoint = endpoint.local_address(Some(host.parse::<IpAddr>().unwrap()));
    let bearer = host::Bearer::new(&world.token()).unwrap();
    let mut client = client(InterceptedService::new(endpoint.connect_lazy(), bearer));
    call(&mut client, "/probe.Probe/Echo", "").await.is_ok()
}

#[tokio::test]
async fn connections_beyond_all_are_closed_and_come_back() {
    let mut args = listen_args();
    args.connections.max_connections = 2;
    let world = World::start_with(args).await;
    let mut first = wire::opened(world.listen).await;
    let mut second = wire::opened(world.listen).await;
    assert!(wire::is_taken(&mut first).await && wire::is_taken(&mut second).await);
    wire::ended(TcpStream::connect(world.listen).await.unwrap()).await;
    assert_eq!(world.hits("connections").await, 1);
    drop(first);
    for _ in 0..500 {
        let mut third = TcpStream::connect(world.listen).await.unwrap();
        let hello = [wire::PREFACE, &wire::frame(wire::SETTINGS, 0, &[])].concat();
        if third.write_all(&hello).await.is_ok() && wire::is_taken(&mut third).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the place of a connection that ended is not given back");
}

#[tokio::test]
async fn one_address_takes_no_more_connections_than_it_may() {
    let mut args = listen_args();
    args.connections.address_connections = 3;
    args.connections.address_connection_rate = 0;
    let world = World::start_with(args).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = wire::opened(world.listen).await;
        assert!(wire::is_taken(&mut stream).await);
        held.push(stream);
    }
    wire::ended(wire::connect_from("127.0.0.1", world.listen).await).await;
    assert_eq!(world.hits("address_connections").await, 1);
    assert!(is_served_at(&world, "127.0.0.2").await);
}

#[tokio::test]
async fn one_address_opens_connections_no_faster_than_it_may() {
    let mut args = listen_args();
    args.connections.address_connection_rate = 1;
    args.connections.address_connections = 5;
    let world = World::start_with(args).await;
    for _ in 0..30 {
        drop(TcpStream::connect(world.listen).await.unwrap());
    }
    world.wait_for_hits("address_connection_rate", 1).await;
    assert!(is_served_at(&world, "127.0.0.2").await);
}

#[tokio::test]
async fn one_connection_has_as_many_streams_as_are_set() {
    for (facing_clients, set, expected) in
        [(false, Some(7), 7), (true, None, 100), (false, None, 1284)]
    {
        let mut args = listen_args();
        args.connections.max_streams = set;
        let world = if facing_clients {
            World::start_facing_clients(args).await
        } else {
            World::start_with(args).await
        };
        let stream = TcpStream::connect(world.listen).await.unwrap();
        let (sender, connection) = h2::client::handshake(stream).await.unwrap();
        let connection = tokio::spawn(connection);
        let sender = sender.ready().await.unwrap();
        for _ in 0..500 {
            if sender.current_max_send_streams() == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(sender.current_max_send_streams(), expected);
        connection.abort();
    }
}

#[tokio::test]
async fn connection_that_says_nothing_is_ended() {
    let mut args = listen_args();
    args.connections.handshake_seconds = 1;
    let world = World::start_with(args).await;
    let mut beside = world.client();
    let silent = TcpStream::connect(world.listen).await.unwrap();
    let mut half = TcpStream::connect(world.listen).await.unwrap();
    half.write_all(&wire::PREFACE[..10]).await.unwrap();
    let mut whole = TcpStream::connect(world.listen).await.unwrap();
    whole.write_all(wire::PREFACE).await.unwrap();
    for stream in [silent, half, whole] {
        wire::ended(stream).await;
    }
    assert_eq!(world.hits("first_bytes").await, 3);
    call(&mut beside, "/probe.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn tls_handshake_that_does_not_end_is_ended() {
    let certificates = Certificates::make();
    let mut args = certificates.listen_args(None);
    args.connections.handshake_seconds = 1;
    let world = World::start_with(args).await;
    let silent = TcpStream::connect(world.listen).await.unwrap();
    wire::ended(silent).await;
    assert_eq!(world.hits("tls_handshake").await, 1);
}

#[tokio::test]
async fn headers_of_http_1_that_do_not_end_end_their_connection() {
    let mut args = listen_args();
    args.connections.header_seconds = 1;
    let world = World::start_facing_clients(args).await;
    let mut slow = TcpStream::connect(world.listen).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: probe\r\nx-more: ")
        .await
        .unwrap();
    wire::ended(slow).await;
    world.wait_for_hits("headers", 1).await;
}

#[tokio::test]
async fn peer_that_gives_no_sign_of_life_is_left() {
    let mut args = listen_args();
    args.connections.keepalive_seconds = 1;
    args.connections.keepalive_timeout_seconds = 1;
    let world = World::start_with(args).await;
    // It reads what comes, and answers nothing.
    wire::ended(wire::opened(world.listen).await).await;
    world.wait_for_hits("keepalive", 1).await;
}

#[tokio::test]
async fn connection_without_a_call_is_closed_and_one_with_a_call_is_not() {
    let mut args = listen_args();
    args.connections.idle_seconds = 1;
    let world = World::start_with(args).await;
    let mut watching = world.client();
    let mut items = stream(&mut watching, "/probe.Probe/Count").await.unwrap();
    let idle = TcpStream::connect(world.listen).await.unwrap();
    let (_sender, connection) = h2::client::handshake(idle).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(30), connection).await;
    ended
        .expect("the connection goes on")
        .expect("it ends in order");
    world.wait_for_hits("idle", 1).await;
    for _ in 0..10 {
        assert!(items.message().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn client_that_takes_nothing_of_its_answer_is_left() {
    let mut args = listen_args();
    args.connections.write_seconds = 1;
    let world = World::start_with(args).await;
    let stuck = TcpStream::connect(world.listen).await.unwrap();
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size((1 << 31) - 1);
    builder.initial_connection_window_size((1 << 31) - 1);
    let (sender, mut connection) = builder.handshake::<_, bytes::Bytes>(stuck).await.unwrap();
    let request = http::Request::post(format!("http://{}/probe.Probe/Flood", world.listen))
        .header("content-type", "application/grpc")
        .header("authorization", format!("Bearer {}", world.token()))
        .body(())
        .unwrap();
    let asking = async {
        let mut sender = sender.ready().await.unwrap();
        let (answer, mut body) = sender.send_request(request, false).unwrap();
        body.send_data(bytes::Bytes::from_static(&[0; 5]), true)
            .unwrap();
        answer.await.unwrap()
    };
    // From the moment that the answer begins, nobody reads the connection.
    let _answer = tokio::select! {
        answer = asking => answer,
        ended = &mut connection => panic!("{ended:?}"),
    };
    world.wait_for_hits("write", 1).await;
    let mut beside = world.client();
    call(&mut beside, "/probe.Probe/Echo", "").await.unwrap();
}
