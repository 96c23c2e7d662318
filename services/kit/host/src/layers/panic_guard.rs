//! Answers INTERNAL when a handler panics, so that one bad call ends alone.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use fault::Fault;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tonic::{Status, body::Body};
use tower::Service;

use super::{Answering, Inner, answer};
use crate::panics;

/// Catches panics of handlers, before and while they answer.
#[derive(Clone)]
pub(super) struct PanicGuard<S> {
    inner: S,
}

impl<S> PanicGuard<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for PanicGuard<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let answer = panics::catch(|| self.inner.call(request));
        Box::pin(async move {
            let outcome = match answer {
                Ok(mut answer) => {
                    poll_fn(
                        |context| match panics::catch(|| answer.as_mut().poll(context)) {
                            Ok(poll) => poll.map(Ok),
                            Err(panic) => Poll::Ready(Err(panic)),
                        },
                    )
                    .await
                }
                Err(panic) => Err(panic),
            };
            match outcome {
                Ok(answer) => Ok(answer?.map(|inner| Body::new(Guarded { inner: Some(inner) }))),
                Err(panic) => Ok(answer::response(Fault::internal(panic))),
            }
        })
    }
}

/// An answer that ends with INTERNAL if producing it panics.
struct Guarded {
    /// None after a panic.
    inner: Option<Body>,
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(None);
        };
        match panics::catch(|| Pin::new(inner).poll_frame(context)) {
            Ok(poll) => poll,
            Err(panic) => {
                self.inner = None;
                let trailers = answer::trailers(Fault::internal(panic));
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}
