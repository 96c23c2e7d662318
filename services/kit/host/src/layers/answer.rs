//! Faults of the layers as answers and as trailers.

use std::future::ready;

use fault::Fault;
use http::{HeaderMap, HeaderValue, Response};
use tonic::body::Body;

use super::{Answer, Answering};

/// `ErrorInfo.domain` of what the host itself answers.
const DOMAIN: &str = "accord";

/// Makes the whole answer to a call that fails before its handler has answered.
pub(crate) fn response(fault: Fault) -> Response<Body> {
    fault.into_status(DOMAIN).into_http()
}

/// Refuses a call that goes no further than this layer.
pub(super) fn refusal(fault: Fault) -> Answering {
    let refusal: Answer = Ok(response(fault));
    Box::pin(ready(refusal))
}

/// Refuses a call of `path` as its own service would, in the same words.
pub(super) fn refusal_of(path: &str, fault: Fault) -> Answering {
    let status = fault.into_status(package(path).unwrap_or(DOMAIN));
    let refusal: Answer = Ok(status.into_http());
    Box::pin(ready(refusal))
}

/// The package of `/package.Service/Method`.
fn package(path: &str) -> Option<&str> {
    let (service, _) = path.strip_prefix('/')?.split_once('/')?;
    Some(service.rsplit_once('.')?.0)
}

/// Makes the trailers that end an answer already begun.
pub(crate) fn trailers(fault: Fault) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    if fault.into_status(DOMAIN).add_header(&mut trailers).is_err() {
        // A detail could not be written as a header: INTERNAL alone still ends the call in order.
        trailers.insert("grpc-status", HeaderValue::from_static("13"));
    }
    trailers
}
