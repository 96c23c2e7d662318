//! Gives each call a request id and a span, and measures it by method and code.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use clock::Clock;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body::{Frame, SizeHint};
use tonic::{Code, Status, body::Body};
use tower::Service;
use tracing::{Instrument as _, Span};

use super::{Answering, Forwarded, Inner};
use crate::{Metrics, exchange::Exchange, trace_context};

/// Carries the request id, in both directions.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id taken from a caller; a UUID has 36 characters.
const MAX_REQUEST_ID_BYTES: usize = 64;

/// Measures and names each call.
#[derive(Clone)]
pub(super) struct Observe<S> {
    inner: S,
    component: &'static str,
    metrics: Metrics,
    clock: Clock,
}

impl<S> Observe<S> {
    pub(super) fn new(inner: S, component: &'static str, metrics: Metrics, clock: Clock) -> Self {
        Self {
            inner,
            component,
            metrics,
            clock,
        }
    }
}

impl<S: Inner> Service<Request<Body>> for Observe<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        let id = request_id(request.headers(), &self.clock);
        request.headers_mut().insert(REQUEST_ID, id.clone());
        let method = self.metrics.method(request.uri().path());
        let span = tracing::info_span!(
            "call",
            otel.name = &*method,
            otel.kind = "server",
            rpc.system.name = "grpc",
            rpc.method = &*method,
            rpc.response.status_code = tracing::field::Empty,
            request_id = id.to_str().unwrap_or_default(),
            trace_id = trace_context::trace_id(request.headers()),
            accord.component = self.component,
            accord.agency = tracing::field::Empty,
        );
        trace_context::adopt(&span, request.headers());
        let exchange = Exchange::of(request.extensions()).cloned();
        if let Some(exchange) = &exchange {
            let trace_id = trace_context::current(&span, request.headers());
            exchange.set_call(request.uri().path(), trace_id, id.clone());
        }
        let mut call = Call {
            exchange,
            method,
            component: self.component,
            metrics: self.metrics.clone(),
            span: span.clone(),
            begun: Instant::now(),
            ended: false,
        };
        let answer = span.in_scope(|| self.inner.call(request));
        let answering = async move {
            let mut response = answer.await?;
            response.headers_mut().insert(REQUEST_ID, id);
            if let Some(code) = code(response.headers()) {
                call.end(code);
                return Ok(response);
            }
            let otherwise = not_grpc(&response);
            if http_body::Body::is_end_stream(response.body()) {
                // Nobody polls a body that is known to be empty.
                call.end(otherwise);
                return Ok(response);
            }
            let is_forwarded = response.extensions().get::<Forwarded>().is_some();
            Ok(response.map(|inner| {
                Body::new(Observed {
                    inner,
                    call,
                    otherwise,
                    is_forwarded,
                })
            }))
        };
        Box::pin(answering.instrument(span))
    }
}

/// Takes the caller's request id if it is short and visible ASCII, else makes one.
fn request_id(headers: &HeaderMap, clock: &Clock) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|value| {
        !value.is_empty()
            && value.len() <= MAX_REQUEST_ID_BYTES
            && value.as_bytes().iter().all(u8::is_ascii_graphic)
    });
    let mut id = match given {
        Some(id) => id.clone(),
        None => {
            let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
            let id = clock.new_call_id().hyphenated().encode_lower(&mut text);
            HeaderValue::from_str(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
        }
    };
    // No id comes twice, so it has no place in the tables by which HTTP/2 shortens headers.
    id.set_sensitive(true);
    id
}

/// The code that ends the call, if these headers or trailers do.
fn code(headers: &HeaderMap) -> Option<Code> {
    let code = headers.get("grpc-status")?;
    Some(Code::from_bytes(code.as_bytes()))
}

/// The code of an answer that ends without a status: a gRPC answer may not, others always do.
fn not_grpc(response: &Response<Body>) -> Code {
    let is_grpc = response
        .headers()
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"));
    match response.status() {
        status if status.is_success() && !is_grpc => Code::Ok,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        _ => Code::Unknown,
    }
}

/// One call in progress; counted once, when it ends or is dropped.
struct Call {
    method: Arc<str>,
    component: &'static str,
    metrics: Metrics,
    span: Span,
    exchange: Option<Exchange>,
    begun: Instant,
    ended: bool,
}

impl Call {
    fn end(&mut self, code: Code) {
        if self.ended {
            return;
        }
        self.ended = true;
        let code = code_name(code);
        if let Some(exchange) = &self.exchange {
            exchange.set_code(code);
        }
        let seconds = self.begun.elapsed().as_secs_f64();
        self.metrics
            .count(self.component, Arc::clone(&self.method), code, seconds);
        self.span.record("rpc.response.status_code", code);
        tracing::debug!(parent: &self.span, code, seconds, "call ended");
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // Dropped before its end: the client went away.
        self.end(Code::Cancelled);
    }
}

/// An answer whose end is awaited.
struct Observed {
    inner: Body,
    call: Call,
    /// The code if the answer ends without a status.
    otherwise: Code,
    /// It comes from elsewhere as it is: nothing is done here that its span would have to tell of.
    is_forwarded: bool,
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let inner = Pin::new(&mut this.inner);
        let polled = if this.is_forwarded {
            inner.poll_frame(context)
        } else {
            this.call.span.in_scope(|| inner.poll_frame(context))
        };
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(code) = frame.trailers_ref().and_then(code) {
                    this.call.end(code);
                }
            }
            Poll::Ready(Some(Err(_))) => this.call.end(Code::Unknown),
            Poll::Ready(None) => this.call.end(this.otherwise),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The name of a code as the protocol writes it.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
