//! The body of an answer as it goes out: counted, and the end of its exchange.

use std::{
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio_util::task::task_tracker::TaskTrackerToken;
use tonic::{Status, body::Body};

use super::{Exchange, access::Line, service::Busy};
use crate::limits::Member;

/// What an exchange holds until its answer has ended or its client has gone.
pub(super) struct Held {
    pub(super) line: Line,
    pub(super) _underway: TaskTrackerToken,
    pub(super) _busy: Busy,
    pub(super) _of_address: Option<Member<IpAddr>>,
}

/// An answer whose bytes are counted.
pub(super) struct Sent {
    pub(super) inner: Body,
    pub(super) exchange: Exchange,
    pub(super) _held: Held,
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map(Bytes::len).unwrap_or_default();
            self.exchange.sent(bytes);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
