//! Ends a stream when its caller's right to it ends: the token, or the certificate, that it was opened with is no longer accepted,
//! or policies are put in force that do not allow it.
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
use futures::future::BoxFuture;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Sleep, sleep};
use tonic::{Status, body::Body};

use super::{Framing, answer, right::Right};

/// How long an answer that may be of one message is waited for after its caller's right has ended: its message or its
/// trailers can be on their way from another process.
const ON_THE_WAY: Duration = Duration::from_secs(5);

/// Lets `body` through until `right` ends, and then ends it with what its caller is told.
pub(super) fn until(body: Body, right: Right) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Expiring {
        inner: Some(body),
        right,
        asking: None,
        silence: None,
        framing: Framing::default(),
        cut_next: false,
    })
}

/// An answer, and its caller's right to it.
struct Expiring {
    /// None once it has been cut short.
    inner: Option<Body>,
    right: Right,
    /// When to ask after the right again. Made when there is something to wait for: most answers are there at once.
    asking: Option<BoxFuture<'static, ()>>,
    /// How long it may still be silent, once the right has ended.
    silence: Option<Pin<Box<Sleep>>>,
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
        while self.right.ended().is_none() {
            let asking = self
                .asking
                .get_or_insert_with(|| Box::pin(self.right.until_asked()));
            if asking.as_mut().poll(context).is_pending() {
                return false;
            }
            self.asking = None;
        }
        if !self.framing.may_be_single() {
            return true;
        }
        let silence = self
            .silence
            .get_or_insert_with(|| Box::pin(sleep(ON_THE_WAY)));
        silence.as_mut().poll(context).is_ready()
    }

    /// Lets through what may still be sent of these bytes: after the end of the right, no more than
    /// the message that is under way, or the first.
    fn let_through(&mut self, data: Bytes) -> Frame<Bytes> {
        self.silence = None;
        if self.right.ended().is_none() {
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
        let trailers = self.right.ended().map(answer::trailers_of);
        Frame::trailers(trailers.unwrap_or_default())
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
