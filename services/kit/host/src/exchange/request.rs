//! The body of a request as it comes in: counted, and waited for with patience.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use fault::Fault;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::Notify;
use tonic::{Code, Status};

use super::{Exchange, patience::Patience};
use crate::{limits::Limit, metrics::Metrics};

/// A body whose client may not keep its reader waiting for ever.
pub(super) struct Received {
    pub(super) inner: Incoming,
    pub(super) exchange: Exchange,
    pub(super) patience: Patience,
    pub(super) stall: Arc<Notify>,
    pub(super) metrics: Metrics,
}

/// What a call is refused for whose client has stopped sending.
pub(super) fn stalled() -> Fault {
    let message = "the request came too slowly, or stopped in the middle of a message";
    Fault::new(Code::DeadlineExceeded, "REQUEST_STALLED", message)
}

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let data = frame.data_ref().map(Bytes::as_ref).unwrap_or_default();
                this.exchange.received(data.len());
                this.patience.received(data);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                Poll::Ready(Some(Err(Status::from_error(Box::new(error)))))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if this.patience.is_over(context, &this.exchange) => {
                this.metrics.hit(Limit::Body);
                this.stall.notify_one();
                Poll::Ready(Some(Err(stalled().into_status("accord"))))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
