//! Finds out who calls: the bearer token, or the client certificate, becomes an `identity::Caller` in the request's
//! extensions.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use clock::Clock;
use fault::Fault;
use http::{HeaderMap, Request, header::AUTHORIZATION};
use identity::{Caller, TokenError};
use tokio::{sync::Semaphore, time::Instant};
use tonic::{Code, body::Body};
use tower::Service;

use super::{
    Answering, Inner, answer, expiry, is_infrastructure,
    right::{Right, Sending},
};
use crate::{PeerCertificate, Rules, Tokens, client_cert, methods::shape};

/// When a call whose key may be known soon may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Refuses calls without a good token or certificate, except to open paths, which get the policies of the moment
/// (`Arc<Policies>`), and ends streams whose token or certificate has expired, or which new policies do not allow: answers, and
/// requests whose client still sends.
///
/// The token stays in the request, and beside it stands the certificate of the connection, so that a gateway passes both on.
#[derive(Clone)]
pub(super) struct Authenticate<S> {
    inner: S,
    trust: Trust,
}

/// What callers are known by.
#[derive(Clone)]
pub(super) struct Trust {
    pub(super) tokens: Tokens,
    pub(super) rules: Rules,
    pub(super) clock: Clock,
    /// Paths that need no token, and beginnings of such, which end with `.` or `/`.
    pub(super) open: Arc<[String]>,
    /// Whether the certificate that a request names is believed to be its caller's.
    pub(super) believes_client_cert: bool,
    /// How many calls may wait for keys that are not known yet.
    pub(super) learning: Arc<Semaphore>,
}

/// Who calls, and until when its streams may last.
type Found = (Caller, Option<Instant>);

impl<S> Authenticate<S> {
    pub(super) fn new(inner: S, trust: Trust) -> Self {
        Self { inner, trust }
    }
}

impl Trust {
    fn is_open(&self, path: &str) -> bool {
        let is_open = |open: &String| {
            let is_beginning = open.ends_with(['.', '/']);
            path == open.as_str() || is_beginning && path.starts_with(open)
        };
        is_infrastructure(path) || self.open.iter().any(is_open)
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
    fn agency(&self, certificate: Option<&PeerCertificate>) -> Result<Found, Fault> {
        let now = self.clock.now().as_second();
        let missing = || {
            Fault::unauthenticated(
                "TOKEN_MISSING",
                "the call carries no access token; send `authorization: Bearer <token>`",
            )
        };
        let (caller, left) = certificate
            .and_then(|certificate| self.tokens.agency(certificate, now))
            .ok_or_else(missing)??;
        Ok((caller, Instant::now().checked_add(left)))
    }

    /// Waits a moment for keys among which may be that of `token`, and checks it again.
    async fn learn(
        &self,
        token: &str,
        certificate: Option<&PeerCertificate>,
    ) -> Result<Found, Fault> {
        let Ok(_learning) = self.learning.try_acquire() else {
            let message = "too many calls wait for keys that are not known yet; try again";
            let fault = Fault::new(Code::Unavailable, "OVERLOADED", message);
            return Err(fault.with_retry(RETRY_AFTER));
        };
        self.tokens.learn().await;
        Ok(self.verify(token, certificate)?)
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

/// Passes the call of a known caller on.
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
    let mut right = Right::new(caller, method, rules.clone(), accepted_to);
    // Of a method that is not of the contracts it is not known.
    let takes_stream = shape(path).map(|shape| shape.takes_stream);
    request.extensions_mut().insert(right.caller().clone());
    if takes_stream == Some(false) {
        let answer = inner.call(request);
        return Box::pin(async move { Ok(answer.await?.map(|body| expiry::until(body, right))) });
    }
    let (parts, body) = request.into_parts();
    let (sending, body) = Sending::watch(body, takes_stream.is_some());
    let answer = inner.call(Request::from_parts(parts, body));
    Box::pin(async move {
        let response = tokio::select! {
            biased;
            response = answer => response?,
            status = right.until_ended(&sending) => return Ok(status.into_http()),
        };
        Ok(response.map(|body| expiry::until(body, right)))
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
        let trust = &self.trust;
        let certificate = client_cert::settle(&mut request, trust.believes_client_cert);
        if trust.is_open(request.uri().path()) {
            // Nobody is known here; what stands for a token in the message may be judged behind.
            request.extensions_mut().insert(trust.rules.policies());
            return self.inner.call(request);
        }
        let found = match bearer(request.headers()) {
            Ok(Some(token)) => match trust.verify(token, certificate.as_ref()) {
                Err(TokenError::UnknownKey | TokenError::NoKeys) if trust.tokens.may_learn() => {
                    let token = token.to_owned();
                    // The one that is ready goes on with the call.
                    let inner = self.inner.clone();
                    let mut inner = std::mem::replace(&mut self.inner, inner);
                    let trust = trust.clone();
                    return Box::pin(async move {
                        match trust.learn(&token, certificate.as_ref()).await {
                            Ok(found) => admit(&mut inner, &trust.rules, request, found).await,
                            Err(fault) => answer::refusal(fault).await,
                        }
                    });
                }
                found => found.map_err(Fault::from),
            },
            Ok(None) => trust.agency(certificate.as_ref()),
            Err(fault) => Err(fault),
        };
        match found {
            Ok(found) => admit(&mut self.inner, &self.trust.rules, request, found),
            Err(fault) => answer::refusal(fault),
        }
    }
}
