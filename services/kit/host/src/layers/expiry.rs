//! Ends a stream when the token that it was opened with is no longer accepted.
//!
//! A watch can go on for days, and a token is taken back by not renewing it: who may no longer call may
//! not go on listening either. Answers of one message are left alone: what they report has been done.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use fault::Fault;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::{Status, body::Body};

use super::answer;

/// Lets `body` through until `accepted_to`, and then ends it with UNAUTHENTICATED and `TOKEN_EXPIRED`.
pub(super) fn until(body: Body, accepted_to: Instant) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Expiring {
        inner: Some(body),
        accepted_to,
        sleep: None,
        begun: false,
    })
}

/// An answer, and when its caller's token ends.
struct Expiring {
    /// None once it has been cut short.
    inner: Option<Body>,
    accepted_to: Instant,
    /// Made when there is something to wait for: most answers are there at once.
    sleep: Option<Pin<Box<Sleep>>>,
    /// Whether the first message is out.
    begun: bool,
}

impl Expiring {
    /// Whether the time is over; if not, the task is woken when it is.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let accepted_to = self.accepted_to;
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(accepted_to)));
        sleep.as_mut().poll(context).is_ready()
    }

    fn cut(&mut self) -> Frame<Bytes> {
        self.inner = None;
        let message = "the access token has expired during the call; go on with a new one";
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
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(None);
        };
        match Pin::new(inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                if self.begun && Instant::now() >= self.accepted_to {
                    return Poll::Ready(Some(Ok(self.cut())));
                }
                self.begun = true;
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(last) => Poll::Ready(last),
            Poll::Pending if self.is_over(context) => Poll::Ready(Some(Ok(self.cut()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // It may be cut short, so its length is not promised.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt as _;

    use super::*;

    /// A body that sends a message each second, for ever.
    struct Ticking(Pin<Box<Sleep>>);

    impl http_body::Body for Ticking {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            if self.0.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.0
                .as_mut()
                .reset(Instant::now() + Duration::from_secs(1));
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"tick")))))
        }
    }

    /// Reads a body that may be read until `left` from now: its messages, and the status that ended it.
    async fn read(body: Body, left: Duration) -> (usize, Option<String>) {
        let mut body = until(body, Instant::now() + left);
        let mut messages = 0;
        while let Some(frame) = body.frame().await {
            match frame.unwrap().into_trailers() {
                Ok(trailers) => {
                    let status = trailers["grpc-status"].to_str().unwrap().to_owned();
                    assert!(body.frame().await.is_none());
                    return (messages, Some(status));
                }
                Err(_) => messages += 1,
            }
        }
        (messages, None)
    }

    fn ticking() -> Body {
        let first = Instant::now() + Duration::from_secs(1);
        Body::new(Ticking(Box::pin(sleep_until(first))))
    }

    const UNAUTHENTICATED: &str = "16";

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_when_its_token_does() {
        let (messages, status) = read(ticking(), Duration::from_millis(3_500)).await;
        assert_eq!(messages, 3);
        assert_eq!(status.as_deref(), Some(UNAUTHENTICATED));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_always_has_more_ends_too() {
        let (messages, status) = read(ticking(), Duration::ZERO).await;
        assert!(messages <= 1);
        assert_eq!(status.as_deref(), Some(UNAUTHENTICATED));
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_of_a_call_that_was_done_arrives_even_if_late() {
        let body = Body::new(http_body_util::Full::new(Bytes::from_static(b"done")));
        let (messages, status) = read(body, Duration::ZERO).await;
        assert_eq!((messages, status), (1, None));
    }
}
