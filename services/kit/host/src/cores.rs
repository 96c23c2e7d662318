//! Threads that serve connections, each by itself: what a connection's calls need is on its thread, and wakes no other.
//!
//! On a runtime whose threads share their tasks, each answer on its way from one connection to another wakes a thread and is
//! written by itself. A thread that has its connections for itself takes up all that has come and writes all that is due.

use std::{
    cell::Cell,
    io,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// The variable by which programs on tokio are told how many threads to have.
const COUNT: &str = "TOKIO_WORKER_THREADS";

thread_local! {
    static CORE: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Returns which of the process's serving threads this is, counted from 0; nothing where it is another thread.
#[must_use]
pub fn core() -> Option<usize> {
    CORE.get()
}

/// How many serving threads the process has; 1 where connections are tasks of a shared runtime.
static SERVING: AtomicUsize = AtomicUsize::new(1);

/// Returns how many threads of the process serve connections by themselves; 1 where they share them.
#[must_use]
pub fn serving_threads() -> usize {
    SERVING.load(Ordering::Relaxed)
}

/// The serving threads of a process. They end when the last copy is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Cores(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    cores: Vec<Core>,
    next: AtomicUsize,
    ending: CancellationToken,
}

#[derive(Debug)]
struct Core {
    runtime: Handle,
    /// Its connections.
    load: Arc<AtomicUsize>,
}

/// A connection's place on a thread, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(Arc<AtomicUsize>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Cores {
    /// Starts as many threads as there are processors, or as `TOKIO_WORKER_THREADS` says.
    pub(crate) fn start() -> io::Result<Self> {
        let count = match std::env::var(COUNT) {
            Ok(text) => text.parse::<NonZeroUsize>().map_err(|_| {
                io::Error::other(format!("{COUNT} is {text:?}, and must be a count from 1"))
            })?,
            Err(_) => thread::available_parallelism()?,
        };
        let ending = CancellationToken::new();
        let cores = (0..count.get())
            .map(|core| {
                let runtime = Builder::new_current_thread().enable_all().build()?;
                let handle = runtime.handle().clone();
                let ending = ending.clone();
                thread::Builder::new()
                    .name(format!("core-{core}"))
                    .spawn(move || {
                        CORE.set(Some(core));
                        runtime.block_on(ending.cancelled());
                        // What is left on it is not waited for.
                        runtime.shutdown_background();
                    })?;
                Ok(Core {
                    runtime: handle,
                    load: Arc::default(),
                })
            })
            .collect::<io::Result<_>>()?;
        SERVING.store(count.get(), Ordering::Relaxed);
        Ok(Self(Arc::new(Inner {
            cores,
            next: AtomicUsize::new(0),
            ending,
        })))
    }

    /// Takes a place on the thread with the fewest connections; where several have as few, they take turns.
    pub(crate) fn take(&self) -> Option<(&Handle, Turn)> {
        let cores = &self.0.cores;
        let first = self.0.next.fetch_add(1, Ordering::Relaxed);
        let in_turn = (0..cores.len()).filter_map(|step| cores.get((first + step) % cores.len()));
        let core = in_turn.min_by_key(|core| core.load.load(Ordering::Relaxed))?;
        core.load.fetch_add(1, Ordering::Relaxed);
        Some((&core.runtime, Turn(Arc::clone(&core.load))))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.ending.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn they_know_which_they_are_and_the_one_with_the_fewest_connections_gets_the_next() {
        let cores = Cores::start().unwrap();
        let count = cores.0.cores.len();
        assert_eq!(serving_threads(), count);
        assert_eq!(core(), None);
        let mut turns = Vec::new();
        for _ in 0..2 * count {
            let (runtime, turn) = cores.take().unwrap();
            turns.push((runtime.spawn(async { core() }).await.unwrap(), turn));
        }
        for core in 0..count {
            let has = turns.iter().filter(|(on, _)| *on == Some(core)).count();
            assert_eq!(has, 2, "core {core}");
        }
        turns.retain(|(on, _)| *on != Some(count - 1));
        for _ in 0..2 {
            let (runtime, turn) = cores.take().unwrap();
            let on = runtime.spawn(async { core() }).await.unwrap();
            assert_eq!(on, Some(count - 1));
            turns.push((on, turn));
        }
    }
}
