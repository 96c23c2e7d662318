//! What the gateway answers itself over HTTP. It goes through the layers as a call of a path of its own, which needs no token: so it has a
//! request id, is measured, logged and limited as every call is.

use std::sync::Arc;

use axum::body::Body as RoutedBody;
use fault::Fault;
use host::Layered;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use tonic::{Code, body::Body};
use tower::Service as _;

use super::{kept, status, stream::whole, transcode::HttpStatus, web::Web};
use crate::fault::DOMAIN;

/// The path of such a call. No service has it, so that a caller who sends it is told that there is no such method; it is none
/// of gRPC, so that the access log tells what was asked for over HTTP instead.
pub(crate) const PATH: &str = "/gateway/Answer";

/// What is answered.
#[derive(Clone)]
pub(super) enum Own {
    /// A page at this path.
    Page(Arc<Web>, String),
    /// A refusal, with an HTTP status that its code may not have.
    Refused {
        http: StatusCode,
        fault: Fault,
        /// The HTTP methods that the path has.
        allow: Option<HeaderValue>,
    },
}

impl Own {
    pub(super) fn refused(http: StatusCode, fault: Fault) -> Self {
        Self::Refused {
            http,
            fault,
            allow: None,
        }
    }

    /// The page that tells whether the process lives or is ready, if it is one of those.
    fn probed(&self) -> Option<(Arc<Web>, &'static str)> {
        match self {
            Self::Page(web, path) => Some((Arc::clone(web), Web::probe(path)?)),
            Self::Refused { .. } => None,
        }
    }

    /// The answer as the layers see it: its code stands where that of every call does.
    pub(super) async fn answer(self) -> Response<RoutedBody> {
        match self {
            Self::Page(web, path) => {
                let mut response = web.answer(&path).await;
                let code = match response.status() {
                    StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
                    _ => Code::Ok,
                };
                let code = HeaderValue::from(i32::from(code));
                response.headers_mut().insert(STATUS, code);
                response.extensions_mut().insert(Whole);
                response.map(RoutedBody::from)
            }
            Self::Refused { http, fault, allow } => {
                let refused: Response<Body> = fault.into_status(DOMAIN).into_http();
                let mut refused = refused.map(RoutedBody::new);
                refused.extensions_mut().insert(HttpStatus(http));
                if let Some(allow) = allow {
                    refused.headers_mut().insert(header::ALLOW, allow);
                }
                refused
            }
        }
    }
}

/// Marks an answer that is already one of HTTP.
#[derive(Clone, Copy, Debug)]
struct Whole;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// Makes the call, and its answer into one of HTTP. Whether the process lives and is ready is answered even where a layer
/// refuses the call for load: who asks would restart a process that is only busy.
pub(super) async fn response(
    mut inner: Layered,
    mut call: Request<Body>,
    own: Own,
) -> Response<Body> {
    let probed = own.probed();
    call.extensions_mut().insert(own);
    let Ok(mut given) = inner.call(call).await;
    if given.extensions().get::<Whole>().is_some() {
        given.headers_mut().remove(STATUS);
        return given;
    }
    if let Some((web, path)) = probed {
        let mut response = web.answer(path).await.map(whole);
        response.headers_mut().extend(kept(given.headers()));
        return response;
    }
    // A refusal: of the gateway, or of a layer before it.
    let status = status::of(given.headers());
    let mut response = match given.extensions().get() {
        Some(HttpStatus(http)) => status::response_with(*http, &status),
        None => status::response(&status),
    }
    .map(whole);
    response.headers_mut().extend(kept(given.headers()));
    response
}
