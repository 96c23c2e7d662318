//! A gRPC service that Accord knows nothing of, written on the wire level so that tests can tell
//! each byte that the gateway passes on. It listens on a port of its own.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body as IncomingBody};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    body::Body,
    service::Routes,
    transport::{Channel, Endpoint, Server},
};

/// Prefix of its methods' paths.
pub(crate) const SERVICE: &str = "/acme.echo.v1.Echo";

/// Binary error details, with bytes that are no text.
pub(crate) const DETAILS: &[u8] = &[0x08, 0x09, 0xff, 0x00, 0x7f];

/// The running service.
pub(crate) struct Echo {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// How many endless answers were dropped before they ended.
    pub(crate) cancelled: Arc<AtomicUsize>,
    /// How many messages of endless answers were asked for.
    pub(crate) flooded: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<()>,
}

impl Echo {
    /// Starts it on a free port.
    pub(crate) async fn start() -> Self {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts it on a port that it had before.
    pub(crate) async fn start_on(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("free port");
        let address = listener.local_addr().expect("bound");
        let connections = TcpListenerStream::new(listener);
        Self::serve(address, Server::builder(), connections)
    }

    /// Starts one that takes two calls at a time on a connection.
    pub(crate) async fn start_with_two_streams() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
        let address = listener.local_addr().expect("bound");
        let server = Server::builder().max_concurrent_streams(2);
        Self::serve(address, server, TcpListenerStream::new(listener))
    }

    /// Starts one that takes a single connection, and one call at a time on it.
    pub(crate) async fn start_narrow() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
        let address = listener.local_addr().expect("bound");
        let only = stream::once(async move { Ok(listener.accept().await?.0) });
        let server = Server::builder().max_concurrent_streams(1);
        Self::serve(address, server, only.chain(stream::pending()))
    }

    fn serve(
        address: SocketAddr,
        mut server: Server,
        connections: impl Stream<Item = io::Result<TcpStream>> + Send + 'static,
    ) -> Self {
        let cancelled = Arc::new(AtomicUsize::new(0));
        let calls = Arc::new(AtomicUsize::new(0));
        let (stop, stopped) = oneshot::channel::<()>();
        let flooded = Arc::new(AtomicUsize::new(0));
        let counts = Counts {
            calls: Arc::clone(&calls),
            cancelled: Arc::clone(&cancelled),
            flooded: Arc::clone(&flooded),
        };
        let router = Router::new().fallback(move |request| answer(request, counts.clone()));
        let server = tokio::spawn(async move {
            let served = server
                .add_routes(Routes::from(router))
                .serve_with_incoming_shutdown(connections, async {
                    let _ = stopped.await;
                });
            served.await.expect("served");
        });
        Self {
            address,
            cancelled,
            flooded,
            calls,
            stop,
            server,
        }
    }

    /// Ends its connections and frees its port.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        self.server.await.expect("ended");
    }

    /// How many calls have reached it.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// A channel to it.
    pub(crate) fn channel(&self) -> Channel {
        Endpoint::from_shared(self.url())
            .expect("address")
            .connect_lazy()
    }

    /// Its address as the gateway is given it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until `count` answers were cancelled.
    pub(crate) async fn wait_for_cancelled(&self, count: usize) {
        let reached = async {
            while self.cancelled.load(Ordering::SeqCst) < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), reached)
            .await
            .expect("the cancellation reaches the service");
    }
}

/// What the service counts.
#[derive(Clone)]
struct Counts {
    calls: Arc<AtomicUsize>,
    cancelled: Arc<AtomicUsize>,
    flooded: Arc<AtomicUsize>,
}

/// Answers by the method's name. It knows nothing of health, so that a check is no call.
async fn answer(request: Request<IncomingBody>, counts: Counts) -> Response<Body> {
    let method = request.uri().path().rsplit('/').next().unwrap_or_default();
    if method == "Check" {
        return status("12");
    }
    let before = counts.calls.fetch_add(1, Ordering::SeqCst);
    let guard = Guard(counts.cancelled);
    match method {
        "Flood" => return grpc(Body::new(StreamBody::new(flood(guard, counts.flooded)))),
        "Ticks" | "WatchChanges" => return grpc(Body::new(StreamBody::new(ticks(guard)))),
        "Echo" | "GetDocument" | "Fail" | "Bare" | "FailLate" | "Break" | "Count" | "Early"
        | "GetAct" | "ListActs" | "Unavailable" => guard.defuse(),
        _ => {
            // The request is held, and nothing of it is read.
            let _unread = &request;
            std::future::pending::<()>().await;
            unreachable!("pending never ends")
        }
    }
    match method {
        "Fail" => fail(),
        "Bare" => bare(),
        "FailLate" => fail_late(),
        "Break" => grpc(Body::new(StreamBody::new(broken()))),
        "Count" => count(request).await,
        "Early" => early(request),
        // It refuses the first call only.
        "GetAct" if before == 0 => status("14"),
        "ListActs" | "Unavailable" => status("14"),
        _ => echo(request),
    }
}

/// Answers with a status alone.
fn status(code: &'static str) -> Response<Body> {
    let mut response = grpc(Body::empty());
    let code = HeaderValue::from_static(code);
    response.headers_mut().insert("grpc-status", code);
    response
}

/// Waits for the end of the request, then sends a message for each of its bytes.
async fn count(request: Request<IncomingBody>) -> Response<Body> {
    let body = request.into_body().collect().await.expect("ends well");
    let messages = body
        .to_bytes()
        .into_iter()
        .map(|byte| Frame::data(frame(&[byte])));
    let messages: Vec<_> = messages
        .chain([Frame::trailers(ok())])
        .map(Ok::<_, Infallible>)
        .collect();
    grpc(Body::new(StreamBody::new(stream::iter(messages))))
}

/// Answers and ends before the request has ended.
fn early(request: Request<IncomingBody>) -> Response<Body> {
    drop(request);
    let frames = [Frame::data(frame(b"enough")), Frame::trailers(ok())];
    grpc(Body::new(StreamBody::new(stream::iter(
        frames.map(Ok::<_, Infallible>),
    ))))
}

fn ok() -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    trailers
}

/// Sends back each byte of the request as it comes, with the headers that were seen.
fn echo(request: Request<IncomingBody>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut trailers = ok();
    let mut headers = HeaderMap::new();
    for (name, value) in &parts.headers {
        if name.as_str().starts_with("t-") {
            trailers.append(name, value.clone());
        } else if name.as_str().starts_with("x-") || name == "grpc-encoding" {
            headers.append(name, value.clone());
        }
        let seen = format!("seen-{name}");
        headers.append(
            http::HeaderName::try_from(seen).expect("header name"),
            value.clone(),
        );
    }
    let mut response = grpc(Body::new(Echoed {
        body,
        trailers: Some(trailers),
    }));
    response.headers_mut().extend(headers);
    response
}

/// Fails before any message: headers that are trailers.
fn fail() -> Response<Body> {
    let mut response = grpc(Body::empty());
    response.headers_mut().extend(failure());
    response
}

/// Fails as tonic does, without details.
fn bare() -> Response<Body> {
    let mut response = grpc(Body::empty());
    let headers = response.headers_mut();
    headers.insert("grpc-status", HeaderValue::from_static("13"));
    let message = HeaderValue::from_static("Missing request message.");
    headers.insert("grpc-message", message);
    response
}

/// Fails after one message.
fn fail_late() -> Response<Body> {
    let frames = [Frame::data(frame(b"one")), Frame::trailers(failure())];
    let frames = stream::iter(frames.map(Ok::<_, Infallible>));
    grpc(Body::new(StreamBody::new(frames)))
}

/// A failure with details and metadata of its own.
fn failure() -> HeaderMap {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", HeaderValue::from_static("9"));
    headers.insert(
        "grpc-message",
        HeaderValue::from_static("not %E2%82%AC enough"),
    );
    let details = STANDARD_NO_PAD.encode(DETAILS);
    headers.insert(
        "grpc-status-details-bin",
        HeaderValue::try_from(details).expect("ASCII"),
    );
    headers.insert("x-reason", HeaderValue::from_static("poor"));
    headers
}

/// An answer in gRPC's form.
fn grpc(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    response
}

/// One message as it goes over the wire, not compressed.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    frame_with(0, message)
}

/// One message with a flag: 1 says that it is compressed.
pub(crate) fn frame_with(flag: u8, message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    [&[flag][..], &length, message].concat().into()
}

/// Counts a cancellation when dropped before it is defused.
struct Guard(Arc<AtomicUsize>);

impl Guard {
    fn defuse(self) {
        std::mem::forget(self);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The request's bytes, then trailers.
struct Echoed {
    body: IncomingBody,
    trailers: Option<HeaderMap>,
}

impl http_body::Body for Echoed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match std::task::ready!(Pin::new(&mut self.body).poll_frame(context)) {
            None => Poll::Ready(self.trailers.take().map(Frame::trailers).map(Ok)),
            frame => Poll::Ready(frame),
        }
    }
}

/// Messages without end, one each millisecond.
fn ticks(guard: Guard) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
    stream::unfold(guard, |guard| async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Some((Ok(Frame::data(frame(b"tick"))), guard))
    })
}

/// Messages without end, as fast as they are taken.
fn flood(
    guard: Guard,
    asked: Arc<AtomicUsize>,
) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
    let message = frame(&vec![0; 64 * 1024]);
    stream::repeat_with(move || {
        let _until_dropped = &guard;
        asked.fetch_add(1, Ordering::SeqCst);
        Ok(Frame::data(message.clone()))
    })
}

/// A message, and then the end of the stream without a status.
fn broken() -> impl Stream<Item = Result<Frame<Bytes>, io::Error>> {
    let cut = async {
        // A reset overtakes what has not been sent.
        tokio::time::sleep(Duration::from_millis(100)).await;
        Err(io::Error::other("broken on purpose"))
    };
    stream::iter([Ok(Frame::data(frame(b"half")))]).chain(stream::once(cut))
}
