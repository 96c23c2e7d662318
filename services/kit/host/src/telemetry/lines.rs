//! Writes the lines of the access log beside the calls that they tell of.
//!
//! A reader of standard error that is slow, or that has stopped, must not hold up calls: lines go through a queue to a
//! thread of their own, and where the queue is full they are left out and counted.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait at most; at 300 bytes each some five megabytes.
const QUEUE_LINES: usize = 16 * 1024;

/// The queue is written out in pieces of about this size: one call of the system for many lines.
const PIECE_BYTES: usize = 64 * 1024;

#[derive(Debug)]
enum Item {
    Line(Vec<u8>),
    /// Answered when all lines before it are out.
    Mark(SyncSender<()>),
}

/// A queue of lines on their way out. Copies share it.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    queue: SyncSender<Item>,
    left_out: Arc<AtomicU64>,
}

impl Lines {
    /// Starts to write lines to `out`.
    pub(super) fn to(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, items) = sync_channel(QUEUE_LINES);
        std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || write_out(&items, out))?;
        Ok(Self {
            queue,
            left_out: Arc::default(),
        })
    }

    /// How many lines were left out so far.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }

    /// Waits until the lines so far are out, for a limited time. Blocks the thread.
    pub(super) fn flush(&self, patience: Duration) {
        let (mark, reached) = sync_channel(1);
        if self.queue.try_send(Item::Mark(mark)).is_err() {
            return;
        }
        if reached.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("nobody reads the access log: its last lines are left out");
        }
    }
}

fn write_out(items: &Receiver<Item>, mut out: impl Write) {
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    while let Ok(first) = items.recv() {
        let mut marks = Vec::new();
        let mut next = Some(first);
        while let Some(item) = next {
            match item {
                Item::Line(line) => piece.extend_from_slice(&line),
                Item::Mark(mark) => marks.push(mark),
            }
            next = (piece.len() < PIECE_BYTES)
                .then(|| items.try_recv().ok())
                .flatten();
        }
        // A process goes on without a reader of its log.
        let _ = out.write_all(&piece).and_then(|()| out.flush());
        piece.clear();
        for mark in marks {
            let _ = mark.send(());
        }
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = &'a Lines;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl Write for &Lines {
    /// Takes `line`, which the formatter hands over as one whole.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.queue.try_send(Item::Line(line.to_vec())).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    /// Where a test reads what was written, piece by piece; full until the test reads.
    struct Out(SyncSender<Vec<u8>>);

    impl Write for Out {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0
                .send(bytes.to_vec())
                .map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Takes nothing for as long as the test runs.
    struct Stuck(Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_come_out_in_order_and_a_flush_waits_for_them() {
        let (out, written) = sync_channel(100);
        let lines = Lines::to(Out(out)).unwrap();
        for number in 0..50 {
            lines
                .make_writer()
                .write_all(format!("{number}\n").as_bytes())
                .unwrap();
        }
        lines.flush(Duration::from_secs(20));
        let text: Vec<u8> = written.try_iter().flatten().collect();
        let expected: String = (0..50).map(|number| format!("{number}\n")).collect();
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert_eq!(lines.left_out(), 0);
    }

    #[test]
    fn where_nobody_reads_lines_are_left_out_and_nobody_waits() {
        let (unread, never) = channel::<()>();
        let lines = Lines::to(Stuck(never)).unwrap();
        // More than the queue and the piece that is being written hold.
        for _ in 0..2 * QUEUE_LINES {
            lines.make_writer().write_all(&[b'x'; 100]).unwrap();
        }
        assert!(lines.left_out() > 0);
        drop(unread);
    }
}
