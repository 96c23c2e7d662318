//! Refuses calls beyond what the process can answer at once, instead of queueing them.

use std::{
    convert::Infallible,
    future::ready,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use fault::Fault;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tonic::{Code, Status, body::Body};
use tower::Service;

use super::{Answer, Answering, Inner, answer, is_infrastructure};
use crate::{
    limits::{Limit, Places},
    metrics::Metrics,
};

/// When a refused caller may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Lets at most so many calls in; a stream counts until it ends.
#[derive(Clone)]
pub(super) struct Load<S> {
    inner: S,
    places: Places,
    metrics: Metrics,
}

impl<S> Load<S> {
    pub(super) fn new(inner: S, places: Places, metrics: Metrics) -> Self {
        Self {
            inner,
            places,
            metrics,
        }
    }
}

impl<S: Inner> Service<Request<Body>> for Load<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        if is_infrastructure(request.uri().path()) {
            return Box::pin(self.inner.call(request));
        }
        let Some(place) = self.places.take() else {
            self.metrics.hit(Limit::Calls);
            let message = "too many calls are in progress; try again";
            let fault = Fault::new(Code::Unavailable, "OVERLOADED", message);
            let refusal: Answer = Ok(answer::response(fault.with_retry(RETRY_AFTER)));
            return Box::pin(ready(refusal));
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            Ok(response.map(|body| holding(body, place)))
        })
    }
}

/// Keeps `held` until an answer has been sent or dropped.
pub(super) fn holding<H: Send + Unpin + 'static>(inner: Body, held: H) -> Body {
    Body::new(Holding { inner, _held: held })
}

struct Holding<H> {
    inner: Body,
    _held: H,
}

impl<H: Unpin> http_body::Body for Holding<H> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
