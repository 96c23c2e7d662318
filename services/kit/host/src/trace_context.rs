//! W3C trace context: taken from the caller's headers, given on to the next hop.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    propagation::{Extractor, Injector, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Makes `span` a child of the span named in `headers`; without telemetry this does nothing.
pub(crate) fn adopt(span: &Span, headers: &HeaderMap) {
    if !headers.contains_key("traceparent") {
        return;
    }
    let parent = TraceContextPropagator::new().extract(&Carrier(headers));
    // The error says only that no telemetry is set up, which is a choice.
    let _ = span.set_parent(parent);
}

/// Writes the current span into the headers of an outgoing call.
///
/// Without telemetry the headers stay as they are, so that a forwarded call keeps its caller's.
pub fn propagate(headers: &mut HeaderMap) {
    let context = Span::current().context();
    if context.span().span_context().is_valid() {
        TraceContextPropagator::new().inject_context(&context, &mut CarrierMut(headers));
    }
}

/// Returns the trace id in `headers`, for log lines; empty if there is none.
pub(crate) fn trace_id(headers: &HeaderMap) -> &str {
    headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok()?.split('-').nth(1))
        .filter(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .unwrap_or_default()
}

/// Returns the trace id of `span`, or without telemetry the one in `headers`; empty if there is none.
pub(crate) fn current(span: &Span, headers: &HeaderMap) -> String {
    let context = span.context();
    let of_span = context.span().span_context().clone();
    if of_span.is_valid() {
        of_span.trace_id().to_string()
    } else {
        trace_id(headers).to_owned()
    }
}

struct Carrier<'a>(&'a HeaderMap);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct CarrierMut<'a>(&'a mut HeaderMap);

impl Injector for CarrierMut<'_> {
    fn set(&mut self, key: &str, value: String) {
        let name = HeaderName::try_from(key);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
