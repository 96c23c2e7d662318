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

/// The path of such a call. No service has it, so that a caller who sends it is told that there is no such method.
pub(crate) const PATH: &str = "/accord.gateway/Answer";

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

/// Makes the call, and its answer into one of HTTP.
pub(super) async fn response(mut inner: Layered, call: Request<Body>) -> Response<Body> {
    let Ok(mut given) = inner.call(call).await;
    if given.extensions().get::<Whole>().is_some() {
        given.headers_mut().remove(STATUS);
        return given;
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
