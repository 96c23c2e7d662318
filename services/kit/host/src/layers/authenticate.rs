//! Finds out who calls: the bearer token, or the client certificate, becomes an `identity::Caller` in the request's
//! extensions, if that may call the method at all.

use std::{
    future::ready,
    sync::Arc,
    task::{Context, Poll},
};

use fault::Fault;
use http::{HeaderMap, Request, header::AUTHORIZATION};
use identity::{Caller, TokenError};
use tokio::time::Instant;
use tonic::body::Body;
use tower::Service;

use super::{Answer, Answering, Inner, answer, expiry, is_infrastructure};
use crate::{PeerCertificate, Rules, Tokens, client_cert};

/// Refuses calls without a good token or of a method that its holder may not call, except to open paths, and ends streams
/// whose token has expired.
///
/// The token stays in the request, and beside it stands the certificate of the connection, so that a gateway passes both on.
#[derive(Clone)]
pub(super) struct Authenticate<S> {
    inner: S,
    tokens: Tokens,
    rules: Rules,
    open: Arc<[String]>,
    /// Whether the certificate that a request names is believed to be its caller's.
    believes: bool,
}

/// Who calls, and until when its streams may last.
type Found = (Caller, Option<Instant>);

impl<S> Authenticate<S> {
    pub(super) fn new(inner: S, tokens: Tokens, rules: Rules, open: &[String]) -> Self {
        let open = Arc::from(open);
        Self {
            inner,
            tokens,
            rules,
            open,
            believes: false,
        }
    }

    /// Sets whether the certificate that a request names in `client-cert` is believed to be its caller's.
    pub(super) fn believing(mut self, believes: bool) -> Self {
        self.believes = believes;
        self
    }

    fn is_open(&self, path: &str) -> bool {
        is_infrastructure(path) || self.open.iter().any(|prefix| path.starts_with(prefix))
    }

    fn verify(
        &self,
        token: &str,
        certificate: Option<&PeerCertificate>,
    ) -> Result<Found, TokenError> {
        let (caller, left) = self.tokens.verify(token, certificate)?;
        Ok((caller, Instant::now().checked_add(left)))
    }

    /// Finds the agency of a caller that shows no token.
    fn agency(&self, certificate: Option<&PeerCertificate>) -> Option<Found> {
        let caller = self.tokens.agency(certificate?)?;
        Some((caller, None))
    }
}

/// Returns the one bearer token of a request (RFC 6750 section 2.1), if it has any.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    match token {
        Some(token) if values.next().is_none() => Ok(Some(token)),
        _ => Err(Fault::unauthenticated(
            "TOKEN_INVALID",
            "the authorization header must stand once and be `Bearer <token>`",
        )),
    }
}

fn refuse(fault: Fault) -> Answering {
    let refusal: Answer = Ok(answer::response(fault));
    Box::pin(ready(refusal))
}

/// Passes the call of a known caller on, if it may call the method.
fn admit<S: Inner>(
    inner: &mut S,
    rules: &Rules,
    mut request: Request<Body>,
    found: Found,
) -> Answering {
    let (caller, accepted_to) = found;
    let span = tracing::Span::current();
    span.record("accord.agency", caller.agency.as_str());
    let path = request.uri().path();
    let method = path.strip_prefix('/').unwrap_or(path);
    let caller = caller.calling(method, rules.policies());
    if let Err(fault) = caller.may_call() {
        let refusal: Answer = Ok(answer::response_of(path, fault));
        return Box::pin(ready(refusal));
    }
    request.extensions_mut().insert(caller);
    let answer = inner.call(request);
    Box::pin(async move {
        let response = answer.await?;
        Ok(match accepted_to {
            Some(accepted_to) => response.map(|body| expiry::until(body, accepted_to)),
            None => response,
        })
    })
}

impl<S: Inner> Service<Request<Body>> for Authenticate<S> {
    type Response = http::Response<Body>;
    type Error = std::convert::Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        let certificate = client_cert::settle(&mut request, self.believes);
        if self.is_open(request.uri().path()) {
            return Box::pin(self.inner.call(request));
        }
        let token = match bearer(request.headers()) {
            Ok(Some(token)) => token,
            Ok(None) => match self.agency(certificate.as_ref()) {
                Some(found) => return admit(&mut self.inner, &self.rules, request, found),
                None => {
                    return refuse(Fault::unauthenticated(
                        "TOKEN_MISSING",
                        "the call carries no access token; send `authorization: Bearer <token>`",
                    ));
                }
            },
            Err(fault) => return refuse(fault),
        };
        match self.verify(token, certificate.as_ref()) {
            Ok(found) => admit(&mut self.inner, &self.rules, request, found),
            Err(TokenError::UnknownKey) if self.tokens.may_learn() => {
                let token = token.to_owned();
                // The one that is ready goes on with the call.
                let inner = self.inner.clone();
                let inner = std::mem::replace(&mut self.inner, inner);
                let mut this = Self {
                    inner,
                    tokens: self.tokens.clone(),
                    rules: self.rules.clone(),
                    open: Arc::clone(&self.open),
                    believes: self.believes,
                };
                Box::pin(async move {
                    this.tokens.learn().await;
                    match this.verify(&token, certificate.as_ref()) {
                        Ok(found) => admit(&mut this.inner, &this.rules, request, found).await,
                        Err(error) => refuse(error.into()).await,
                    }
                })
            }
            Err(error) => refuse(error.into()),
        }
    }
}
