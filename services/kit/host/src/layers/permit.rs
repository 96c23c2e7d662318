//! Asks the policies whether the caller may call the method at all: the first question, before its message is read.
//!
//! It stands behind the agency's share, so that calls that are denied are counted for their agency as others are.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use http::{Request, Response};
use identity::Caller;
use tonic::body::Body;
use tower::Service;

use super::{Answering, Inner, answer};

/// Refuses calls of methods that their caller may not call. Where there is no caller, none is needed.
#[derive(Clone)]
pub(super) struct Permit<S> {
    inner: S,
}

impl<S> Permit<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for Permit<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let caller = request.extensions().get::<Caller>();
        match caller.map_or(Ok(()), Caller::may_call) {
            Ok(()) => self.inner.call(request),
            Err(fault) => answer::refusal_of(request.uri().path(), fault),
        }
    }
}
