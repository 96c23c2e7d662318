//! Signals: SIGTERM and SIGINT stop the process in order, a second one at once; SIGHUP reloads.

use std::time::Duration;

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
    /// the process with 1, and SIGHUP calls `reload`.
    pub fn answer(mut self, stopping: CancellationToken, reload: impl Fn() + Send + 'static) {
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
