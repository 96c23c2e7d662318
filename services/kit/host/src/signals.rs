//! Signals: SIGTERM and SIGINT stop the process in order, a second one at once; SIGHUP reloads.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::StartError;

/// How long the last line of a process that ends at once has.
const LAST_LINE: Duration = Duration::from_millis(20);

/// The signals of this process, taken from the moment they are made.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Takes the signals; must be called inside a tokio runtime.
    pub fn take() -> Result<Self, StartError> {
        let take = |kind| {
            signal(kind).map_err(|error| StartError::Start(format!("cannot take signals: {error}")))
        };
        Ok(Self {
            terminate: take(SignalKind::terminate())?,
            interrupt: take(SignalKind::interrupt())?,
            hangup: take(SignalKind::hangup())?,
        })
    }

    /// Answers the signals in the background: the first to stop cancels `stopping`, the second ends
    /// the process with 1, and SIGHUP calls `reload`, once at a time and on a thread where it holds up nothing else: it reads files.
    pub fn answer(mut self, stopping: CancellationToken, reload: impl Fn() + Send + 'static) {
        let reload = Arc::new(Mutex::new(reload));
        let reload = move || {
            let reload = Arc::clone(&reload);
            tokio::task::spawn_blocking(move || {
                // One that has panicked has left what was before.
                reload.lock().unwrap_or_else(PoisonError::into_inner)();
            });
        };
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(()) = self.terminate.recv() => stop(&stopping),
                    Some(()) = self.interrupt.recv() => stop(&stopping),
                    Some(()) = self.hangup.recv() => reload(),
                    else => return,
                }
            }
        });
    }
}

fn stop(stopping: &CancellationToken) {
    if stopping.is_cancelled() {
        tracing::warn!("told to stop a second time: ending at once");
        // For the line to get out; a reader that has stopped is not waited for.
        std::thread::sleep(LAST_LINE);
        std::process::exit(1);
    }
    tracing::info!("told to stop: finishing the calls in progress");
    stopping.cancel();
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use rustix::process::{Signal as Number, getpid, kill_process};

    use super::*;

    #[tokio::test]
    async fn a_reload_holds_up_nothing_else_on_the_thread() {
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (let_go, waiting) = mpsc::channel::<()>();
        let begun = Mutex::new(Some(begun));
        let reload = move || {
            if let Some(begun) = begun.lock().unwrap().take() {
                begun.send(()).unwrap();
                waiting.recv_timeout(Duration::from_secs(30)).unwrap();
            }
        };
        let signals = Signals::take().unwrap();
        signals.answer(CancellationToken::new(), reload);
        kill_process(getpid(), Number::HUP).unwrap();
        begins.await.unwrap();
        // It is told only once this thread has gone on.
        let_go.send(()).unwrap();
    }
}
