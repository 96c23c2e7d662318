//! Threads that serve connections, each by itself: what a connection's calls need is on its thread, and wakes no other.
//!
//! On a runtime whose threads share their tasks, each answer on its way from one connection to another wakes a thread and is
//! written by itself. A thread that has its connections for itself takes up all that has come and writes all that is due, which halves
//! the processor time of a forwarded call.

use std::{
    cell::Cell,
    io,
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

/// The serving threads of a process. They end when the last copy is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Cores(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    runtimes: Vec<Handle>,
    next: AtomicUsize,
    ending: CancellationToken,
}

impl Cores {
    /// Starts as many threads as there are processors, or as `TOKIO_WORKER_THREADS` says.
    pub(crate) fn start() -> io::Result<Self> {
        let told = std::env::var(COUNT).ok().and_then(|text| text.parse().ok());
        let count = match told {
            Some(count) if count > 0 => count,
            _ => thread::available_parallelism()?.get(),
        };
        let ending = CancellationToken::new();
        let runtimes = (0..count)
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
                Ok(handle)
            })
            .collect::<io::Result<_>>()?;
        Ok(Self(Arc::new(Inner {
            runtimes,
            next: AtomicUsize::new(0),
            ending,
        })))
    }

    /// Returns the thread whose turn it is.
    pub(crate) fn next(&self) -> Option<&Handle> {
        let turn = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.0.runtimes.get(turn % self.0.runtimes.len().max(1))
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
    async fn they_take_turns_and_know_which_they_are() {
        let cores = Cores::start().unwrap();
        let count = cores.0.runtimes.len();
        assert_eq!(core(), None);
        for turn in 0..2 * count {
            let on = cores.next().unwrap().spawn(async { core() });
            assert_eq!(on.await.unwrap(), Some(turn % count));
        }
    }
}
