//! Ends a call when the time that its client gave (`grpc-timeout`) is over.
//!
//! tonic answers CANCELLED then, and only until an answer begins; other languages' clients expect
//! `DEADLINE_EXCEEDED`, also in the middle of a stream.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use fault::Fault;
use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::{Code, Status, body::Body};
use tower::Service;

use super::{Answering, Inner, answer};

/// Among the extensions of a request whose client has set a deadline: when it stops waiting, counted from when the request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Until(pub Instant);

/// Gives each call the time its client allows.
#[derive(Clone)]
pub(super) struct Deadline<S> {
    inner: S,
}

impl<S> Deadline<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: Inner> Service<Request<Body>> for Deadline<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        let Some(timeout) = timeout(request.headers()) else {
            return self.inner.call(request);
        };
        // Made here, not in the future: it must not be later than tonic's own timer.
        let until = Instant::now() + timeout;
        let mut sleep = Box::pin(sleep_until(until));
        request.extensions_mut().insert(Until(until));
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = tokio::select! {
                biased;
                answer = answer => answer?,
                () = &mut sleep => return Ok(answer::response(exceeded(timeout))),
            };
            Ok(response.map(|inner| {
                Body::new(Timed {
                    inner,
                    sleep: Some(sleep),
                    timeout,
                })
            }))
        })
    }
}

fn exceeded(timeout: Duration) -> Fault {
    let message = format!("the call's deadline of {timeout:?} has passed");
    Fault::new(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", message)
}

/// Reads `grpc-timeout`: at most eight digits and a unit (gRPC over HTTP/2, "Timeout").
///
/// A value of another form is none here; where the method is Accord's own, the call is refused for it.
pub(crate) fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

/// An answer that ends with `DEADLINE_EXCEEDED` when the time is over.
struct Timed {
    inner: Body,
    /// None once the time is over.
    sleep: Option<Pin<Box<Sleep>>>,
    timeout: Duration,
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(sleep) = &mut self.sleep else {
            return Poll::Ready(None);
        };
        if sleep.as_mut().poll(context).is_pending() {
            return Pin::new(&mut self.inner).poll_frame(context);
        }
        let trailers = answer::trailers(exceeded(self.timeout));
        self.sleep = None;
        self.inner = Body::empty();
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.sleep.is_none() || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeout_is_read_as_the_protocol_says() {
        for (text, expected) in [
            ("1H", Some(Duration::from_hours(1))),
            ("2M", Some(Duration::from_mins(2))),
            ("3S", Some(Duration::from_secs(3))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999u", Some(Duration::from_micros(99_999_999))),
            ("0n", Some(Duration::ZERO)),
            ("100000000S", None),
            ("1", None),
            ("S", None),
            ("", None),
            ("+1S", None),
            ("1s", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", text.parse().unwrap());
            assert_eq!(timeout(&headers), expected, "{text:?}");
        }
        assert_eq!(timeout(&HeaderMap::new()), None);
    }
}
