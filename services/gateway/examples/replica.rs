//! One of several replicas of a service, for the tests that kill and freeze processes: it sends every request back.
//!
//! Takes the address to listen on, and prints the one that it has, when it is ready.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program of tests that cannot go on fails at that place, and tells them its address"
)]

use std::{env, net::SocketAddr, time::Duration};

use axum::{Router, body::Body as IncomingBody};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{body::Body, service::Routes, transport::Server};

#[tokio::main]
async fn main() {
    let address = env::args().nth(1).expect("an address to listen on");
    let listener = TcpListener::bind(address).await.expect("free port");
    let address = listener.local_addr().expect("bound");
    println!("{address}");
    let router = Router::new().fallback(move |request| answer(request, address));
    Server::builder()
        .add_routes(Routes::from(router))
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await
        .expect("served");
}

/// Sends the request back after a little while, with the replica's name; says of its health that it serves.
async fn answer(request: Request<IncomingBody>, address: SocketAddr) -> Response<Body> {
    let is_check = request.uri().path().ends_with("/Check");
    let body = request.into_body().collect().await.expect("a request");
    let message = if is_check {
        Bytes::from_static(&[0, 0, 0, 0, 2, 8, 1])
    } else {
        tokio::time::sleep(Duration::from_millis(2)).await;
        body.to_bytes()
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = [Frame::data(message), Frame::trailers(trailers)];
    let frames = tokio_stream::iter(frames.map(Ok::<_, std::convert::Infallible>));
    let mut response = Response::new(Body::new(StreamBody::new(frames)));
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/grpc"));
    let name = HeaderValue::try_from(address.to_string()).expect("ASCII");
    headers.insert("x-replica", name);
    response
}
