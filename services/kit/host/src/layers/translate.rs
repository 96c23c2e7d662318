//! Gives tonic's own answers the code and the details that this contract promises.
//!
//! tonic answers a request that it cannot read with a bare status: INTERNAL for one that is
//! malformed, which blames the server, `OUT_OF_RANGE` for one that is too large, where grpc-go,
//! grpc-java and gRPC C++ answer `RESOURCE_EXHAUSTED`. Whatever `fault` made has details and passes.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use fault::Fault;
use http::{HeaderMap, Request, Response, Uri};
use http_body_util::BodyExt as _;
use tonic::{Code, Status, body::Body};
use tower::Service;

use super::{Answering, Inner, answer};

/// Marks, among an answer's extensions, one that another server gave and that passes unchanged.
#[derive(Clone, Copy, Debug)]
pub struct Forwarded;

/// Translates tonic's answers to requests that it cannot read.
#[derive(Clone)]
pub(super) struct Translate<S> {
    inner: S,
}

impl<S> Translate<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for Translate<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let uri = request.uri().clone();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            if response.extensions().get::<Forwarded>().is_some() {
                return Ok(response);
            }
            if response.headers().contains_key("grpc-status") {
                translate(response.headers_mut(), &uri);
                return Ok(response);
            }
            Ok(response.map(|body| {
                Body::new(body.map_frame(move |mut frame| {
                    if let Some(trailers) = frame.trailers_mut() {
                        translate(trailers, &uri);
                    }
                    frame
                }))
            }))
        })
    }
}

/// Replaces the status in `headers` if it is tonic's own.
fn translate(headers: &mut HeaderMap, uri: &Uri) {
    let is_ok = headers.get("grpc-status").is_none_or(|code| code == "0");
    if is_ok || headers.contains_key("grpc-status-details-bin") {
        return;
    }
    let Some(status) = Status::from_header_map(headers) else {
        return;
    };
    let Some(fault) = meaning(&status, uri.path()) else {
        return;
    };
    headers.remove("grpc-message");
    headers.extend(answer::trailers(fault));
}

/// Returns what tonic means by `status`; nothing if it is a handler's.
///
/// The texts are the only mark: a handler's own `OUT_OF_RANGE` must pass.
fn meaning(status: &Status, path: &str) -> Option<Fault> {
    let text = status.message();
    match status.code() {
        Code::OutOfRange => {
            let (_, sizes) = text.split_once("message length too large: ")?;
            Some(too_large(sizes))
        }
        Code::ResourceExhausted => {
            let (_, sizes) = text.split_once("Error decompressing: ")?;
            Some(too_large(sizes))
        }
        Code::Internal if is_malformed(text) => Some(Fault::new(
            Code::InvalidArgument,
            "MESSAGE_MALFORMED",
            format!("the request is not a message of its type: {text}"),
        )),
        Code::Internal => Some(Fault::internal(text)),
        Code::Unimplemented if text.starts_with("Content is compressed with") => Some(Fault::new(
            Code::Unimplemented,
            "COMPRESSION_UNKNOWN",
            format!("{text}; grpc-accept-encoding says what is"),
        )),
        Code::Unimplemented => {
            let fault = Fault::new(
                Code::Unimplemented,
                "METHOD_UNKNOWN",
                format!("there is no method {path} here"),
            );
            Some(fault.with_metadata("path", path))
        }
        _ => None,
    }
}

fn too_large(sizes: &str) -> Fault {
    let message = format!("the message is too large: {sizes}");
    Fault::new(Code::ResourceExhausted, "MESSAGE_TOO_LARGE", message)
}

/// Tells whether `text` is tonic's or prost's of a request that cannot be read.
fn is_malformed(text: &str) -> bool {
    [
        "Missing request message",
        "Unexpected EOF decoding stream",
        "failed to decode Protobuf message",
        "protocol error: received message with",
        "Error decompressing",
    ]
    .iter()
    .any(|beginning| text.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(code: &str, message: &str) -> (Code, String) {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", code.parse().unwrap());
        headers.insert("grpc-message", message.parse().unwrap());
        translate(&mut headers, &Uri::from_static("/a.B/C"));
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

    #[test]
    fn internal_of_our_own_doing_stays_internal_without_its_text() {
        let (code, message) = translated("13", "Error%20encoding:%20secret");
        assert_eq!(code, Code::Internal);
        assert!(!message.contains("secret"), "{message}");
    }
}
