//! The body of a request on its way to a server, kept in part so that a call can be made again.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use h2::{Reason, SendStream};
use http_body::Body as _;
use tonic::{Status, body::Body};

/// Pieces of a request that are kept, unless it may have more KiB: what holds a piece is larger than a small one.
const MAX_PIECES: usize = 256;

/// A smaller piece is copied when it is not the only one: as it came, it keeps all that was read with it.
const SMALL_BYTES: usize = 1024;

/// A request's body and what was sent of it.
pub(super) struct Upload {
    body: Body,
    is_read: bool,
    /// What was read so far; nothing once it cannot or need not be sent again.
    kept: Option<Vec<Bytes>>,
    kept_bytes: usize,
    max_bytes: usize,
}

/// How far one attempt has come.
#[derive(Debug)]
pub(super) struct Progress {
    /// Pieces of what is kept that were sent.
    pieces: usize,
    /// Whether the server has to allow more before more is read.
    waits: bool,
    /// Whether the end was sent, or the server wants no more.
    pub(super) is_done: bool,
}

impl Upload {
    /// Takes a body of which at most `max_bytes` are kept.
    pub(super) fn new(body: Body, max_bytes: usize) -> Self {
        Self {
            is_read: body.is_end_stream(),
            body,
            kept: (max_bytes > 0).then(Vec::new),
            kept_bytes: 0,
            max_bytes,
        }
    }

    /// Tells whether there is not a byte to send.
    pub(super) fn is_empty(&self) -> bool {
        self.is_read && self.kept.as_ref().is_some_and(Vec::is_empty)
    }

    /// Tells whether everything that was sent can be sent again.
    pub(super) fn can_repeat(&self) -> bool {
        self.kept.is_some()
    }

    /// Gives up what is kept: the call is not made again.
    pub(super) fn commit(&mut self) {
        self.kept = None;
    }

    /// Sends what there is to send; ready when everything was sent or the server wants no more. The error is the
    /// caller's, who went away.
    pub(super) fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        stream: &mut SendStream<Bytes>,
        progress: &mut Progress,
    ) -> Poll<Result<(), Status>> {
        loop {
            if progress.is_done {
                return Poll::Ready(Ok(()));
            }
            if progress.waits && !ready!(poll_capacity(context, stream)) {
                progress.is_done = true;
                continue;
            }
            let kept = self
                .kept
                .as_ref()
                .and_then(|kept| kept.get(progress.pieces));
            if let Some(piece) = kept.cloned() {
                progress.pieces += 1;
                let is_last =
                    self.is_read && self.kept.as_ref().map_or(0, Vec::len) == progress.pieces;
                progress.sent(stream.send_data(piece, is_last), is_last);
                continue;
            }
            if self.is_read {
                progress.sent(stream.send_data(Bytes::new(), true), true);
                continue;
            }
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Pending => {
                    // An answer may come before all was asked, and be final.
                    if stream.poll_reset(context).is_pending() {
                        return Poll::Pending;
                    }
                    progress.is_done = true;
                }
                Poll::Ready(None) => self.is_read = true,
                Poll::Ready(Some(Err(status))) => {
                    stream.send_reset(Reason::CANCEL);
                    return Poll::Ready(Err(status));
                }
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => {
                        self.is_read = self.body.is_end_stream();
                        if data.is_empty() && !self.is_read {
                            // Nothing is said by it, and servers end connections on which much of that comes.
                            continue;
                        }
                        self.keep(&data);
                        progress.pieces += 1;
                        progress.sent(stream.send_data(data, self.is_read), self.is_read);
                    }
                    Err(frame) => {
                        // gRPC has no trailers of requests; what has some passes, once.
                        self.is_read = true;
                        self.commit();
                        let trailers = frame.into_trailers().unwrap_or_default();
                        progress.sent(stream.send_trailers(trailers), true);
                    }
                },
            }
        }
    }

    fn keep(&mut self, data: &Bytes) {
        self.kept_bytes = self.kept_bytes.saturating_add(data.len());
        let Some(kept) = &mut self.kept else {
            return;
        };
        let max_pieces = MAX_PIECES.max(self.max_bytes / 1024);
        if self.kept_bytes > self.max_bytes || kept.len() == max_pieces {
            self.kept = None;
        } else if kept.is_empty() || data.len() >= SMALL_BYTES {
            kept.push(data.clone());
        } else {
            kept.push(Bytes::copy_from_slice(data));
        }
    }
}

impl Progress {
    /// An attempt that has sent nothing yet, and perhaps has nothing to send.
    pub(super) fn new(is_done: bool) -> Self {
        Self {
            pieces: 0,
            waits: false,
            is_done,
        }
    }

    /// Takes note of what became of a piece. One that the stream does not take means that the server has ended it;
    /// its answer tells why.
    fn sent(&mut self, outcome: Result<(), h2::Error>, is_last: bool) {
        self.is_done = is_last || outcome.is_err();
        self.waits = true;
    }
}

/// Waits until the server allows more to be sent: that is what holds the caller back. False when it wants no more.
fn poll_capacity(context: &mut Context<'_>, stream: &mut SendStream<Bytes>) -> Poll<bool> {
    stream.reserve_capacity(1);
    while stream.capacity() == 0 {
        match ready!(stream.poll_capacity(context)) {
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Poll::Ready(false),
        }
    }
    Poll::Ready(true)
}

/// The rest of a request whose answer has begun.
pub(super) struct Rest {
    upload: Upload,
    stream: SendStream<Bytes>,
    progress: Progress,
}

impl Rest {
    /// What remains of a request, if something does.
    pub(super) fn of(
        upload: Upload,
        stream: SendStream<Bytes>,
        progress: Progress,
    ) -> Option<Self> {
        (!progress.is_done).then_some(Self {
            upload,
            stream,
            progress,
        })
    }
}

impl Future for Rest {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self {
            upload,
            stream,
            progress,
        } = &mut *self;
        upload.poll_send(context, stream, progress).map(|_sent| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(max_bytes: usize, pieces: usize, bytes: usize) -> bool {
        let mut upload = Upload::new(Body::empty(), max_bytes);
        for _ in 0..pieces {
            upload.keep(&Bytes::from(vec![0; bytes]));
        }
        upload.can_repeat()
    }

    #[test]
    fn a_request_of_many_bytes_or_of_many_pieces_is_not_kept() {
        for (max_bytes, pieces, bytes, expected) in [
            (64 * 1024, 1, 64 * 1024, true),
            (64 * 1024, 4, 16 * 1024, true),
            (64 * 1024, 5, 16 * 1024, false),
            (64 * 1024, 256, 1, true),
            (64 * 1024, 257, 1, false),
            (16 << 20, 1024, 16 * 1024, true),
            (16 << 20, 16 * 1024, 1, true),
            (16 << 20, 16 * 1024 + 1, 1, false),
            (0, 1, 1, false),
        ] {
            let found = kept(max_bytes, pieces, bytes);
            assert_eq!(found, expected, "{max_bytes} {pieces} {bytes}");
        }
    }

    #[test]
    fn a_small_piece_after_the_first_keeps_nothing_else() {
        let read = Bytes::from(vec![0; 16 * 1024]);
        let mut upload = Upload::new(Body::empty(), 64 * 1024);
        upload.keep(&read.slice(..10));
        upload.keep(&read.slice(10..20));
        let kept = upload.kept.expect("kept");
        let is_within = |piece: &Bytes| read.as_ptr_range().contains(&piece.as_ptr());
        assert!(is_within(&kept[0]) && !is_within(&kept[1]));
    }
}
