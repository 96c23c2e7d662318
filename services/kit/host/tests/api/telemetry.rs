//! Traces, metrics and logs as a collector receives them over OTLP.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, response::IntoResponse};
use http_body_util::BodyExt as _;
use tonic::service::Routes;

use crate::{process::Running, world::call};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// What has arrived, by path.
type Received = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// Starts a collector that keeps what it gets and answers an empty message.
async fn collector() -> (SocketAddr, Received) {
    let received = Received::default();
    let router = Router::new()
        .fallback(keep)
        .with_state(Arc::clone(&received));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let server = tonic::transport::Server::builder().add_routes(Routes::from(router));
    tokio::spawn(server.serve_with_incoming(incoming));
    (address, received)
}

async fn keep(
    State(received): State<Received>,
    request: http::Request<axum::body::Body>,
) -> impl IntoResponse {
    let path = request.uri().path().to_owned();
    let bytes = request.into_body().collect().await.unwrap().to_bytes();
    received
        .lock()
        .unwrap()
        .entry(path)
        .or_default()
        .extend(bytes);
    let empty_message = vec![0_u8; 5];
    let frames = [
        Ok::<_, std::convert::Infallible>(http_body::Frame::data(bytes::Bytes::from(
            empty_message,
        ))),
        Ok(http_body::Frame::trailers(
            [("grpc-status".parse().unwrap(), "0".parse().unwrap())]
                .into_iter()
                .collect(),
        )),
    ];
    let body = http_body_util::StreamBody::new(futures::stream::iter(frames));
    (
        [("content-type", "application/grpc")],
        axum::body::Body::new(body),
    )
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn collector_gets_spans_of_the_callers_trace_metrics_and_logs_before_the_end() {
    let (address, received) = collector().await;
    let endpoint = format!("http://{address}");
    let mut running = Running::start_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let mut client = running.client_with_metadata("traceparent", &traceparent);
    call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
    running.signal("TERM");
    assert_eq!(running.end().await.code(), Some(0));

    let received = received.lock().unwrap();
    let of = |name: &str| {
        let path = format!("/opentelemetry.proto.collector.{name}/Export");
        received.get(&path).cloned().unwrap_or_default()
    };
    let spans = of("trace.v1.TraceService");
    let trace: Vec<u8> = (0..16)
        .map(|at| u8::from_str_radix(&TRACE[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    assert!(contains(&spans, &trace), "no span of the caller's trace");
    assert!(contains(&spans, b"accord-probe"), "no service name");
    assert!(contains(
        &of("metrics.v1.MetricsService"),
        b"rpc.server.call.duration"
    ));
    assert!(contains(&of("logs.v1.LogsService"), b"told to stop"));
}

#[tokio::test]
async fn missing_collector_hinders_neither_calls_nor_the_end() {
    let nowhere = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")];
    let mut running = Running::start_with(&nowhere).await;
    call(&mut running.client(), "/probe.Probe/Echo", "")
        .await
        .unwrap();
    running.signal("TERM");
    assert_eq!(running.end().await.code(), Some(0));
}
