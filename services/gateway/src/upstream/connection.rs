//! One HTTP/2 connection to a server, over which many calls go at once.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use h2::{
    Ping, PingPong,
    client::{Connection as Driver, SendRequest},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Mutex,
    task::AbortHandle,
};

/// A connection. It ends when the last copy and the last call on it are gone, or it is lost.
pub(super) struct Connection {
    sender: SendRequest<Bytes>,
    pings: Mutex<Option<Pings>>,
    /// Calls in progress.
    load: AtomicUsize,
    /// Checks in a row that were not answered.
    unanswered: AtomicU32,
    ended: Arc<AtomicBool>,
    /// Whether it was ended from here.
    is_cut: AtomicBool,
    /// The serving thread that it runs on.
    core: Option<usize>,
    driver: AbortHandle,
}

/// Pings, of which HTTP/2 has one at a time under way.
struct Pings {
    way: PingPong,
    is_under_way: bool,
}

impl Connection {
    /// Takes over what a handshake has made; `driver` runs from now on.
    pub(super) fn new<T>(
        sender: SendRequest<Bytes>,
        pings: Option<PingPong>,
        driver: Driver<T, Bytes>,
    ) -> Self
    where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let ended = Arc::new(AtomicBool::new(false));
        let has_ended = Arc::clone(&ended);
        let driver = tokio::spawn(async move {
            if let Err(error) = driver.await {
                tracing::debug!(%error, "a connection to an upstream ended");
            }
            has_ended.store(true, Ordering::Release);
        });
        Self {
            sender,
            pings: Mutex::new(pings.map(|way| Pings {
                way,
                is_under_way: false,
            })),
            load: AtomicUsize::new(0),
            unanswered: AtomicU32::new(0),
            ended,
            is_cut: AtomicBool::new(false),
            core: host::core(),
            driver: driver.abort_handle(),
        }
    }

    /// Returns what a call begins with.
    pub(super) fn sender(&self) -> SendRequest<Bytes> {
        self.sender.clone()
    }

    /// Tells whether it runs on this thread, so that a call on it wakes no other.
    pub(super) fn is_here(&self) -> bool {
        self.core == host::core()
    }

    /// Returns how many calls are in progress.
    pub(super) fn load(&self) -> usize {
        self.load.load(Ordering::Relaxed)
    }

    /// Returns how many calls at once the server allows.
    pub(super) fn most_calls(&self) -> usize {
        self.sender.current_max_send_streams()
    }

    /// Tells whether the server allows one more call now.
    pub(super) fn has_place(&self) -> bool {
        self.load() < self.most_calls()
    }

    /// Tells whether there are more calls than the server allows at once, so that some have not been sent yet.
    pub(super) fn is_over_full(&self) -> bool {
        self.load() > self.most_calls()
    }

    /// Counts one call more.
    pub(super) fn enter(&self) {
        self.load.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one call less.
    pub(super) fn leave(&self) {
        self.load.fetch_sub(1, Ordering::Relaxed);
    }

    /// Tells whether it has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Waits for an answer to a ping, without end. Who waited before and gave up has left theirs under way; its answer
    /// counts too.
    pub(super) async fn ping(&self) -> Result<(), h2::Error> {
        let mut pings = self.pings.lock().await;
        let Some(Pings { way, is_under_way }) = pings.as_mut() else {
            return Ok(());
        };
        if !*is_under_way {
            way.send_ping(Ping::opaque())?;
            *is_under_way = true;
        }
        poll_fn(|context| way.poll_pong(context)).await?;
        *is_under_way = false;
        Ok(())
    }

    /// Takes note of whether a check was answered; returns how many were not, in a row.
    pub(super) fn note_check(&self, is_answered: bool) -> u32 {
        if is_answered {
            self.unanswered.store(0, Ordering::Relaxed);
            return 0;
        }
        self.unanswered.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Returns how many checks in a row were not answered.
    pub(super) fn unanswered(&self) -> u32 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Tells whether it was cut off, so that its end tells nothing of its server.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Acquire)
    }

    /// Cuts it off: every call on it ends as lost.
    pub(super) fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        self.ended.store(true, Ordering::Release);
        self.driver.abort();
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("load", &self.load())
            .field("has_ended", &self.has_ended())
            .finish_non_exhaustive()
    }
}
