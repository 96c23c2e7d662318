//! Answers `RESOURCE_EXHAUSTED` to a message over the size limit.
//!
//! tonic answers `OUT_OF_RANGE`; grpc-go, grpc-java and gRPC C++ answer `RESOURCE_EXHAUSTED`, which is
//! what clients in those languages look for.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use fault::Fault;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::{Code, Status, body::Body};
use tower::Service;

use super::{Answering, Inner, answer};

/// Translates tonic's answer to an oversized message.
#[derive(Clone)]
pub(super) struct Size<S> {
    inner: S,
}

impl<S> Size<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for Size<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            if response.headers().contains_key("grpc-status") {
                translate(response.headers_mut());
                return Ok(response);
            }
            Ok(response.map(|body| Body::new(body.map_frame(translate_trailers))))
        })
    }
}

fn translate_trailers<D>(mut frame: Frame<D>) -> Frame<D> {
    if let Some(trailers) = frame.trailers_mut() {
        translate(trailers);
    }
    frame
}

/// Replaces the status in `headers` if it is tonic's for an oversized message.
///
/// The text is the only mark: a handler's own `OUT_OF_RANGE` must pass.
fn translate(headers: &mut HeaderMap) {
    if headers.get("grpc-status").is_none_or(|code| code != "11") {
        return;
    }
    let Some(status) = Status::from_header_map(headers) else {
        return;
    };
    let Some((_, sizes)) = status.message().split_once("message length too large: ") else {
        return;
    };
    let fault = Fault::new(
        Code::ResourceExhausted,
        "MESSAGE_TOO_LARGE",
        format!("the message is too large: {sizes}"),
    );
    headers.remove("grpc-message");
    headers.remove("grpc-status-details-bin");
    headers.extend(answer::trailers(fault));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(code: &str, message: &str) -> (Code, String) {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", code.parse().unwrap());
        headers.insert("grpc-message", message.parse().unwrap());
        translate(&mut headers);
        let status = Status::from_header_map(&headers).unwrap();
        (status.code(), status.message().to_owned())
    }

    #[test]
    fn only_tonics_own_answer_is_translated() {
        let text = "Error,%20decoded%20message%20length%20too%20large:%20found%205%20bytes";
        let (code, message) = translated("11", text);
        assert_eq!(code, Code::ResourceExhausted);
        assert_eq!(message, "the message is too large: found 5 bytes");
        assert_eq!(translated("11", "expired").0, Code::OutOfRange);
        assert_eq!(translated("3", text).0, Code::InvalidArgument);
    }
}
