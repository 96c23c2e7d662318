//! A server that does with its first call what a test says, frame by frame, and passes later connections on to another.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// What becomes of the first call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// The stream is refused: `RST_STREAM` with `REFUSED_STREAM`.
    Refused,
    /// The connection goes away, and says that it did nothing with the call: GOAWAY of stream 0.
    GoneAway,
    /// The connection is cut when the call has been read.
    Cut,
}

/// Types of frames (RFC 9113 section 6).
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

/// The code of a stream that was not begun (section 7).
const REFUSED_STREAM: u32 = 7;

/// The flag of an answer to settings or a ping.
const ACK: u8 = 1;

/// What a client begins a connection with.
const PREFACE_BYTES: usize = 24;

/// Starts the server in front of `behind` and returns its address as the gateway is given it.
pub(crate) async fn start(first: First, behind: SocketAddr) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        tokio::spawn(act(stream, first));
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(async move {
                let mut behind = TcpStream::connect(behind).await.expect("listens");
                let _ = copy_bidirectional(&mut stream, &mut behind).await;
            });
        }
    });
    format!("http://{address}")
}

/// Answers pings until the first call comes, and does with that as told.
async fn act(mut stream: TcpStream, first: First) {
    let mut preface = [0; PREFACE_BYTES];
    stream.read_exact(&mut preface).await.expect("a preface");
    send(&mut stream, SETTINGS, 0, 0, &[]).await;
    loop {
        let Some((kind, flags, id, payload)) = receive(&mut stream).await else {
            return;
        };
        match kind {
            SETTINGS if flags & ACK == 0 => send(&mut stream, SETTINGS, ACK, 0, &[]).await,
            PING if flags & ACK == 0 => send(&mut stream, PING, ACK, 0, &payload).await,
            HEADERS => match first {
                First::Refused => {
                    // What comes next comes on another connection: both frames are there at once.
                    let reset = frame(RST_STREAM, 0, id, &REFUSED_STREAM.to_be_bytes());
                    write(&mut stream, &[reset, go_away_after(id)].concat()).await;
                }
                First::GoneAway => write(&mut stream, &go_away_after(0)).await,
                First::Cut => return,
            },
            _ => {}
        }
    }
}

/// Says that nothing was done with streams after `id`, and that no more are taken.
fn go_away_after(id: u32) -> Vec<u8> {
    let no_error = 0_u32;
    let payload = [id.to_be_bytes(), no_error.to_be_bytes()].concat();
    frame(GOAWAY, 0, 0, &payload)
}

fn frame(kind: u8, flags: u8, id: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    let head = [&length[1..], &[kind, flags], &id.to_be_bytes()].concat();
    [&head, payload].concat()
}

async fn send(stream: &mut TcpStream, kind: u8, flags: u8, id: u32, payload: &[u8]) {
    write(stream, &frame(kind, flags, id, payload)).await;
}

async fn write(stream: &mut TcpStream, frames: &[u8]) {
    stream.write_all(frames).await.expect("sent");
}

async fn receive(stream: &mut TcpStream) -> Option<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.ok()?;
    let [a, b, c, kind, flags, id @ ..] = head;
    let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    stream.read_exact(&mut payload).await.ok()?;
    Some((kind, flags, u32::from_be_bytes(id), payload))
}
