//! What went wrong with the body of a request, for whoever has to say why a call has no answer.
//!
//! A call whose body fails ends as one whose connection is lost: the stream is reset. But the fault is the caller's, who has sent
//! what cannot be read or has stopped sending, and is told so.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use bytes::Bytes;
use fault::Fault;
use http::Request;
use http_body::{Frame, SizeHint};
use tonic::{Code, Status, body::Body};

use crate::fault::DOMAIN;

/// Why the body of a request could not be read to its end, if so. Copies share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blame(Arc<OnceLock<Status>>);

impl Blame {
    /// Returns the request, of which it will be known why its body failed.
    pub(super) fn watch(request: Request<Body>) -> (Request<Body>, Self) {
        let blame = Self::default();
        if http_body::Body::is_end_stream(request.body()) {
            return (request, blame);
        }
        let told = blame.clone();
        let request = request.map(|body| Body::new(Watched { body, blame: told }));
        (request, blame)
    }

    /// What the caller is to be told of its own fault, if it is one.
    pub(crate) fn status(&self) -> Option<Status> {
        self.0.get().cloned()
    }
}

/// What the failure of a request's body is told as: one that nobody has given a reason is that the caller broke off.
pub(crate) fn told(failure: &Status) -> Status {
    if failure.details().is_empty() {
        let message = "the request ended before its body was complete";
        return Fault::new(Code::Cancelled, "REQUEST_INCOMPLETE", message).into_status(DOMAIN);
    }
    failure.clone()
}

/// A body whose failure is kept.
struct Watched {
    body: Body,
    blame: Blame,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Err(status))) = &polled {
            // Only the first is the cause.
            let _ = self.blame.0.set(told(status));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
