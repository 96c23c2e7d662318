//! Watches the bytes of a connection for what the HTTP/2 library lets a client do without end.
//!
//! h2 0.4.20 stops CONTINUATION floods, floods of empty DATA frames, and streams that are reset before they were
//! taken up. It answers every PING and every SETTINGS and takes every `WINDOW_UPDATE`, PRIORITY and
//! unknown frame, however many; it lets a client open and reset streams as fast as they are taken up;
//! and it waits without end for the first bytes, and for a client that takes nothing. These are bounded here, by the frames' headers alone.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::{
    budget::Budget,
    frames::{Frame, Scanner},
};
use crate::{
    args::{ConnectionArgs, Resets},
    limits::Limit,
    metrics::Metrics,
};

/// Frames without a call that each frame of an answer allows: `WINDOW_UPDATE` for it, and the PINGs by which clients
/// measure their bandwidth. The figure is Envoy's for `WINDOW_UPDATE` frames for each DATA frame.
const FOR_EACH_ANSWER: u64 = 10;

/// A connection whose frames are counted.
pub(super) struct Metered<T> {
    inner: T,
    /// Runs until the first bytes of HTTP have come.
    beginning: Option<Pin<Box<Sleep>>>,
    received: Scanner,
    sent: Scanner,
    control: Budget,
    /// Nothing where they are not limited.
    resets: Option<Budget>,
    /// How long the client may take nothing of what is written, and the end of that while it takes nothing.
    patience: Duration,
    writing: Option<Pin<Box<Sleep>>>,
    metrics: Metrics,
}

impl<T> Metered<T> {
    /// Watches a new connection.
    pub(super) fn new(
        inner: T,
        args: &ConnectionArgs,
        resets: Option<Resets>,
        metrics: Metrics,
    ) -> Self {
        Self {
            inner,
            beginning: Some(Box::pin(sleep(args.handshake()))),
            received: Scanner::of_client(),
            sent: Scanner::of_server(),
            control: Budget::new(args.control_frame_rate, args.control_frame_burst),
            resets: resets.map(|resets| Budget::new(resets.rate, resets.burst)),
            patience: Duration::from_secs(args.write_seconds),
            writing: None,
            metrics,
        }
    }

    /// Counts what has come; returns the limit that it goes beyond, if any.
    fn receive(&mut self, bytes: &[u8]) -> Option<Limit> {
        let (control, resets) = (&mut self.control, &mut self.resets);
        let mut beyond = None;
        let mut has_begun = false;
        self.received.scan(bytes, |frame| {
            has_begun |= frame.kind == Frame::SETTINGS;
            let spent = match frame.kind {
                // Their streams are what is counted elsewhere.
                Frame::HEADERS | Frame::CONTINUATION => Some(()),
                Frame::DATA if frame.length > 0 || frame.ends_stream() => Some(()),
                Frame::RST_STREAM => {
                    beyond = beyond.or(reset(resets));
                    Some(())
                }
                _ => control.take(),
            };
            if spent.is_none() {
                beyond = beyond.or(Some(Limit::ControlFrames));
            }
        });
        if has_begun || self.received.is_other() {
            self.beginning = None;
        }
        beyond
    }

    /// Counts what goes out, which is what allows the client its own frames; returns the limit that the client has made
    /// the server go beyond, if any.
    fn send(&mut self, bytes: &[u8]) -> Option<Limit> {
        if self.received.is_other() {
            return None;
        }
        let (control, resets) = (&mut self.control, &mut self.resets);
        let mut beyond = None;
        self.sent.scan(bytes, |frame| {
            match frame.kind {
                Frame::DATA | Frame::HEADERS => control.grant(FOR_EACH_ANSWER),
                // A client that makes the server reset its streams (CVE-2025-8671) spends as one that resets them.
                Frame::RST_STREAM => beyond = beyond.or(reset(resets)),
                _ => {}
            }
            if frame.ends_stream()
                && let Some(resets) = resets
            {
                resets.grant(1);
            }
        });
        beyond
    }

    /// Bounds how long `written` may go on as it is.
    fn in_time<R>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.writing = None;
            return written;
        }
        let patience = self.patience;
        let writing = self
            .writing
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        if writing.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.writing = None;
        Poll::Ready(Err(self.refuse(Limit::Write)))
    }

    fn refuse(&self, limit: Limit) -> io::Error {
        self.metrics.hit(limit);
        io::Error::new(io::ErrorKind::ConnectionAborted, limit.name())
    }
}

/// Counts a stream that is reset, where that is limited; returns the limit if it goes beyond.
fn reset(resets: &mut Option<Budget>) -> Option<Limit> {
    let is_beyond = resets
        .as_mut()
        .is_some_and(|resets| resets.take().is_none());
    is_beyond.then_some(Limit::Resets)
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Some(beginning) = &mut this.beginning
            && beginning.as_mut().poll(context).is_ready()
        {
            this.beginning = None;
            return Poll::Ready(Err(this.refuse(Limit::FirstBytes)));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(context, buffer))?;
        let received = buffer.filled().get(before..).unwrap_or_default();
        match this.receive(received) {
            None => Poll::Ready(Ok(())),
            Some(limit) => Poll::Ready(Err(this.refuse(limit))),
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Metered<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        let written = ready!(self.in_time(context, written))?;
        let beyond = self.send(bytes.get(..written).unwrap_or_default());
        Poll::Ready(beyond.map_or(Ok(written), |limit| Err(self.refuse(limit))))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        let written = ready!(self.in_time(context, written))?;
        let (mut left, mut beyond) = (written, None);
        for slice in slices {
            let length = slice.len().min(left);
            beyond = beyond.or(self.send(slice.get(..length).unwrap_or_default()));
            left -= length;
        }
        Poll::Ready(beyond.map_or(Ok(written), |limit| Err(self.refuse(limit))))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.in_time(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.inner).poll_shutdown(context);
        self.in_time(context, shut)
    }
}
