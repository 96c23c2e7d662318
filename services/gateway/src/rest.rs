//! REST and JSON: every method of the contracts under the path of its `google.api.http` rule.
//!
//! A request becomes the gRPC call of its method and goes through everything that such a call goes through: it is measured, has a deadline
//! and a place, and its token is checked. Only then is its body read and made into a message (`transcode`). The answer becomes
//! JSON. What is no gRPC and no path of a method is answered here: health, the version, the descriptors, the description for
//! programs and for people.

mod answer;
pub(crate) mod cors;
mod docs;
#[cfg(test)]
mod laws;
mod openapi;
mod query;
mod request;
mod routes;
mod status;
mod stream;
mod strict;
mod template;
pub(crate) mod transcode;
mod web;

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use fault::Fault;
use futures::future::BoxFuture;
use host::{Layered, Ready};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header,
};
use tonic::{Code, body::Body};
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer as _, Service};

use crate::{fault::DOMAIN, forward::is_grpc};
use routes::{Found, Routes, Rule};
use stream::{Form, whole};
use transcode::Asked;

/// What goes on to the method with the call.
const PASSED_ON: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::USER_AGENT,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("grpc-timeout"),
];

/// Answers gRPC with the service inside, and everything else itself, by calls of that service.
#[derive(Clone)]
pub(crate) struct Rest {
    inner: Layered,
    web: GrpcWebService<Layered>,
    shared: Arc<Shared>,
}

struct Shared {
    routes: Routes,
    web: web::Web,
}

impl Rest {
    /// Stands in front of `inner`, whose services `is_served` names and that is `ready` or not.
    pub(crate) fn new(inner: Layered, is_served: impl Fn(&str) -> bool, ready: Ready) -> Self {
        let routes = Routes::of(accord_proto::descriptors(), is_served);
        let web = web::Web::new(&routes, ready);
        Self {
            web: GrpcWebLayer::new().layer(inner.clone()),
            inner,
            shared: Arc::new(Shared { routes, web }),
        }
    }
}

impl Service<Request<Body>> for Rest {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if is_grpc_web(request.headers()) {
            return Box::pin(self.web.call(request));
        }
        if is_grpc(&request) {
            if request.version() == Version::HTTP_2 {
                return Box::pin(self.inner.call(request));
            }
            // Trailers, in which the status stands, would be lost.
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::HTTP_VERSION_NOT_SUPPORTED;
            return Box::pin(std::future::ready(Ok(response)));
        }
        // The one that is ready goes on with the call.
        let inner = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, inner);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let is_head = request.method() == Method::HEAD;
            let mut response = match shared.answer(inner, request).await {
                Ok(response) => response,
                Err(Refusal(http, fault)) => {
                    let status = fault.into_status(DOMAIN);
                    match http {
                        Some(http) => status::response_with(http, &status).map(whole),
                        None => status::response(&status).map(whole),
                    }
                }
            };
            web::secure(response.headers_mut());
            if is_head {
                *response.body_mut() = Body::empty();
            }
            Ok(response)
        })
    }
}

/// Why a request is not passed on; with another HTTP status than the code has.
struct Refusal(Option<StatusCode>, Fault);

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(None, fault)
    }
}

impl Shared {
    async fn answer(
        &self,
        inner: Layered,
        request: Request<Body>,
    ) -> Result<Response<Body>, Refusal> {
        let (parts, body) = request.into_parts();
        if let Some(fault) = host::refusal(&parts.extensions) {
            return Err(fault.into());
        }
        let verb = if parts.method == Method::HEAD {
            &Method::GET
        } else {
            &parts.method
        };
        let path = parts.uri.path();
        if let Some(response) = self.web.answer(verb, path).await {
            return Ok(response.map(whole));
        }
        let (rule, variables) = match self.routes.find(verb, path) {
            Found::Rule(rule, variables) => (rule, variables),
            Found::BadPath => {
                return Err(request::malformed("the path is not UTF-8".to_owned()).into());
            }
            Found::Nothing if is_of_grpc(path) => {
                let message = "the path is one of gRPC: send content-type application/grpc, or see /openapi.json";
                let fault = Fault::new(Code::InvalidArgument, "CONTENT_TYPE_UNKNOWN", message);
                return Err(Refusal(Some(StatusCode::UNSUPPORTED_MEDIA_TYPE), fault));
            }
            Found::Nothing => {
                let fault = unknown(
                    path,
                    format!("there is nothing at {path}; /openapi.json says what there is"),
                );
                return Err(Refusal(Some(StatusCode::NOT_FOUND), fault));
            }
            Found::OtherMethods(known) => {
                let known = known.into_iter().collect::<Vec<_>>().join(", ");
                let fault = unknown(
                    path,
                    format!("{path} is not answered to {verb}, but to {known}"),
                );
                let status = fault.into_status(DOMAIN);
                let mut response = status::response_with(StatusCode::METHOD_NOT_ALLOWED, &status);
                if let Ok(known) = HeaderValue::try_from(known) {
                    response.headers_mut().insert(header::ALLOW, known);
                }
                return Ok(response.map(whole));
            }
        };
        let mut call = call(rule, &parts.headers, body);
        if let Some(certificate) = parts.extensions.get::<host::PeerCertificate>() {
            call.extensions_mut().insert(certificate.clone());
        }
        call.extensions_mut()
            .insert(Asked::new(rule, variables, &parts));
        host::carry(&parts.extensions, call.extensions_mut());
        Ok(pass_on(inner, rule, call, &parts.headers, &parts.uri).await)
    }
}

/// Whether the call is one of a browser, which cannot read trailers.
fn is_grpc_web(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc-web"))
}

/// Whether a path is that of a method of gRPC: `/package.Service/Method`.
fn is_of_grpc(path: &str) -> bool {
    let parts = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    parts.is_some_and(|(service, method)| service.contains('.') && !method.contains('/'))
}

fn unknown(path: &str, message: String) -> Fault {
    Fault::new(Code::Unimplemented, "METHOD_UNKNOWN", message).with_metadata("path", path)
}

/// Makes the call of a method, whose body is still that of the request: behind the layers it becomes a message.
fn call(rule: &Rule, headers: &HeaderMap, body: Body) -> Request<Body> {
    let mut call = Request::new(body);
    *call.method_mut() = Method::POST;
    *call.version_mut() = Version::HTTP_2;
    let path = format!(
        "/{}/{}",
        rule.method.parent_service().full_name(),
        rule.method.name()
    );
    *call.uri_mut() = Uri::try_from(path).unwrap_or_default();
    for name in PASSED_ON {
        for value in headers.get_all(&name) {
            call.headers_mut().append(name.clone(), value.clone());
        }
    }
    let given = call.headers_mut();
    given.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    given.insert(header::TE, HeaderValue::from_static("trailers"));
    call
}

/// Makes the call, and its answer into one of REST.
async fn pass_on(
    mut inner: Layered,
    rule: &Rule,
    call: Request<Body>,
    headers: &HeaderMap,
    uri: &Uri,
) -> Response<Body> {
    let Ok(given) = inner.call(call).await;
    let id = given.headers().get("x-request-id").cloned();
    if let Some(transcode::HttpStatus(http)) = given.extensions().get() {
        let mut response = status::response_with(*http, &status::of(given.headers())).map(whole);
        if let Some(id) = id {
            response.headers_mut().insert("x-request-id", id);
        }
        return response;
    }
    let output = rule.method.output();
    let mut response = if rule.method.is_server_streaming() {
        stream::response(given, output, Form::asked(headers))
    } else {
        match answer::only(given, output).await {
            Ok((message, rest)) => answer::response(rule, &message, headers, uri)
                .map(|response| response.map(|bytes| answer::held(bytes, rest))),
            Err(status) => Err(status),
        }
        .unwrap_or_else(|status| status::response(&status).map(whole))
    };
    if let Some(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
