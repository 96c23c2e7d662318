//! Gathers what is written to a connection, so that many frames leave in one call of the system.
//!
//! The HTTP/2 library writes every message above 256 bytes by a call of its own and asks for it to be flushed, though its
//! next frame is ready. Here a flush is put off until the library flushes again with nothing written in between, or the
//! connection's task runs again, which is at once, when other tasks that are ready have had their turn: answers that came
//! together go out together.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Most that is gathered. More is written as it comes.
const CAPACITY: usize = 16 * 1024;

/// A connection whose writes are gathered.
#[derive(Debug)]
pub struct Gathered<T> {
    inner: T,
    buffer: Vec<u8>,
    /// How much of the buffer is out already.
    written: usize,
    /// Something was written since the last flush.
    is_fresh: bool,
    /// A flush was put off.
    is_due: bool,
}

impl<T: AsyncWrite + Unpin> Gathered<T> {
    /// Gathers what is written to `inner`.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            buffer: Vec::new(),
            written: 0,
            is_fresh: false,
            is_due: false,
        }
    }

    /// Writes out what was gathered.
    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(left @ [_, ..]) = self.buffer.get(self.written..) {
            match ready!(Pin::new(&mut self.inner).poll_write(context, left))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
        }
        self.buffer.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }

    /// Writes out what was gathered, and what the connection itself holds back.
    fn poll_out(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(context))?;
        ready!(Pin::new(&mut self.inner).poll_flush(context))?;
        self.is_due = false;
        Poll::Ready(Ok(()))
    }

    fn has_room(&self, more: usize) -> bool {
        self.buffer.len() + more <= CAPACITY
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Gathered<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.as_mut()
            .poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let length = slices.iter().map(|slice| slice.len()).sum();
        if !this.has_room(length) {
            ready!(this.poll_drain(context))?;
        }
        this.is_fresh = true;
        if !this.has_room(length) {
            return Pin::new(&mut this.inner).poll_write_vectored(context, slices);
        }
        this.buffer.reserve(length);
        for slice in slices {
            this.buffer.extend_from_slice(slice);
        }
        Poll::Ready(Ok(length))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.is_fresh && !this.buffer.is_empty() {
            this.is_fresh = false;
            this.is_due = true;
            // Each time: whether the task will read when it runs is not known, and then only a flush comes to it.
            context.waker().wake_by_ref();
            return Poll::Ready(Ok(()));
        }
        this.poll_out(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        ready!(this.poll_drain(context))?;
        Pin::new(&mut this.inner).poll_shutdown(context)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Gathered<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // The task runs again: what was put off waits no longer, though the peer may not take it yet.
        if this.is_due
            && let Poll::Ready(written) = this.poll_out(context)
        {
            written?;
        }
        Pin::new(&mut this.inner).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use futures::future::poll_fn;
    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn what_is_flushed_twice_is_out_and_before_that_gathered() {
        let (ours, mut theirs) = duplex(1 << 20);
        let mut ours = Gathered::new(ours);
        for count in 1..=3 {
            ours.write_all(b"abc").await.unwrap();
            ours.flush().await.unwrap();
            assert_eq!(ours.buffer.len(), 3 * count);
        }
        assert_eq!(ours.buffer, b"abcabcabc");
        ours.flush().await.unwrap();
        let mut read = [0; 9];
        theirs.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"abcabcabc");
    }

    #[tokio::test]
    async fn what_is_written_and_flushed_each_time_that_the_task_runs_is_out_without_a_read() {
        let (ours, mut theirs) = duplex(1 << 20);
        let mut ours = Gathered::new(ours);
        // As HTTP/1 does while it holds bytes of the next request: it writes and flushes, and does not read.
        let writing = async {
            let mut turns = 0;
            poll_fn(|context| {
                turns += 1;
                if turns <= 3 {
                    let sent = Pin::new(&mut ours).poll_write(context, b"abc");
                    assert!(sent.is_ready());
                }
                let flushed = Pin::new(&mut ours).poll_flush(context);
                assert!(flushed.is_ready());
                Poll::<()>::Pending
            })
            .await;
        };
        let reading = async {
            let mut read = [0; 9];
            theirs.read_exact(&mut read).await.unwrap();
            read
        };
        let read = tokio::select! {
            () = writing => unreachable!("it goes on"),
            read = reading => read,
        };
        assert_eq!(&read, b"abcabcabc");
    }

    #[tokio::test]
    async fn what_was_flushed_is_out_when_the_task_runs_again() {
        let (ours, mut theirs) = duplex(1 << 20);
        let mut ours = Gathered::new(ours);
        let writing = async {
            let mut has_written = false;
            poll_fn(|context| {
                let mut byte = [0];
                let mut byte = ReadBuf::new(&mut byte);
                // As the HTTP/2 library does: it reads, writes, flushes.
                let read = Pin::new(&mut ours).poll_read(context, &mut byte);
                if !std::mem::replace(&mut has_written, true) {
                    let sent = Pin::new(&mut ours).poll_write(context, b"abc");
                    assert!(sent.is_ready());
                    assert!(Pin::new(&mut ours).poll_flush(context).is_ready());
                }
                read
            })
            .await
        };
        let answering = async {
            let mut read = [0; 3];
            theirs.read_exact(&mut read).await.unwrap();
            theirs.write_all(b"x").await.unwrap();
            read
        };
        let (read, answered) = tokio::join!(writing, answering);
        read.unwrap();
        assert_eq!(&answered, b"abc");
    }

    proptest! {
        #[test]
        fn every_byte_comes_once_and_in_order_through_a_narrow_way(
            pieces in prop::collection::vec((0_usize..40_000, any::<bool>()), 0..12),
            width in 1_usize..30_000,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (sent, read) = runtime.block_on(async {
                let (ours, mut theirs) = duplex(width);
                let mut ours = Gathered::new(ours);
                let writing = async {
                    let mut sent = Vec::new();
                    for (number, (length, flushes)) in (0_u8..).zip(&pieces) {
                        let piece = vec![number; *length];
                        ours.write_all(&piece).await.unwrap();
                        sent.extend(piece);
                        if *flushes {
                            ours.flush().await.unwrap();
                        }
                    }
                    ours.shutdown().await.unwrap();
                    sent
                };
                let reading = async {
                    let mut read = Vec::new();
                    theirs.read_to_end(&mut read).await.unwrap();
                    read
                };
                tokio::join!(writing, reading)
            });
            prop_assert_eq!(sent, read);
        }
    }
}
