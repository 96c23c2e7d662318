//! Refuses calls of Accord's own methods, of health and of reflection that are no calls of gRPC, or that give a time which is none.
//!
//! Source: "gRPC over HTTP2", "Content-Type" and "Timeout". What is of another package is for its own server to judge, behind a gateway.

use std::{
    convert::Infallible,
    future::ready,
    task::{Context, Poll},
};

use fault::Fault;
use http::{HeaderMap, Request, Response, StatusCode, header::CONTENT_TYPE};
use tonic::{Code, body::Body};
use tower::Service;

use super::{Answer, Answering, Inner, answer, deadline, is_infrastructure};
use crate::methods::shape;

/// Checks the form of a call.
#[derive(Clone)]
pub(super) struct Form<S> {
    inner: S,
}

impl<S> Form<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for Form<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let path = request.uri().path();
        if shape(path).is_none() && !is_infrastructure(path) {
            return self.inner.call(request);
        }
        let headers = request.headers();
        if !is_understood(headers) {
            return other_type();
        }
        if headers.contains_key("grpc-timeout") && deadline::timeout(headers).is_none() {
            let message =
                "grpc-timeout must be one to eight digits and one of the units H, M, S, m, u and n";
            return answer::refusal(Fault::new(
                Code::InvalidArgument,
                "TIMEOUT_INVALID",
                message,
            ));
        }
        self.inner.call(request)
    }
}

/// Whether the content type is `application/grpc`, with `+proto` or parameters or without.
fn is_understood(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default();
    let kind = kind.trim();
    kind.eq_ignore_ascii_case("application/grpc")
        || kind.eq_ignore_ascii_case("application/grpc+proto")
}

/// Refuses another content type: with the status that the protocol asks for, which clients of HTTP understand.
fn other_type() -> Answering {
    let message = "a call of gRPC has the content type application/grpc, with +proto or without";
    let fault = Fault::new(Code::InvalidArgument, "CONTENT_TYPE_UNKNOWN", message);
    let mut response = answer::response(fault);
    *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let refusal: Answer = Ok(response);
    Box::pin(ready(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_protobuf_over_grpc_is_understood() {
        for (kind, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("Application/gRPC; charset=utf-8", true),
            ("application/grpc-nope", false),
            ("application/grpc+json", false),
            ("application/grpcs", false),
            ("application/json", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            assert_eq!(is_understood(&headers), expected, "{kind:?}");
        }
        assert!(!is_understood(&HeaderMap::new()));
    }
}
