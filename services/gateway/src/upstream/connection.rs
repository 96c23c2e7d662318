//! One HTTP/2 connection to a server, over which many calls go at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
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
    pings: Mutex<Option<PingPong>>,
    /// Calls in progress.
    load: AtomicUsize,
    ended: Arc<AtomicBool>,
    driver: AbortHandle,
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
            pings: Mutex::new(pings),
            load: AtomicUsize::new(0),
            ended,
            driver: driver.abort_handle(),
        }
    }

    /// Returns what a call begins with.
    pub(super) fn sender(&self) -> SendRequest<Bytes> {
        self.sender.clone()
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

    /// Waits for an answer to a ping, without end.
    pub(super) async fn ping(&self) -> Result<(), h2::Error> {
        match self.pings.lock().await.as_mut() {
            Some(pings) => pings.ping(Ping::opaque()).await.map(|_pong| ()),
            None => Ok(()),
        }
    }

    /// Cuts it off: every call on it ends as lost.
    pub(super) fn cut(&self) {
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
