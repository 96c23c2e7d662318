//! A service made for these tests: echoes, waits, counts, panics, and says who called.

use std::{future::Future, time::Duration};

use axum::{Router, routing::post};
use futures::{Stream, StreamExt as _, stream};
use host::{Component, Deps};
use tonic::{
    Request, Response, Status, Streaming, body::Body, codec::CompressionEncoding, server::Grpc,
    service::Routes,
};
use tonic_prost::ProstCodec;

/// The watch of the contracts, here of numbers without end.
pub(crate) const WATCH: &str = "/accord.ledger.v1.LedgerService/WatchChanges";

type Http = http::Request<axum::body::Body>;

/// Makes the component: `/probe.Probe/…` with strings in and out.
pub(crate) fn component(deps: &Deps) -> Component {
    let stopping = deps.stopping.clone();
    let router = Router::new()
        .route("/probe.Probe/Echo", post(|http| unary(http, echo)))
        .route("/probe.Probe/Sleep", post(|http| unary(http, sleep)))
        .route("/probe.Probe/Stall", post(stall))
        .route("/probe.Probe/Collect", post(collect))
        .route("/probe.Probe/Flood", post(|http| streaming(http, flood())))
        .route("/probe.Probe/Unzip", post(unzip))
        .route("/probe.Probe/Shown", post(shown))
        .route("/probe.Probe/Panic", post(|http| unary(http, panic)))
        .route("/probe.Probe/Caller", post(|http| unary(http, caller)))
        .route("/probe.Probe/Range", post(|http| unary(http, range)))
        .route("/probe.Probe/Count", post(|http| streaming(http, count())))
        .route(
            "/probe.Probe/Forty",
            post(|http| streaming(http, count().take(40))),
        )
        .route("/probe.Probe/Burst", post(|http| streaming(http, burst())))
        .route(
            "/probe.Probe/Watch",
            post(move |http| {
                let watched = count().take_until(stopping.clone().cancelled_owned());
                streaming(http, watched)
            }),
        )
        .route(
            "/accord.documents.v1.TextService/GetText",
            post(|http| unary(http, echo)),
        )
        .route(WATCH, post(|http| streaming(http, count())))
        .route("/open.Probe/Echo", post(|http| unary(http, echo)));
    Component::new("probe", Routes::from(router))
        .grpc_services(&["probe.Probe"])
        .open("/open.")
        .announce("data_dir", "/nowhere")
}

async fn unary<F, Fut>(http: Http, answer: F) -> http::Response<Body>
where
    F: Fn(Request<String>) -> Fut + Copy + Send,
    Fut: Future<Output = Result<Response<String>, Status>> + Send,
{
    let service = tower::service_fn(answer);
    Grpc::new(ProstCodec::default()).unary(service, http).await
}

async fn streaming<S>(http: Http, items: S) -> http::Response<Body>
where
    S: Stream<Item = Result<String, Status>> + Send + 'static,
{
    let mut items = Some(items);
    let service = tower::service_fn(move |_: Request<String>| {
        let items = items.take();
        async move {
            let items = items.ok_or_else(|| Status::already_exists("called twice"))?;
            Ok::<_, Status>(Response::new(items))
        }
    });
    Grpc::new(ProstCodec::<String, String>::default())
        .server_streaming(service, http)
        .await
}

async fn echo(request: Request<String>) -> Result<Response<String>, Status> {
    Ok(Response::new(request.into_inner()))
}

/// Waits as many milliseconds as the request says.
async fn sleep(request: Request<String>) -> Result<Response<String>, Status> {
    let text = request.into_inner();
    tokio::time::sleep(Duration::from_millis(text.parse().unwrap())).await;
    Ok(Response::new(text))
}

/// Answers without end and never reads its request.
async fn stall(http: Http) -> http::Response<Body> {
    let (_, unread) = http.into_parts();
    futures::future::pending::<()>().await;
    drop(unread);
    http::Response::new(Body::empty())
}

/// Answers with all of the texts that it is sent.
async fn collect(http: Http) -> http::Response<Body> {
    let service = tower::service_fn(|request: Request<Streaming<String>>| async move {
        let mut texts = request.into_inner();
        let mut all = String::new();
        while let Some(text) = texts.message().await? {
            all.push_str(&text);
        }
        Ok::<_, Status>(Response::new(all))
    });
    Grpc::new(ProstCodec::<String, String>::default())
        .client_streaming(service, http)
        .await
}

/// Answers how long the text is that it is sent compressed.
async fn unzip(http: Http) -> http::Response<Body> {
    let service = tower::service_fn(|request: Request<String>| async move {
        Ok::<_, Status>(Response::new(request.into_inner().len().to_string()))
    });
    Grpc::new(ProstCodec::<String, String>::default())
        .accept_compressed(CompressionEncoding::Gzip)
        .unary(service, http)
        .await
}

/// Answers how large the certificate is that its client has shown.
async fn shown(http: Http) -> http::Response<Body> {
    let certificate = http.extensions().get::<host::PeerCertificate>();
    let bytes = certificate.map_or(0, |certificate| certificate.0.len());
    let service = tower::service_fn(move |_: Request<String>| async move {
        Ok::<_, Status>(Response::new(bytes.to_string()))
    });
    Grpc::new(ProstCodec::<String, String>::default())
        .unary(service, http)
        .await
}

/// As much as anybody takes.
fn flood() -> impl Stream<Item = Result<String, Status>> {
    stream::repeat_with(|| Ok("x".repeat(64 * 1024)))
}

async fn panic(request: Request<String>) -> Result<Response<String>, Status> {
    panic!("secret of {}", request.into_inner())
}

async fn caller(request: Request<String>) -> Result<Response<String>, Status> {
    let caller = identity::Caller::of(&request).map_err(|fault| fault.into_status("probe"))?;
    Ok(Response::new(caller.agency.clone()))
}

/// A handler's own `OUT_OF_RANGE`.
async fn range(_: Request<String>) -> Result<Response<String>, Status> {
    Err(Status::out_of_range("token expired"))
}

/// Counts without end, one number each ten milliseconds.
fn count() -> impl Stream<Item = Result<String, Status>> {
    stream::unfold(0, |number: u64| async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Some((Ok(number.to_string()), number + 1))
    })
}

/// Two items, then a panic.
fn burst() -> impl Stream<Item = Result<String, Status>> {
    count().map(|number| {
        assert_ne!(number.as_deref().unwrap(), "2", "third item");
        number
    })
}
