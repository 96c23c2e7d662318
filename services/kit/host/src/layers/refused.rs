//! Refuses calls for which the port has found a reason, before anything is spent on them.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use http::{Request, Response};
use tonic::body::Body;
use tower::Service;

use super::{Answering, Inner, answer};
use crate::exchange::Exchange;

/// Answers what the port refuses; it stands where such answers are measured.
#[derive(Clone)]
pub(super) struct Refused<S> {
    inner: S,
}

impl<S> Refused<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for Refused<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        match Exchange::of(request.extensions()).and_then(Exchange::take_refusal) {
            None => self.inner.call(request),
            Some(fault) => answer::refusal(fault),
        }
    }
}
