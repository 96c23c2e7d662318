//! Ends calls that a drain has waited for long enough with a status that says so, so that their clients know what to do.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use fault::Fault;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tokio_util::sync::CancellationToken;
use tonic::{Status, body::Body};
use tower::Service;

use super::{Answering, Inner, answer};
use crate::exchange::Exchange;

/// Ends calls of a port when its patience is over.
#[derive(Clone)]
pub(super) struct Stopping<S> {
    inner: S,
}

impl<S> Stopping<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for Stopping<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let Some(ending) = Exchange::of(request.extensions()).map(Exchange::ending) else {
            return self.inner.call(request);
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = tokio::select! {
                biased;
                answer = answer => answer?,
                () = ending.cancelled() => return Ok(answer::response(stopping())),
            };
            if http_body::Body::is_end_stream(response.body()) {
                return Ok(response);
            }
            Ok(response.map(|inner| {
                Body::new(Ended {
                    inner: Some(inner),
                    ending,
                    waiting: None,
                })
            }))
        })
    }
}

fn stopping() -> Fault {
    let message = "the process stops and has waited for this call long enough; it may have taken effect: call again, elsewhere or when it is back";
    Fault::unavailable("SERVER_STOPPING", message)
}

/// An answer that is ended when patience is over and nothing more of it is ready.
struct Ended {
    /// None once it has been ended.
    inner: Option<Body>,
    ending: CancellationToken,
    /// Made when there is something to wait for: most answers are there at once.
    waiting: Option<BoxFuture<'static, ()>>,
}

impl http_body::Body for Ended {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(inner).poll_frame(context);
        if polled.is_ready() {
            return polled;
        }
        let ending = &this.ending;
        let waiting = this
            .waiting
            .get_or_insert_with(|| Box::pin(ending.clone().cancelled_owned()));
        if waiting.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        this.inner = None;
        Poll::Ready(Some(Ok(Frame::trailers(answer::trailers(stopping())))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // It may be cut short, so its length is not promised.
        SizeHint::default()
    }
}
