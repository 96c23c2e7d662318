//! Faults of the layers as answers and as trailers.

use std::future::ready;

use fault::Fault;
use http::{HeaderMap, HeaderValue, Response};
use tonic::{Status, body::Body};

use super::{Answer, Answering};

/// `ErrorInfo.domain` of what the host itself answers.
const DOMAIN: &str = "accord";

/// Makes the status of what the host itself answers.
pub(crate) fn status(fault: Fault) -> Status {
    fault.into_status(DOMAIN)
}

/// Makes the status of a call of `method`, `package.Service/Method` with a slash before it or not, as its own service would.
pub(super) fn status_of(method: &str, fault: Fault) -> Status {
    fault.into_status(package(method).unwrap_or(DOMAIN))
}

/// Makes the whole answer to a call that fails before its handler has answered.
pub(crate) fn response(fault: Fault) -> Response<Body> {
    status(fault).into_http()
}

/// Refuses a call that goes no further than this layer.
pub(super) fn refusal(fault: Fault) -> Answering {
    let refusal: Answer = Ok(response(fault));
    Box::pin(ready(refusal))
}

/// Refuses a call of `path` as its own service would, in the same words.
pub(super) fn refusal_of(path: &str, fault: Fault) -> Answering {
    let refusal: Answer = Ok(status_of(path, fault).into_http());
    Box::pin(ready(refusal))
}

/// The package of `package.Service/Method`, with a slash before it or not.
fn package(path: &str) -> Option<&str> {
    let (service, _) = path.strip_prefix('/').unwrap_or(path).split_once('/')?;
    Some(service.rsplit_once('.')?.0)
}

/// Makes the trailers that end an answer already begun.
pub(crate) fn trailers(fault: Fault) -> HeaderMap {
    trailers_of(&status(fault))
}

/// Makes the trailers that end an answer with `status`.
pub(super) fn trailers_of(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    if status.add_header(&mut trailers).is_err() {
        // A detail could not be written as a header: INTERNAL alone still ends the call in order.
        trailers.insert("grpc-status", HeaderValue::from_static("13"));
    }
    trailers
}
