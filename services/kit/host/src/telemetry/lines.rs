//! Writes the lines of the access log beside the calls that they tell of.
//!
//! A reader of standard error that is slow, or that has stopped, must not hold up calls: lines wait in memory for a
//! thread of their own, and where too many wait they are left out and counted.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Most that waits to be written.
const MAX_BYTES: usize = 4 << 20;

/// Most that is written at once, whole lines: what a pipe takes whole or not at all (`PIPE_BUF`), so that a process that ends while
/// nobody reads leaves no half line. Only a longer line is written by itself.
const WRITE_BYTES: usize = 4096;

/// What waits is written when there is so much of it,
const PIECE_BYTES: usize = 64 * 1024;

/// or so long after its first line. To wake the thread for each line would cost more than the line.
const GATHERING: Duration = Duration::from_millis(10);

/// Lines on their way out. Copies share them.
#[derive(Clone, Debug)]
pub(super) struct Lines(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is a first line, or enough for a piece.
    is_due: Condvar,
    /// All that waited is out.
    is_out: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<u8>,
    /// How much was ever taken, and how much of it is out.
    taken: u64,
    out: u64,
    /// Somebody waits for the lines to be out.
    is_urgent: bool,
    left_out: usize,
}

impl Lines {
    /// Starts to write lines to `out`.
    pub(super) fn to(out: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let writing = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || writing.write_out(out))?;
        Ok(Self(shared))
    }

    /// Takes one line, or leaves it out where too many wait.
    pub(super) fn put(&self, line: &[u8]) {
        self.0.put(line);
    }

    /// How many lines were left out so far.
    pub(super) fn left_out(&self) -> usize {
        self.0.lock().left_out
    }

    /// Waits until the lines so far are out, for a limited time. Blocks the thread.
    pub(super) fn flush(&self, patience: Duration) {
        let begun = Instant::now();
        let mut queue = self.0.lock();
        let so_far = queue.taken;
        while queue.out < so_far {
            queue.is_urgent = true;
            self.0.is_due.notify_one();
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                drop(queue);
                tracing::warn!("nobody reads the access log: its last lines are left out");
                return;
            }
            let woken = self.0.is_out.wait_timeout(queue, left);
            (queue, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, line: &[u8]) {
        let mut queue = self.lock();
        let before = queue.waiting.len();
        if before + line.len() > MAX_BYTES {
            queue.left_out += 1;
            return;
        }
        queue.waiting.extend_from_slice(line);
        queue.taken += line.len() as u64;
        let is_piece = before < PIECE_BYTES && queue.waiting.len() >= PIECE_BYTES;
        if before == 0 || is_piece {
            self.is_due.notify_one();
        }
    }

    /// Writes what comes, for as long as the process runs.
    fn write_out(&self, mut out: impl Write) {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        loop {
            self.gather(&mut piece);
            // A process goes on without a reader of its log.
            for lines in whole_lines(&piece) {
                let _ = out.write_all(lines);
            }
            let _ = out.flush();
            self.lock().out += piece.len() as u64;
            piece.clear();
            self.is_out.notify_all();
        }
    }

    /// Waits for a piece and takes it.
    fn gather(&self, piece: &mut Vec<u8>) {
        let queue = self.lock();
        let is_empty = |queue: &mut Queue| queue.waiting.is_empty();
        let queue = self.is_due.wait_while(queue, is_empty);
        let queue = queue.unwrap_or_else(PoisonError::into_inner);
        let is_small = |queue: &mut Queue| queue.waiting.len() < PIECE_BYTES && !queue.is_urgent;
        let gathered = self.is_due.wait_timeout_while(queue, GATHERING, is_small);
        let (mut queue, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        mem::swap(piece, &mut queue.waiting);
        queue.is_urgent = false;
    }
}

/// Cuts lines into parts that are written at once.
fn whole_lines(mut lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if lines.is_empty() {
            return None;
        }
        let is_end = |byte: &u8| *byte == b'\n';
        let most = &lines[..lines.len().min(WRITE_BYTES)];
        let end = match most.iter().rposition(is_end) {
            Some(last) => last + 1,
            None => lines
                .iter()
                .position(is_end)
                .map_or(lines.len(), |first| first + 1),
        };
        let (part, rest) = lines.split_at(end);
        lines = rest;
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

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
            lines.put(format!("{number}\n").as_bytes());
        }
        lines.flush(Duration::from_secs(20));
        let text: Vec<u8> = written.try_iter().flatten().collect();
        let expected: String = (0..50).map(|number| format!("{number}\n")).collect();
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert_eq!(lines.left_out(), 0);
    }

    #[test]
    fn no_write_ends_within_a_line_that_a_pipe_takes_whole() {
        let long = format!("{}\n", "y".repeat(2 * WRITE_BYTES));
        let all: String = (0..200)
            .map(|number| format!("{}\n", "x".repeat(number * 7 % 900)))
            .chain([long])
            .collect();
        let parts: Vec<&[u8]> = whole_lines(all.as_bytes()).collect();
        assert_eq!(parts.concat(), all.as_bytes());
        for part in &parts {
            assert_eq!(part.last(), Some(&b'\n'));
            assert!(part.len() <= WRITE_BYTES || part.len() == 2 * WRITE_BYTES + 1);
        }
        assert!(parts.len() < 40, "a write for each line");
    }

    #[test]
    fn where_nobody_reads_lines_are_left_out_and_nobody_waits() {
        let (unread, never) = channel::<()>();
        let lines = Lines::to(Stuck(never)).unwrap();
        // More than may wait and the piece that is being written hold.
        for _ in 0..3 * MAX_BYTES / 100 {
            lines.put(&[b'x'; 100]);
        }
        assert!(lines.left_out() > 0);
        let begun = Instant::now();
        lines.flush(Duration::from_millis(50));
        assert!(begun.elapsed() >= Duration::from_millis(50));
        drop(unread);
    }
}
