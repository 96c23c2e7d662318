//! Lets what a component passes on to others by its path go past its router.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::body::Body;
use tower::Service;

use super::Answering;

/// What becomes of a call.
#[allow(
    clippy::large_enum_variant,
    reason = "it is taken apart at once, and a box would cost every call that goes to the router"
)]
pub enum Passed {
    /// It is passed on; this is its answer.
    On(BoxFuture<'static, Result<Response<Body>, Infallible>>),
    /// It is for the router.
    Back(Request<Body>),
}

/// Passes calls on.
#[derive(Clone)]
pub struct Pass(Arc<dyn Fn(Request<Body>) -> Passed + Send + Sync>);

impl Pass {
    /// Passes on what `pass` takes.
    pub fn new(pass: impl Fn(Request<Body>) -> Passed + Send + Sync + 'static) -> Self {
        Self(Arc::new(pass))
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pass")
    }
}

/// A router that some calls go past.
#[derive(Clone)]
pub(super) struct Passing<S> {
    inner: S,
    pass: Option<Pass>,
}

impl<S> Passing<S> {
    pub(super) fn new(inner: S, pass: Option<Pass>) -> Self {
        Self { inner, pass }
    }
}

impl<S> Service<Request<Body>> for Passing<S>
where
    S: Service<
            Request<Body>,
            Response = Response<Body>,
            Error = Infallible,
            Future: Send + 'static,
        >,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let passed = match &self.pass {
            Some(Pass(pass)) => pass(request),
            None => Passed::Back(request),
        };
        match passed {
            Passed::On(answer) => answer,
            Passed::Back(request) => Box::pin(self.inner.call(request)),
        }
    }
}
