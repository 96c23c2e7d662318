//! What each request of a connection passes first: its exchange is begun, and ended with its answer.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use fault::Fault;
use futures::future::BoxFuture;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode,
    header::STRICT_TRANSPORT_SECURITY,
};
use hyper::body::Incoming;
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::body::Body;
use tower::{Service as _, ServiceExt as _};

use super::{
    Exchange, Gate, Protocol,
    access::Line,
    patience::{Patience, Terms},
    request::{Broken, MaxMessage, Received},
    response::{Held, Sent},
};
use crate::{
    Layered, Metrics,
    layers::answer,
    limits::Standing,
    methods::shape,
    peer::{Peer, TrustedProxies},
};

/// Browsers are to use TLS for two years (RFC 6797). Nothing is said of other hosts of the domain.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// What all connections of a port share.
pub(crate) struct Exchanges {
    pub(crate) service: Layered,
    pub(crate) gate: Gate,
    pub(crate) proxies: TrustedProxies,
    pub(crate) terms: Terms,
    pub(crate) metrics: Metrics,
    /// Counts the requests whose answers have not ended.
    pub(crate) underway: TaskTracker,
    /// Cancelled when they are no longer waited for.
    pub(crate) ending: CancellationToken,
}

impl Exchanges {
    /// Returns what answers the requests of one connection.
    pub(crate) fn of(self: &Arc<Self>, peer: Peer) -> Connection {
        Connection {
            shared: Arc::clone(self),
            layers: Arc::new(Mutex::new(self.service.clone())),
            peer,
            business: Business::default(),
            // Of its own, so that calls of other connections, and threads, do not wait for one another.
            ending: self.ending.child_token(),
        }
    }
}

/// An answer to come.
type Asked = BoxFuture<'static, Result<Response<Body>, Infallible>>;

/// What answers the requests of one connection. Copies are the same.
#[derive(Clone)]
pub(crate) struct Connection {
    shared: Arc<Exchanges>,
    /// Its own copy, so that no request has to make one.
    layers: Arc<Mutex<Layered>>,
    peer: Peer,
    business: Business,
    ending: CancellationToken,
}

impl Connection {
    /// Returns how busy the connection is.
    pub(crate) fn business(&self) -> Business {
        self.business.clone()
    }

    /// Hands a request to the layers, which are always ready for one; where they once are not, to a copy that waits.
    fn ask(&self, request: Request<Body>) -> Asked {
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut context = Context::from_waker(Waker::noop());
        match layers.poll_ready(&mut context) {
            Poll::Ready(Ok(())) => layers.call(request),
            Poll::Pending => Box::pin(layers.clone().oneshot(request)),
        }
    }

    fn begin(&self, request: &Request<Incoming>) -> (Exchange, Held) {
        let client = self
            .shared
            .proxies
            .client(self.peer.address.ip(), request.headers());
        let exchange = Exchange::new(client, request, self.ending.clone());
        let of_address = self.shared.gate.enter(&exchange);
        let line = Line::new(
            exchange.clone(),
            request.method().clone(),
            request.uri().path(),
        );
        let held = Held {
            line,
            _underway: self.shared.underway.token(),
            _busy: self.business.begin(),
            _of_address: of_address,
        };
        (exchange, held)
    }
}

impl hyper::service::Service<Request<Incoming>> for Connection {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Asked;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (exchange, mut held) = self.begin(&request);
        let broken = Broken::default();
        let is_grpc = exchange.0.protocol == Protocol::Grpc;
        let shape = shape(request.uri().path());
        let takes_one = is_grpc && shape.is_some_and(|shape| !shape.takes_stream);
        // What is of other packages is for its own server to judge.
        let max_message = (exchange.0.protocol == Protocol::Rest || shape.is_some()).then(|| {
            let bytes = self.shared.terms.message_bytes;
            MaxMessage::of(bytes, exchange.0.protocol, request.headers())
        });
        let (mut parts, body) = request.into_parts();
        if let Some(certificate) = &self.peer.certificate {
            parts.extensions.insert(certificate.clone());
        }
        parts.extensions.insert(exchange.clone());
        let body = Received {
            inner: body,
            exchange: exchange.clone(),
            patience: Patience::new(self.shared.terms, is_grpc),
            broken: broken.clone(),
            max_message,
            takes_one,
            metrics: self.shared.metrics.clone(),
        };
        let request = Request::from_parts(parts, Body::new(body));
        let answering = self.ask(request);
        let is_tls = self.peer.is_tls;
        Box::pin(async move {
            let answered = if is_grpc {
                // What is wrong with the request is known here, and may have come to the other side as a stream that was cut.
                tokio::select! {
                    biased;
                    fault = broken.wait() => Ok(answer::response(fault)),
                    answered = answering => answered,
                }
            } else {
                answering.await
            };
            let Ok(response) = answered;
            // Nobody has taken it who answered before the layers, such as what answers the preflights of browsers.
            let response = match exchange.take_refusal() {
                Some(fault) => refused(fault, is_grpc),
                None => response,
            };
            let (mut parts, inner) = response.into_parts();
            if !is_grpc {
                add_headers(&mut parts.headers, &exchange, is_tls);
            }
            held.line.answered(parts.status);
            if http_body::Body::is_end_stream(&inner) {
                // Nobody polls a body that is known to be empty.
                return Ok(Response::from_parts(parts, inner));
            }
            let body = Body::new(Sent {
                inner,
                exchange,
                _held: held,
            });
            Ok(Response::from_parts(parts, body))
        })
    }
}

/// Refuses a request.
fn refused(fault: Fault, is_grpc: bool) -> Response<Body> {
    let mut response = answer::response(fault);
    if !is_grpc {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    }
    response
}

/// Adds what clients of HTTP are told beside the answer: how they stand with the limits, and that they are to keep to
/// TLS.
fn add_headers(headers: &mut HeaderMap, exchange: &Exchange, is_tls: bool) {
    if is_tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    let told = exchange.told();
    if told.standings.is_empty() {
        return;
    }
    let join = |words: Vec<String>| HeaderValue::try_from(words.join(", "));
    let policies = told.standings.iter().map(Standing::policy);
    let left = told.standings.iter().map(Standing::left);
    for (name, value) in [
        ("ratelimit-policy", join(policies.collect())),
        ("ratelimit", join(left.collect())),
    ] {
        if let Ok(value) = value {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// How many exchanges of a connection are in progress, and since when there are none. Copies share it.
#[derive(Clone)]
pub(crate) struct Business(Arc<(AtomicUsize, Mutex<Instant>)>);

impl Default for Business {
    fn default() -> Self {
        Self(Arc::new((AtomicUsize::new(0), Mutex::new(Instant::now()))))
    }
}

impl Business {
    fn begin(&self) -> Busy {
        self.0.0.fetch_add(1, Ordering::AcqRel);
        Busy(self.clone())
    }

    /// For how long there has been no exchange.
    pub(crate) fn idle(&self) -> Duration {
        if self.0.0.load(Ordering::Acquire) > 0 {
            return Duration::ZERO;
        }
        let since = self.0.1.lock().unwrap_or_else(PoisonError::into_inner);
        since.elapsed()
    }
}

/// An exchange in progress.
pub(super) struct Busy(Business);

impl Drop for Busy {
    fn drop(&mut self) {
        let since = &self.0.0.1;
        *since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}
