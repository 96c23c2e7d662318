//! REST and JSON: every method of the contracts under the path of its `google.api.http` rule.
//!
//! A request becomes the gRPC call of its method and goes through everything that such a call goes through: it is measured, has a deadline
//! and a place, and its token is checked. Only then is its body read and made into a message (`transcode`). The answer becomes
//! JSON. What is no gRPC and no path of a method is answered by the gateway itself, behind the same layers (`own`): health, the version, the
//! descriptors, the description for programs and for people, and refusals.

mod answer;
#[cfg(test)]
mod canonical;
#[cfg(test)]
mod chance;
pub(crate) mod cors;
mod docs;
mod grpc_web;
#[cfg(test)]
mod laws;
mod openapi;
pub(crate) mod own;
mod query;
mod request;
mod routes;
mod status;
mod stream;
mod strict;
mod table;
mod template;
pub(crate) mod transcode;
pub(crate) mod transcoder;
mod web;
mod wrong;

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
};

use fault::Fault;
use futures::{FutureExt as _, future::BoxFuture};
use host::{Layered, Ready};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version,
    header, request::Parts,
};
use tonic::{Code, body::Body};
use tower::Service;

use answer::Output;
use own::Own;
use routes::{Found, Routes, Rule};
use stream::{Form, whole};
use transcode::Asked;

/// What goes on to the method with the call.
const PASSED_ON: [HeaderName; 7] = [
    header::AUTHORIZATION,
    // The layers take it away where it is not believed.
    HeaderName::from_static("client-cert"),
    header::USER_AGENT,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("grpc-timeout"),
];

/// The headers of an answer that are those of the layers.
const KEPT: [HeaderName; 4] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    header::ALLOW,
];

/// Answers gRPC with the service inside, and everything else itself, by calls of that service.
#[derive(Clone)]
pub(crate) struct Rest {
    inner: Layered,
    shared: Arc<Shared>,
}

struct Shared {
    routes: Routes,
    web: Arc<web::Web>,
}

/// A rule, and the fields that the path gives.
type Called<'a> = (&'a Arc<Rule>, Vec<(&'a str, String)>);

impl Rest {
    /// Stands in front of `inner`, whose services `is_served` names and that is `ready` or not.
    pub(crate) fn new(inner: Layered, is_served: impl Fn(&str) -> bool, ready: Ready) -> Self {
        let routes = Routes::of(accord_proto::descriptors(), is_served);
        let web = Arc::new(web::Web::new(&routes, ready));
        Self {
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
        if let Some(coding) = grpc_web::coding(request.headers())
            && request.method() == Method::POST
        {
            let (call, coding) = grpc_web::call(request, coding);
            let answer = self.inner.call(call);
            return Box::pin(async move {
                let mut response = grpc_web::answer(answer.await?, coding);
                web::secure(response.headers_mut());
                Ok(response)
            });
        }
        let is_web = grpc_web::is_named(request.headers());
        if is_grpc(request.headers()) && !is_web && request.version() == Version::HTTP_2 {
            return Box::pin(self.inner.call(request));
        }
        // The one that is ready goes on with the call.
        let inner = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, inner);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let is_head = request.method() == Method::HEAD;
            // What goes wrong here goes wrong for one caller: the layers inside guard what is behind them.
            let answer = AssertUnwindSafe(shared.answer(inner, request)).catch_unwind();
            let mut response = answer.await.unwrap_or_else(|_logged| {
                let status = status::broken("making an answer of REST panicked");
                status::response(&status).map(whole)
            });
            web::secure(response.headers_mut());
            if is_head {
                *response.body_mut() = Body::empty();
            }
            Ok(response)
        })
    }
}

impl Shared {
    /// Answers by a call of what is behind the layers: of the method that the path names, or of the gateway itself.
    async fn answer(self: Arc<Self>, inner: Layered, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        match self.own(&parts) {
            Ok((rule, variables)) => {
                let mut call = call(rule.path.clone(), &parts, body);
                call.extensions_mut()
                    .insert(Asked::new(rule, variables, &parts));
                pass_on(inner, rule, call, &parts.headers, &parts.uri).await
            }
            Err(own) => {
                let call = call(Uri::from_static(own::PATH), &parts, Body::empty());
                let mut response = own::response(inner, call, own).await;
                web::unless_known(&mut response, &parts.headers);
                response
            }
        }
    }

    /// The rule that a request is of, with the fields that its path gives; else what the gateway answers itself.
    fn own(&self, parts: &Parts) -> Result<Called<'_>, Own> {
        if grpc_web::is_named(&parts.headers) {
            return Err(no_grpc_web(parts));
        }
        if is_grpc(&parts.headers) {
            let message = "gRPC needs HTTP/2: the status of a call stands in trailers";
            let fault = Fault::new(Code::InvalidArgument, "CONTENT_TYPE_UNKNOWN", message);
            return Err(Own::refused(StatusCode::HTTP_VERSION_NOT_SUPPORTED, fault));
        }
        let verb = if parts.method == Method::HEAD {
            &Method::GET
        } else {
            &parts.method
        };
        let path = parts.uri.path();
        if web::Web::has(path) {
            return Err(if verb == Method::GET {
                Own::Page(Arc::clone(&self.web), path.to_owned())
            } else {
                other_method(path, verb, "GET, HEAD")
            });
        }
        match self.routes.find(verb, path) {
            Found::Rule(rule, variables) => Ok((rule, variables)),
            Found::BadPath => {
                let fault = request::malformed("the path is not UTF-8".to_owned());
                Err(Own::refused(StatusCode::BAD_REQUEST, fault))
            }
            Found::Nothing if is_of_grpc(path) => {
                let message = "the path is one of gRPC: send content-type application/grpc, or see /openapi.json";
                let fault = Fault::new(Code::InvalidArgument, "CONTENT_TYPE_UNKNOWN", message);
                Err(Own::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault))
            }
            Found::Nothing => {
                let fault = unknown(
                    path,
                    format!("there is nothing at {path}; /openapi.json says what there is"),
                );
                Err(Own::refused(StatusCode::NOT_FOUND, fault))
            }
            Found::OtherMethods(known) => {
                let known = known.into_iter().collect::<Vec<_>>().join(", ");
                Err(other_method(path, verb, &known))
            }
        }
    }
}

/// Whether the call is one of gRPC.
fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// What is told a call that says that it is one of gRPC-Web, and is none that is understood.
fn no_grpc_web(parts: &Parts) -> Own {
    if grpc_web::coding(&parts.headers).is_some() {
        return other_method(parts.uri.path(), &parts.method, "POST");
    }
    let message = "gRPC-Web is understood as application/grpc-web or application/grpc-web-text, with +proto or without";
    let fault = Fault::new(Code::InvalidArgument, "CONTENT_TYPE_UNKNOWN", message);
    Own::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault)
}

/// Whether a path is that of a method of gRPC: `/package.Service/Method`.
fn is_of_grpc(path: &str) -> bool {
    let parts = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    parts.is_some_and(|(service, method)| service.contains('.') && !method.contains('/'))
}

/// Refuses an HTTP method of which the path knows others.
fn other_method(path: &str, verb: &Method, known: &str) -> Own {
    let message = format!("{path} is not answered to {verb}, but to {known}");
    Own::Refused {
        http: StatusCode::METHOD_NOT_ALLOWED,
        fault: unknown(path, message),
        allow: HeaderValue::try_from(known).ok(),
    }
}

fn unknown(path: &str, message: String) -> Fault {
    Fault::new(Code::Unimplemented, "METHOD_UNKNOWN", message).with_metadata("path", path)
}

/// Makes a call, whose body is still that of the request: behind the layers it becomes a message.
fn call(path: Uri, parts: &Parts, body: Body) -> Request<Body> {
    let mut call = Request::new(body);
    // What the server knows of the connection: the caller's address and certificate.
    *call.extensions_mut() = parts.extensions.clone();
    *call.method_mut() = Method::POST;
    *call.version_mut() = Version::HTTP_2;
    *call.uri_mut() = path;
    for name in PASSED_ON {
        for value in parts.headers.get_all(&name) {
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
    let kept = kept(given.headers());
    if let Some(transcode::HttpStatus(http)) = given.extensions().get() {
        let mut response = status::response_with(*http, &status::of(given.headers())).map(whole);
        response.headers_mut().extend(kept);
        return response;
    }
    let output = Output::of(rule);
    let mut response = if rule.method.is_server_streaming() {
        stream::response(given, output, Form::asked(headers))
    } else {
        match answer::only(given).await {
            Ok((message, rest)) => answer::response(rule, &output, message, headers, uri)
                .map(|response| response.map(|bytes| answer::held(bytes, rest))),
            Err(status) => Err(status),
        }
        .unwrap_or_else(|status| {
            let http = if status::is_of_etag(&status) && headers.contains_key(header::IF_MATCH) {
                // RFC 9110 section 13.1.1.
                StatusCode::PRECONDITION_FAILED
            } else {
                status::http_status(status.code())
            };
            status::response_with(http, &status).map(whole)
        })
    };
    response.headers_mut().extend(kept);
    response
}

/// What the layers say to callers of every protocol.
fn kept(given: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in KEPT {
        if let Some(value) = given.get(&name) {
            kept.insert(name, value.clone());
        }
    }
    kept
}
