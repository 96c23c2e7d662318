//! Ends a stream when the token, or the certificate, that it was opened with is no longer accepted.
//!
//! A watch can go on for days, and a token is taken back by not renewing it: who may no longer call may
//! not go on listening either. Answers of one message are left alone: what they report has been done. A
//! gateway cannot tell the two apart, so an answer is cut between two messages only, and where it could still
//! be one of a single message, only after it has been silent for a while.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use fault::Fault;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::{Status, body::Body};

use super::{Framing, answer};

/// How long an answer that may be of one message is waited for after its token has expired: its message or its
/// trailers can be on their way from another process.
const ON_THE_WAY: Duration = Duration::from_secs(5);

/// Lets `body` through until `accepted_to`, and then ends it with UNAUTHENTICATED and `TOKEN_EXPIRED`.
pub(super) fn until(body: Body, accepted_to: Instant) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Expiring {
        inner: Some(body),
        accepted_to,
        sleep: None,
        framing: Framing::default(),
        cut_next: false,
    })
}

/// An answer, and when its caller's token ends.
struct Expiring {
    /// None once it has been cut short.
    inner: Option<Body>,
    accepted_to: Instant,
    /// Made when there is something to wait for, and again after each wait: most answers are there at once.
    sleep: Option<Pin<Box<Sleep>>>,
    /// How far the answer has come.
    framing: Framing,
    /// Nothing but the refusal is to be sent any more.
    cut_next: bool,
}

impl Expiring {
    /// Whether nothing more is waited for; if not, the task is woken when it is so.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        if self.framing.is_within() {
            return false;
        }
        let until = if self.framing.may_be_single() {
            self.accepted_to.max(Instant::now()) + ON_THE_WAY
        } else {
            self.accepted_to
        };
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        sleep.as_mut().poll(context).is_ready()
    }

    /// Lets through what may still be sent of these bytes: after the end of the token, no more than
    /// the message that is under way, or the first.
    fn let_through(&mut self, data: Bytes) -> Frame<Bytes> {
        self.sleep = None;
        if Instant::now() < self.accepted_to {
            self.framing.advance(&data);
            return Frame::data(data);
        }
        let length = self.framing.advance_one(&data);
        if length == 0 && !data.is_empty() {
            return self.cut();
        }
        self.cut_next = length < data.len();
        Frame::data(data.slice(..length))
    }

    fn cut(&mut self) -> Frame<Bytes> {
        self.inner = None;
        self.cut_next = false;
        let message = "the access token, or the certificate in its place, is not good for longer; call again with a good one";
        Frame::trailers(answer::trailers(Fault::unauthenticated(
            "TOKEN_EXPIRED",
            message,
        )))
    }
}

impl http_body::Body for Expiring {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.cut_next {
            return Poll::Ready(Some(Ok(self.cut())));
        }
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(None);
        };
        match Pin::new(inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let frame = frame
                    .into_data()
                    .map_or_else(|other| other, |data| self.let_through(data));
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(last) => Poll::Ready(last),
            Poll::Pending if self.is_over(context) => Poll::Ready(Some(Ok(self.cut()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.cut_next && self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // It may be cut short, so its length is not promised.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests;
