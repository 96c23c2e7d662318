//! HTTP/2 by hand, for what no well-behaved client sends.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

/// Types of frames (RFC 9113 section 6).
pub(crate) const PRIORITY: u8 = 2;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const WINDOW_UPDATE: u8 = 8;

/// What a client of HTTP/2 begins with.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A frame without flags.
pub(crate) fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![a, b, c, kind, 0];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A connection to `address` from `host` of this machine.
pub(crate) async fn connect_from(host: &str, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{host}:0").parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

/// A connection on which HTTP/2 has begun.
pub(crate) async fn opened(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(PREFACE).await.unwrap();
    stream.write_all(&frame(SETTINGS, 0, &[])).await.unwrap();
    stream
}

/// Waits until the other side has ended the connection; whatever it says before is left.
pub(crate) async fn ended(mut stream: TcpStream) {
    let mut left = [0; 4096];
    let ended = async { while matches!(stream.read(&mut left).await, Ok(1..)) {} };
    let ended = tokio::time::timeout(PATIENCE, ended).await;
    ended.expect("the connection goes on");
}

/// Whether the other side sends anything, rather than end the connection.
pub(crate) async fn is_taken(stream: &mut TcpStream) -> bool {
    let read = tokio::time::timeout(PATIENCE, stream.read_u8()).await;
    read.expect("neither taken nor refused").is_ok()
}
