//! The body of an answer as it comes from a server, passed on frame by frame.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use h2::RecvStream;
use http_body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use super::{pool::Place, upload::Rest};

/// An answer under way. When it ends or is dropped, so does the rest of the request, and its place is free.
pub(super) struct Received {
    stream: RecvStream,
    is_read: bool,
    has_ended: bool,
    held: Option<Held>,
}

/// What an answer holds until it ends.
struct Held {
    _place: Place,
    _sending: Option<Sending>,
}

/// The rest of the request, sent beside the answer.
struct Sending(JoinHandle<()>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Received {
    /// Takes an answer whose call is at `place` and whose request goes on with `rest`.
    pub(super) fn new(stream: RecvStream, place: Place, rest: Option<Rest>) -> Self {
        // Beside, because neither direction may wait for the other.
        let sending = rest.map(|rest| Sending(tokio::spawn(rest)));
        Self {
            stream,
            is_read: false,
            has_ended: false,
            held: Some(Held {
                _place: place,
                _sending: sending,
            }),
        }
    }

    fn end(&mut self) {
        self.has_ended = true;
        self.held = None;
    }
}

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        let this = &mut *self;
        if this.has_ended {
            return Poll::Ready(None);
        }
        if !this.is_read {
            match ready!(this.stream.poll_data(context)) {
                Some(Ok(data)) => {
                    // Only what is asked for is read, so this lets the server send as fast as the caller takes it.
                    let _ = this.stream.flow_control().release_capacity(data.len());
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Some(Err(error)) => {
                    this.end();
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.is_read = true,
            }
        }
        let trailers = ready!(this.stream.poll_trailers(context));
        this.end();
        Poll::Ready(
            trailers
                .transpose()
                .map(|trailers| trailers.map(Frame::trailers)),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended || self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
