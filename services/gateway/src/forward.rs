//! Forwarding of calls byte for byte: by path alone, without decoding a message.
//!
//! Metadata, message framing, compression, trailers, both directions of streaming, cancellation and
//! flow control are those of the two HTTP/2 streams, so a service's new method, or a service that
//! the gateway has never heard of, needs no change here.

mod reply;
mod timeout;

use std::sync::Arc;

use axum::body::Body as IncomingBody;
use host::Passed;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use tonic::body::Body;

use crate::{
    fault,
    rest::transcode,
    upstream::{Upstream, Upstreams},
};

pub(crate) use self::{reply::until_lost, timeout::Deadline};

/// Packages whose services the gateway answers itself, or by more than the path.
const OWN: [&str; 3] = ["/grpc.", "/accord.ledger.", "/accord.overview."];

/// Passes a call of gRPC on if its path is all that has to be known of it: most calls, which need no router. What comes by
/// REST has still to become a message.
pub(crate) fn at_once(upstreams: &Upstreams, call: Request<Body>) -> Passed {
    let path = call.uri().path();
    if OWN.iter().any(|own| path.starts_with(own))
        || transcode::is_of_rest(call.extensions())
        || !is_grpc(&call)
    {
        return Passed::Back(call);
    }
    let Some(upstream) = upstreams.find(path).cloned() else {
        return Passed::Back(call);
    };
    Passed::On(Box::pin(async move { Ok(forward(&upstream, call).await) }))
}

/// Answers one call that the gateway does not answer itself.
pub(crate) async fn by_path(
    upstreams: Arc<Upstreams>,
    request: Request<IncomingBody>,
) -> Response<Body> {
    if !is_grpc(&request) {
        return not_grpc();
    }
    match upstreams.find(request.uri().path()) {
        Some(upstream) => forward(upstream, request.map(Body::new)).await,
        None => fault::unknown_method(request.uri().path()).into_http(),
    }
}

/// The header that says whom a request is of. What a caller writes there is no better than its word.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Sends `request` to `upstream` and returns its answer, or the status that says why there is none.
pub(crate) async fn forward(upstream: &Upstream, mut request: Request<Body>) -> Response<Body> {
    // The host of the caller's address is not the upstream's: the channel names its own.
    request.headers_mut().remove(header::HOST);
    let client = host::client_address(request.extensions())
        .and_then(|client| HeaderValue::try_from(client.to_string()).ok());
    match client {
        Some(client) => _ = request.headers_mut().insert(FORWARDED_FOR, client),
        None => _ = request.headers_mut().remove(FORWARDED_FOR),
    }
    host::propagate(request.headers_mut());
    let mut response = upstream.channel.send(request).await;
    response.extensions_mut().insert(host::Forwarded);
    response
}

/// Tells whether the request is a gRPC call: only those are forwarded.
pub(crate) fn is_grpc<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

/// Answers a request that is not gRPC, as the protocol has it.
pub(crate) fn not_grpc() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    response
}
