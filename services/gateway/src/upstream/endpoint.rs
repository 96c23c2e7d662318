//! One address of an upstream: its connections, its calls in progress, and whether it gets more.

use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::FutureExt as _;
use tokio::sync::{Notify, watch};

use super::{
    UpstreamArgs,
    address::{ConnectError, Origin},
    choice::Candidate,
    circuit::{Cause, Change, Circuit, Limits, Outcome, Standing},
    connection::Connection,
    measures::Measures,
};

/// How long no further connection is tried after one could not be made, while others have room.
const PAUSE: Duration = Duration::from_secs(1);

/// How long connections on which no call was answered may take to answer a ping before they are cut off.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// One address.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// How it is reached.
    pub(super) origin: Arc<Origin>,
    /// The address.
    pub(super) address: SocketAddr,
    limits: Limits,
    slow_start: Duration,
    max_calls: usize,
    /// How many connections there may be for each serving thread.
    pub(super) max_connections: usize,
    /// Calls that all connections together allow, once there may be no further connection.
    allowed: AtomicUsize,
    measures: Arc<Measures>,
    /// Tells calls that wait for a place that it is back.
    waited_for: [Arc<Notify>; 2],
    pending: AtomicUsize,
    /// Those among them that last as long as their readers want.
    watches: AtomicUsize,
    circuit: Mutex<Circuit>,
    /// Whether the circuit is closed: asked for every call, without a lock.
    is_closed: AtomicBool,
    /// Failures since the last answer, for the same reason.
    failures: AtomicU32,
    /// When it came back, in microseconds since `began`; 0 once it is warm.
    back_us: AtomicU64,
    began: Instant,
    links: Mutex<Links>,
    /// Tells calls that can be made elsewhere to leave.
    forsaken: Notify,
}

/// What has become of a connection that is being made; nothing so far.
type Made = Option<Result<(), Arc<ConnectError>>>;

/// The connections to an address.
#[derive(Debug, Default)]
struct Links {
    open: Vec<Arc<Connection>>,
    /// The one that is being made, and what becomes of it.
    coming: Option<watch::Receiver<Made>>,
    /// When one could not be made last.
    failed: Option<Instant>,
}

/// What to do for a connection.
enum Link {
    Ready(Arc<Connection>),
    Wait(watch::Receiver<Made>),
}

impl Endpoint {
    /// An address without connections, trusted until it fails; `waited_for` is told when it is back.
    pub(super) fn new(
        origin: Arc<Origin>,
        address: SocketAddr,
        args: &UpstreamArgs,
        measures: Arc<Measures>,
        waited_for: [Arc<Notify>; 2],
    ) -> Self {
        let began = Instant::now();
        Self {
            origin,
            address,
            limits: Limits {
                failures: args.upstream_failures,
                longest: args.upstream_ejection_seconds,
            },
            slow_start: args.upstream_slow_start_seconds,
            max_calls: usize::try_from(args.upstream_calls).unwrap_or(usize::MAX),
            max_connections: usize::try_from(args.upstream_connections).unwrap_or(usize::MAX),
            allowed: AtomicUsize::new(usize::MAX),
            measures,
            waited_for,
            pending: AtomicUsize::new(0),
            watches: AtomicUsize::new(0),
            circuit: Mutex::new(Circuit::new(began)),
            is_closed: AtomicBool::new(true),
            failures: AtomicU32::new(0),
            back_us: AtomicU64::new(0),
            began,
            links: Mutex::default(),
            forsaken: Notify::new(),
        }
    }

    /// Returns what has to be known to place a call.
    pub(super) fn candidate(self: &Arc<Self>, is_tried: bool) -> Candidate {
        let pending = self.pending.load(Ordering::SeqCst);
        // How many watches there are is limited where they come in; idle ones must keep no call out.
        let calls = pending.saturating_sub(self.watches.load(Ordering::SeqCst));
        Candidate {
            pending,
            warmth: self.warmth(),
            standing: self.standing_for_calls(),
            has_place: calls < self.max_calls && pending < self.allowed.load(Ordering::SeqCst),
            is_tried,
        }
    }

    /// Returns whether calls may go to it.
    pub(super) fn standing(&self) -> Standing {
        if self.is_closed.load(Ordering::Acquire) {
            Standing::Closed
        } else {
            lock(&self.circuit).standing(Instant::now())
        }
    }

    /// The same, where only an address that fails calls is tried by a call. Whether one can be reached again shows
    /// without a call, and whether one serves again its health.
    fn standing_for_calls(self: &Arc<Self>) -> Standing {
        match self.standing() {
            Standing::Due(Cause::Unreachable) => {
                if self.take_trial() {
                    let mut links = lock(&self.links);
                    if links.coming.is_none() {
                        self.begin(&mut links);
                    }
                }
                Standing::Open(Cause::Unreachable)
            }
            Standing::Due(cause @ (Cause::Silent | Cause::NotServing)) => Standing::Open(cause),
            standing => standing,
        }
    }

    /// Lets one call try it, if that is due.
    pub(super) fn take_trial(&self) -> bool {
        lock(&self.circuit).take_trial(Instant::now())
    }

    /// Its share of calls, growing from nothing since it came back.
    fn warmth(&self) -> f64 {
        let back_us = self.back_us.load(Ordering::Relaxed);
        if back_us == 0 {
            return 1.0;
        }
        let since = self
            .began
            .elapsed()
            .saturating_sub(Duration::from_micros(back_us));
        if since >= self.slow_start {
            self.back_us.store(0, Ordering::Relaxed);
            return 1.0;
        }
        since.as_secs_f64() / self.slow_start.as_secs_f64()
    }

    /// Takes one more call in.
    pub(super) fn enter(&self) {
        self.pending.fetch_add(1, Ordering::SeqCst);
    }

    /// A call has ended.
    pub(super) fn leave(&self) {
        self.pending.fetch_sub(1, Ordering::SeqCst);
    }

    /// A call that has been taken in is a watch, or with false is one no longer.
    pub(super) fn watch(&self, is_open: bool) {
        if is_open {
            self.watches.fetch_add(1, Ordering::SeqCst);
        } else {
            self.watches.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Takes note of what became of a call, a connection or a check.
    pub(super) fn note(&self, outcome: Outcome) {
        self.note_why(outcome, None);
    }

    /// The same, with the error that tells why. An address that is given up is logged once, not each time that it is
    /// tried in vain.
    fn note_why(&self, outcome: Outcome, error: Option<&ConnectError>) {
        // The usual case takes no lock.
        if outcome == Outcome::Answered
            && self.is_closed.load(Ordering::Acquire)
            && self.failures.load(Ordering::Relaxed) == 0
        {
            return;
        }
        let mut circuit = lock(&self.circuit);
        match outcome {
            Outcome::Failed => {
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
            Outcome::Answered => self.failures.store(0, Ordering::Relaxed),
            Outcome::Connected | Outcome::Healthy | Outcome::Down(_) => {}
        }
        let change = circuit.note(outcome, self.limits, Instant::now(), fastrand::f64());
        let was_closed = self.is_closed.load(Ordering::Acquire);
        if let Some(change) = change {
            self.is_closed
                .store(change == Change::Closed, Ordering::Release);
        }
        drop(circuit);
        let service = self.measures.service();
        match change {
            Some(Change::Opened(cause, lasts)) => {
                let for_ms = lasts.as_millis();
                let error = error.map(tracing::field::display);
                if was_closed {
                    tracing::warn!(service, address = %self.address, cause = cause.word(), error, for_ms, "an upstream's address gets no calls");
                } else {
                    tracing::debug!(service, address = %self.address, cause = cause.word(), error, for_ms, "an upstream's address still gets no calls");
                }
                self.measures.ejected(cause);
            }
            Some(Change::Closed) => {
                self.failures.store(0, Ordering::Relaxed);
                self.warm_up();
                tracing::info!(service, address = %self.address, "an upstream's address is back");
                for waiting in &self.waited_for {
                    waiting.notify_waiters();
                }
            }
            None => {}
        }
    }

    /// Begins the slow start.
    fn warm_up(&self) {
        if self.slow_start.is_zero() {
            return;
        }
        let now = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.back_us.store(now.max(1), Ordering::Relaxed);
    }

    /// Returns a connection with a place for a call; makes one if there is none and there may be one more. Where that
    /// fails, or there may be none, the call waits for its turn on a connection that is open.
    pub(super) async fn connection(self: &Arc<Self>) -> Result<Arc<Connection>, Arc<ConnectError>> {
        loop {
            let mut coming = match self.link() {
                Link::Ready(connection) => return Ok(connection),
                Link::Wait(coming) => coming,
            };
            // The sender goes only after it has told what became of it.
            let error = match coming.wait_for(Option::is_some).await {
                Ok(told) => told.clone().and_then(Result::err),
                Err(_) => Some(Arc::new(ConnectError::Timeout)),
            };
            if let Some(error) = error {
                let mut links = lock(&self.links);
                links.open.retain(|connection| !connection.has_ended());
                return lightest(&links.open, |_| true).ok_or(error);
            }
        }
    }

    fn link(self: &Arc<Self>) -> Link {
        let mut links = lock(&self.links);
        links.open.retain(|connection| !connection.has_ended());
        let most = self.max_connections.saturating_mul(host::serving_threads());
        let is_all = links.open.len() >= most;
        self.allow(is_all.then_some(&links.open));
        let here = links.open.iter().filter(|connection| connection.is_here());
        let is_most = match host::core() {
            Some(_) => here.count() >= self.max_connections,
            None => is_all,
        };
        let is_free = |connection: &Arc<Connection>| connection.has_place();
        let all = lightest(&links.open, |_| true);
        // A serving thread has a connection of its own; until that is made, and where there may be no more, it goes by
        // those of others. Threads that do not serve make none while there is one.
        let own = match host::core() {
            Some(_) => lightest(&links.open, |connection| connection.is_here()),
            None => all.clone(),
        };
        if let Some(own) = own.as_ref().filter(|own| is_free(own)) {
            return Link::Ready(Arc::clone(own));
        }
        let other = all.as_ref().filter(|other| is_free(other)).cloned();
        if is_most && let Some(connection) = other.clone().or(own).or(all) {
            return Link::Ready(connection);
        }
        let has_failed = links.failed.is_some_and(|at| at.elapsed() < PAUSE);
        if has_failed && let Some(other) = other {
            return Link::Ready(other);
        }
        let coming = match &links.coming {
            Some(coming) => coming.clone(),
            None => self.begin(&mut links),
        };
        other.map_or(Link::Wait(coming), Link::Ready)
    }

    /// Takes note of how many calls `connections` allow, when there may be no more of those.
    fn allow(&self, connections: Option<&Vec<Arc<Connection>>>) {
        let allowed = connections.map_or(usize::MAX, |connections| {
            let each = connections.iter().map(|connection| connection.most_calls());
            each.fold(0, usize::saturating_add).max(1)
        });
        self.allowed.store(allowed, Ordering::SeqCst);
    }

    /// Begins to make a connection, which goes on whatever becomes of the call that needs it.
    fn begin(self: &Arc<Self>, links: &mut Links) -> watch::Receiver<Made> {
        let (tell, coming) = watch::channel(None);
        links.coming = Some(coming.clone());
        let endpoint = Arc::clone(self);
        tokio::spawn(async move {
            let made = endpoint.origin.connect(endpoint.address);
            // Whoever waits is told in any case, and the next call tries again.
            let made = AssertUnwindSafe(made).catch_unwind().await;
            let made = made.unwrap_or(Err(ConnectError::Panicked));
            let outcome = match made {
                Ok(connection) => {
                    let mut links = lock(&endpoint.links);
                    links.open.push(Arc::new(connection));
                    (links.coming, links.failed) = (None, None);
                    drop(links);
                    endpoint.note(Outcome::Connected);
                    Ok(())
                }
                Err(error) => {
                    let mut links = lock(&endpoint.links);
                    (links.coming, links.failed) = (None, Some(Instant::now()));
                    let is_cut_off = links.open.is_empty();
                    drop(links);
                    endpoint.measures.connect_failed();
                    if is_cut_off {
                        endpoint.note_why(Outcome::Down(Cause::Unreachable), Some(&error));
                    }
                    Err(Arc::new(error))
                }
            };
            tell.send_replace(Some(outcome));
        });
        coming
    }

    /// Returns the connections to ask beside `asked`: those with calls in progress, and while that one is silent, all.
    pub(super) fn beside(&self, asked: &Arc<Connection>) -> Vec<Arc<Connection>> {
        let is_silent = asked.unanswered() > 0;
        let links = lock(&self.links);
        let others = links
            .open
            .iter()
            .filter(|other| !Arc::ptr_eq(other, asked) && !other.has_ended());
        let used = others.filter(|other| is_silent || other.load() > 0);
        used.cloned().collect()
    }

    /// Takes a connection that accepts no more calls out of use; those on it go on.
    pub(super) fn retire(&self, connection: &Arc<Connection>) {
        lock(&self.links)
            .open
            .retain(|known| !Arc::ptr_eq(known, connection));
    }

    /// Lets go of every connection: each ends with the last call on it. The address has gone from its name.
    pub(super) fn drain(&self) {
        lock(&self.links).open.clear();
    }

    /// Nothing comes back from it: calls that can be made elsewhere leave, further ones get new connections, and
    /// connections that do not even answer a ping are cut off.
    pub(super) fn forsake(&self) {
        let silent = std::mem::take(&mut lock(&self.links).open);
        self.forsaken.notify_waiters();
        for connection in silent {
            tokio::spawn(async move {
                let answered = tokio::time::timeout(PING_TIMEOUT, connection.ping()).await;
                if !matches!(answered, Ok(Ok(()))) {
                    connection.cut();
                }
            });
        }
    }

    /// Waits until nothing comes back from it any more.
    pub(super) async fn forsaken(&self) {
        self.forsaken.notified().await;
    }
}

/// The connection with the fewest calls among those that are `right`.
fn lightest(
    open: &[Arc<Connection>],
    right: impl Fn(&Arc<Connection>) -> bool,
) -> Option<Arc<Connection>> {
    let right = open.iter().filter(|connection| right(connection));
    right.min_by_key(|connection| connection.load()).cloned()
}

/// Locks what is never left half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
