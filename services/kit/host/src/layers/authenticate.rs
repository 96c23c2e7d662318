//! Finds out who calls: the bearer token becomes an `identity::Caller` in the request's extensions, if that may call the
//! method at all.

use std::{
    future::ready,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use fault::Fault;
use http::{HeaderMap, Request, header::AUTHORIZATION};
use identity::Caller;
use tokio::time::Instant;
use tonic::body::Body;
use tower::Service;

use super::{Answer, Answering, Inner, answer, expiry, is_infrastructure};
use crate::{Rules, Tokens};

/// Refuses calls without a good token or of a method that its holder may not call, except to open paths, and ends streams
/// whose token has expired.
///
/// The header stays in the request, so that a gateway passes it on.
#[derive(Clone)]
pub(super) struct Authenticate<S> {
    inner: S,
    tokens: Tokens,
    rules: Rules,
    open: Arc<[String]>,
}

impl<S> Authenticate<S> {
    pub(super) fn new(inner: S, tokens: Tokens, rules: Rules, open: &[String]) -> Self {
        let open = Arc::from(open);
        Self {
            inner,
            tokens,
            rules,
            open,
        }
    }

    fn is_open(&self, path: &str) -> bool {
        is_infrastructure(path) || self.open.iter().any(|prefix| path.starts_with(prefix))
    }

    fn caller(&self, headers: &HeaderMap) -> Result<(Caller, Duration), Fault> {
        Ok(self.tokens.verify(bearer(headers)?)?)
    }
}

/// Returns the one bearer token of a request (RFC 6750 section 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Fault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(Fault::unauthenticated(
            "TOKEN_MISSING",
            "the call carries no access token; send `authorization: Bearer <token>`",
        ));
    };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    match token {
        Some(token) if values.next().is_none() => Ok(token),
        _ => Err(Fault::unauthenticated(
            "TOKEN_INVALID",
            "the authorization header must stand once and be `Bearer <token>`",
        )),
    }
}

impl<S: Inner> Service<Request<Body>> for Authenticate<S> {
    type Response = http::Response<Body>;
    type Error = std::convert::Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        if self.is_open(request.uri().path()) {
            return Box::pin(self.inner.call(request));
        }
        let accepted_to = match self.caller(request.headers()) {
            Ok((caller, left)) => {
                let span = tracing::Span::current();
                span.record("accord.agency", caller.agency.as_str());
                let path = request.uri().path();
                let method = path.strip_prefix('/').unwrap_or(path);
                let caller = caller.calling(method, self.rules.policies());
                if let Err(fault) = caller.may_call() {
                    let refusal: Answer = Ok(answer::response_of(path, fault));
                    return Box::pin(ready(refusal));
                }
                request.extensions_mut().insert(caller);
                Instant::now().checked_add(left)
            }
            Err(fault) => {
                let refusal: Answer = Ok(answer::response(fault));
                return Box::pin(ready(refusal));
            }
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            Ok(match accepted_to {
                Some(accepted_to) => response.map(|body| expiry::until(body, accepted_to)),
                None => response,
            })
        })
    }
}
