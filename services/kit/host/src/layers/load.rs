//! Refuses calls beyond what the process can answer at once, instead of queueing them.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use fault::Fault;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tonic::{Code, Status, body::Body};
use tower::Service;

use super::{Answering, Inner, answer, is_infrastructure, is_infrastructure_stream};
use crate::{
    exchange::Exchange,
    limits::{Limit, Member, Place, Places},
    methods,
    metrics::Metrics,
    peer,
};

/// When a refused caller may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Places for streams of health and reflection, at least: clients that watch the health of a server have one for each of their
/// connections.
const INFRASTRUCTURE_AT_LEAST: usize = 64;

/// When a refused watch may be tried again: they last, and whoever waits for one asks seldom.
const WATCH_RETRY_AFTER: Duration = Duration::from_secs(5);

/// The places of all calls but those of health and reflection. Copies share them.
#[derive(Clone, Debug)]
pub(super) struct All {
    pub(super) calls: Places,
    pub(super) watches: Places,
}

impl All {
    /// Returns the places of calls, or of watches.
    pub(super) fn of(&self, is_watch: bool) -> &Places {
        if is_watch { &self.watches } else { &self.calls }
    }
}

/// A watch that is counted as open until it is dropped.
struct Open(Metrics, &'static str);

impl Open {
    fn count(metrics: &Metrics, component: &'static str) -> Self {
        metrics.count_watch(component, 1);
        Self(metrics.clone(), component)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.count_watch(self.1, -1);
    }
}

/// Lets at most so many calls in; a stream counts until it ends.
///
/// Watches, which last as long as their readers want, have places of their own: idle ones keep no call out.
///
/// Streams of health and reflection, which need no token, have as many places of their own, which addresses share as agencies
/// share those for calls. A single question after health takes no place: whoever asks it must be told, above all when all places
/// are taken.
#[derive(Clone)]
pub(super) struct Load<S> {
    inner: S,
    component: &'static str,
    places: All,
    infrastructure: Places,
    metrics: Metrics,
}

impl<S> Load<S> {
    pub(super) fn new(inner: S, component: &'static str, places: All, metrics: Metrics) -> Self {
        let most = places.calls.max().max(INFRASTRUCTURE_AT_LEAST);
        Self {
            inner,
            component,
            places,
            infrastructure: Places::new(most, None),
            metrics,
        }
    }

    /// Takes a place for a stream of health or reflection; nothing if its address has as many as it may.
    fn infrastructure(&self, request: &Request<Body>) -> Option<(Place, Member<Arc<str>>)> {
        let place = self.infrastructure.take()?;
        let exchange = Exchange::of(request.extensions());
        // Inside the process there is one that asks.
        let address = exchange.map_or_else(
            || Arc::from("process"),
            |exchange| peer::counted(exchange.client()).to_string().into(),
        );
        let member = self.infrastructure.share(&address)?;
        Some((place, member))
    }

    fn overloaded(&self) -> Answering {
        self.metrics.hit(Limit::Calls);
        let message = "too many calls are in progress; try again";
        let fault = Fault::new(Code::Unavailable, "OVERLOADED", message);
        answer::refusal(fault.with_retry(RETRY_AFTER))
    }

    fn too_many_watches(&self) -> Answering {
        self.metrics.hit(Limit::Watches);
        let message = "too many watches are open; try again";
        let fault = Fault::new(Code::ResourceExhausted, "WATCHES_EXCEEDED", message);
        answer::refusal(fault.with_retry(WATCH_RETRY_AFTER))
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
        let path = request.uri().path();
        if is_infrastructure_stream(path) {
            let Some(held) = self.infrastructure(&request) else {
                return self.overloaded();
            };
            return hold(&mut self.inner, request, held);
        }
        if is_infrastructure(path) {
            return self.inner.call(request);
        }
        if methods::is_watch(path) {
            let Some(place) = self.places.watches.take() else {
                return self.too_many_watches();
            };
            let open = Open::count(&self.metrics, self.component);
            return hold(&mut self.inner, request, (place, open));
        }
        let Some(place) = self.places.calls.take() else {
            return self.overloaded();
        };
        hold(&mut self.inner, request, place)
    }
}

/// Passes a call on and keeps `held` until its answer has been sent or dropped.
pub(super) fn hold<S: Inner, H: Send + Unpin + 'static>(
    inner: &mut S,
    request: Request<Body>,
    held: H,
) -> Answering {
    let answer = inner.call(request);
    Box::pin(async move { Ok(answer.await?.map(|body| holding(body, held))) })
}

/// Keeps `held` until an answer has been sent or dropped.
fn holding<H: Send + Unpin + 'static>(inner: Body, held: H) -> Body {
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
