//! The port for operators: `/healthz`, `/readyz` and `/metrics` over plain HTTP.

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use tokio::{net::TcpListener, sync::watch};

use crate::{Metrics, health::Readiness};

/// The media type of Prometheus' text format.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Clone)]
struct Shown {
    readiness: watch::Receiver<Readiness>,
    metrics: Metrics,
}

/// Answers until the task is ended.
pub(crate) async fn serve(
    listener: TcpListener,
    readiness: watch::Receiver<Readiness>,
    metrics: Metrics,
) {
    let router = Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(measurements))
        .with_state(Shown { readiness, metrics });
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "the admin port ended");
    }
}

/// 200 when the service can answer, else 503 with what it waits for.
async fn ready(State(shown): State<Shown>) -> impl IntoResponse {
    match &*shown.readiness.borrow() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}

async fn measurements(State(shown): State<Shown>) -> impl IntoResponse {
    (
        [(axum::http::header::CONTENT_TYPE, PROMETHEUS)],
        shown.metrics.text(),
    )
}
