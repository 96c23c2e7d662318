//! What the gateway says of itself over HTTP: whether it is alive and ready, its version, and what it serves.

use std::time::Duration;

use bytes::Bytes;
use host::Ready;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};
use tonic::body::Body;

use super::{answer, docs, openapi, routes::Routes, status::JSON};

/// The paths beside those of the page for people.
const PATHS: [&str; 5] = [
    "/healthz",
    "/readyz",
    "/version",
    "/descriptors.binpb",
    "/openapi.json",
];

/// Those by which an orchestrator asks how the process is.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// For so long an answer on readiness holds, as on the admin port.
const REMEMBERED: Duration = Duration::from_secs(2);

/// Answers the paths that are no methods. They need no token: they say nothing of what is recorded.
pub(super) struct Web {
    ready: Ready,
    /// What was last answered on readiness, and when: anybody may ask, and the services are not to be asked as often.
    asked: Mutex<Option<(Instant, bool)>>,
    description: Bytes,
    /// The tag of the description.
    tag: Option<HeaderValue>,
}

impl Web {
    pub(super) fn new(routes: &Routes, ready: Ready) -> Self {
        let description = Bytes::from(openapi::document(routes).to_string());
        Self {
            ready,
            asked: Mutex::new(None),
            tag: answer::tag_of(&description),
            description,
        }
    }

    async fn is_ready(&self) -> bool {
        let mut asked = self.asked.lock().await;
        if let Some((at, is_ready)) = *asked
            && at.elapsed() < REMEMBERED
        {
            return is_ready;
        }
        let is_ready = (self.ready)().await.is_ok();
        *asked = Some((Instant::now(), is_ready));
        is_ready
    }

    /// Whether a path is one of these.
    pub(super) fn has(path: &str) -> bool {
        PATHS.contains(&path) || docs::has(path)
    }

    /// The path, if an orchestrator asks there how the process is.
    pub(super) fn probe(path: &str) -> Option<&'static str> {
        PROBES.into_iter().find(|probe| *probe == path)
    }

    /// Answers one of the paths.
    pub(super) async fn answer(&self, path: &str) -> Response<Bytes> {
        match path {
            "/healthz" => of_json(StatusCode::OK, &json!({ "status": "ok" })),
            "/readyz" if self.is_ready().await => {
                of_json(StatusCode::OK, &json!({ "status": "ready" }))
            }
            // The admin port says why.
            "/readyz" => of_json(
                StatusCode::SERVICE_UNAVAILABLE,
                &json!({ "status": "not ready" }),
            ),
            "/version" => of_json(
                StatusCode::OK,
                &json!({ "name": "accord", "version": env!("CARGO_PKG_VERSION") }),
            ),
            "/descriptors.binpb" => of(
                "application/x-protobuf; messageType=\"google.protobuf.FileDescriptorSet\"",
                Bytes::from_static(accord_proto::FILE_DESCRIPTOR_SET),
            ),
            "/openapi.json" => {
                let mut response = of(
                    "application/vnd.oai.openapi+json;version=3.1",
                    self.description.clone(),
                );
                if let Some(tag) = &self.tag {
                    response.headers_mut().insert(header::ETAG, tag.clone());
                }
                response
            }
            path => docs::answer(path),
        }
    }
}

fn of_json(status: StatusCode, value: &Value) -> Response<Bytes> {
    let mut response = Response::new(value.to_string().into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

fn of(kind: &'static str, bytes: Bytes) -> Response<Bytes> {
    let mut response = Response::new(bytes);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Leaves out a page that the caller has (RFC 9110 section 13.1.2).
pub(super) fn unless_known(response: &mut Response<Body>, given: &HeaderMap) {
    let tag = response.headers().get(header::ETAG);
    if response.status() == StatusCode::OK && tag.is_some_and(|tag| answer::matches(given, tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        *response.body_mut() = Body::empty();
    }
}

/// Adds what keeps a browser from doing more with an answer than showing it (OWASP REST Security Cheat Sheet).
pub(super) fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        // An answer is its caller's alone; one with an etag may be kept and asked for again.
        (header::CACHE_CONTROL, "private, no-cache"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}
