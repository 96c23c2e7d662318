//! The body of a request as it comes in: counted, and waited for with patience.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use bytes::Bytes;
use fault::Fault;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::Notify;
use tonic::{Code, Status};

use super::{Exchange, Protocol, patience::Patience};
use crate::{layers::answer, limits::Limit, metrics::Metrics};

/// What the content type of gRPC-Web begins with where it is written in base64.
const WEB_TEXT: &[u8] = b"application/grpc-web-text";

/// A body whose client may not keep its reader waiting for ever, nor send more messages than its method takes.
pub(super) struct Received {
    pub(super) inner: Incoming,
    pub(super) exchange: Exchange,
    pub(super) patience: Patience,
    pub(super) broken: Broken,
    /// The most bytes of a message; nothing where that is for another server to judge.
    pub(super) max_message: Option<MaxMessage>,
    /// Its method takes one message.
    pub(super) takes_one: bool,
    pub(super) metrics: Metrics,
}

/// What a request has been found to be refused for while its body was read. Copies share it.
#[derive(Clone, Default)]
pub(super) struct Broken(Arc<(OnceLock<Fault>, Notify)>);

impl Broken {
    fn set(&self, fault: Fault) -> Status {
        let status = answer::status(fault.clone());
        // Only the first is the cause.
        let _ = self.0.0.set(fault);
        self.0.1.notify_one();
        status
    }

    /// Waits until it is so.
    pub(super) async fn wait(&self) -> Fault {
        loop {
            if let Some(fault) = self.0.0.get() {
                return fault.clone();
            }
            self.0.1.notified().await;
        }
    }
}

/// What a call is refused for whose client has stopped sending.
fn stalled() -> Fault {
    let message = "the request came too slowly, or stopped in the middle of a message";
    Fault::new(Code::DeadlineExceeded, "REQUEST_STALLED", message)
}

/// How large a message may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct MaxMessage {
    /// In bytes, which is what its sender is told.
    bytes: usize,
    /// In bytes as they come.
    as_sent: usize,
}

impl MaxMessage {
    /// A limit of `bytes` for a request as `protocol` writes it.
    pub(super) fn of(bytes: usize, protocol: Protocol, headers: &HeaderMap) -> Self {
        /// What gRPC-Web has before its message.
        const PREFIX: usize = 5;
        let as_sent = match protocol {
            Protocol::Grpc | Protocol::Rest => bytes,
            Protocol::GrpcWeb => {
                let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
                let is_text = kind.is_some_and(|kind| kind.starts_with(WEB_TEXT));
                let binary = bytes.saturating_add(PREFIX);
                // Base64 writes three bytes as four.
                if is_text {
                    binary.div_ceil(3) * 4
                } else {
                    binary
                }
            }
        };
        Self { bytes, as_sent }
    }
}

/// What a call is refused for whose message is too large.
fn too_large(bytes: usize) -> Fault {
    let message = format!("the message is larger than {bytes} bytes");
    Fault::new(Code::ResourceExhausted, "MESSAGE_TOO_LARGE", message)
}

/// What a call is refused for that has a message too many: as the protocol's table of codes has it ("request cardinality violation").
fn too_many() -> Fault {
    let message = "the method takes one message, and the call has more";
    Fault::new(Code::Unimplemented, "MESSAGES_TOO_MANY", message)
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
                if let Some(max) = this.max_message
                    && this.patience.has_larger(max.as_sent)
                {
                    this.metrics.hit(Limit::Message);
                    return Poll::Ready(Some(Err(this.broken.set(too_large(max.bytes)))));
                }
                if this.takes_one && this.patience.has_second() {
                    return Poll::Ready(Some(Err(this.broken.set(too_many()))));
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                Poll::Ready(Some(Err(Status::from_error(Box::new(error)))))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if this.patience.is_over(context, &this.exchange) => {
                this.metrics.hit(Limit::Body);
                Poll::Ready(Some(Err(this.broken.set(stalled()))))
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
