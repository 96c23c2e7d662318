//! All addresses of one upstream: which of them gets a call, and how many calls wait for one.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::{Notify, watch};
use tower::retry::budget::{Budget as _, TpsBudget};

use super::{
    UpstreamArgs,
    address::{ConnectError, Origin},
    been::Been,
    choice::{Candidate, Choice, choose, lighter},
    circuit::Standing,
    connection::Connection,
    endpoint::Endpoint,
    measures::Measures,
};

/// How long a call counts for the retry budget.
const BUDGET_TIME: std::time::Duration = std::time::Duration::from_secs(10);

/// Repeated calls a second that are always allowed, so that a rarely called upstream has them too.
const BUDGET_PER_SECOND: u32 = 10;

/// All addresses of one upstream.
pub(super) struct Pool {
    pub(super) args: UpstreamArgs,
    origins: Vec<Arc<Origin>>,
    measures: Arc<Measures>,
    endpoints: RwLock<Arc<[Arc<Endpoint>]>>,
    /// Whether a look-up has ended yet.
    looked_up: watch::Sender<bool>,
    /// Asks for a look-up before it is due.
    pub(super) look_up: Arc<Notify>,
    waiting: AtomicUsize,
    /// Tells one waiting call of a place, and all of an address that is new or back.
    freed: Arc<Notify>,
    /// The same for calls that have been somewhere: each is told of every place, since one may be where it was.
    freed_elsewhere: Arc<Notify>,
    budget: TpsBudget,
}

/// Why a call got no place.
#[derive(Debug)]
pub(super) enum NoPlace {
    /// Too many wait already.
    Busy,
    /// There is no address that it has not been to.
    Nowhere,
}

impl Pool {
    /// A pool of what is behind `origins`, with no address yet.
    pub(super) fn new(origins: Vec<Origin>, args: UpstreamArgs, measures: Measures) -> Self {
        let percent = f32::from(args.upstream_retry_percent) / 100.0;
        Self {
            origins: origins.into_iter().map(Arc::new).collect(),
            measures: Arc::new(measures),
            endpoints: RwLock::new(Arc::from([])),
            looked_up: watch::Sender::new(false),
            look_up: Arc::new(Notify::new()),
            waiting: AtomicUsize::new(0),
            freed: Arc::default(),
            freed_elsewhere: Arc::default(),
            budget: TpsBudget::new(BUDGET_TIME, BUDGET_PER_SECOND, percent),
            args,
        }
    }

    /// What is counted of it.
    pub(super) fn measures(&self) -> &Measures {
        &self.measures
    }

    /// What its names are.
    pub(super) fn origins(&self) -> &[Arc<Origin>] {
        &self.origins
    }

    /// Its addresses now.
    pub(super) fn endpoints(&self) -> Arc<[Arc<Endpoint>]> {
        Arc::clone(
            &self
                .endpoints
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// How many calls wait for a place.
    pub(super) fn waiting(&self) -> u64 {
        u64::try_from(self.waiting.load(Ordering::SeqCst)).unwrap_or(u64::MAX)
    }

    /// Tells whether there are addresses that serve, and none of them has a place for one more call.
    pub(super) fn is_full(&self) -> bool {
        let endpoints = self.endpoints();
        let mut serving = endpoints
            .iter()
            .map(|endpoint| endpoint.candidate(false))
            .filter(|candidate| candidate.standing == Standing::Closed)
            .peekable();
        serving.peek().is_some() && !serving.any(|candidate| candidate.has_place)
    }

    /// Takes the addresses that its names stand for now. Those that are new begin to get calls, those that have gone
    /// get no more and end with the calls that they have.
    pub(super) fn update(&self, found: &[(Arc<Origin>, SocketAddr)]) {
        let known = self.endpoints();
        let is = |endpoint: &Endpoint, (origin, address): &(Arc<Origin>, SocketAddr)| {
            endpoint.address == *address && Arc::ptr_eq(&endpoint.origin, origin)
        };
        let endpoints = found.iter().map(|place| {
            let same = known.iter().find(|endpoint| is(endpoint, place));
            same.cloned().unwrap_or_else(|| {
                let (origin, address) = place;
                let measures = Arc::clone(&self.measures);
                let waited_for = [&self.freed, &self.freed_elsewhere].map(Arc::clone);
                let origin = Arc::clone(origin);
                let endpoint = Endpoint::new(origin, *address, &self.args, measures, waited_for);
                Arc::new(endpoint)
            })
        });
        let endpoints: Arc<[_]> = endpoints.collect();
        *self
            .endpoints
            .write()
            .unwrap_or_else(PoisonError::into_inner) = endpoints;
        for endpoint in known.iter() {
            if !found.iter().any(|place| is(endpoint, place)) {
                endpoint.drain();
            }
        }
        self.freed.notify_waiters();
        self.freed_elsewhere.notify_waiters();
    }

    /// A look-up has ended, well or badly.
    pub(super) fn has_looked_up(&self) {
        self.looked_up.send_replace(true);
    }

    /// Counts a call for the retry budget.
    pub(super) fn count(&self) {
        self.budget.deposit();
    }

    /// Takes one repeated call from the retry budget, if there is one left.
    pub(super) fn may_repeat(&self) -> bool {
        let may = self.budget.withdraw();
        if !may {
            self.measures.budget_exhausted();
        }
        may
    }

    /// Returns a place for a call that has `been` somewhere or nowhere; waits for one while every address is full.
    pub(super) async fn place(self: &Arc<Self>, been: &Been) -> Result<Place, NoPlace> {
        match self.choose(been) {
            Ok(None) => {}
            Err(NoPlace::Nowhere) if !*self.looked_up.borrow() => {
                let mut looked_up = self.looked_up.subscribe();
                // The sender lives as long as the pool.
                let _ = looked_up.wait_for(|ended| *ended).await;
                if let Some(place) = self.choose(been)? {
                    return Ok(place);
                }
            }
            Ok(Some(place)) => return Ok(place),
            Err(none) => return Err(none),
        }
        let limit = usize::try_from(self.args.upstream_waiting).unwrap_or(usize::MAX);
        let _waiting = Waiting::begin(&self.waiting, limit).ok_or_else(|| {
            self.measures.refused();
            NoPlace::Busy
        })?;
        loop {
            let mut freed = pin!(if been.is_empty() {
                self.freed.notified()
            } else {
                self.freed_elsewhere.notified()
            });
            freed.as_mut().enable();
            if let Some(place) = self.choose(been)? {
                return Ok(place);
            }
            freed.await;
        }
    }

    /// Returns a place, or nothing while every address is full.
    fn choose(self: &Arc<Self>, been: &Been) -> Result<Option<Place>, NoPlace> {
        let endpoints = self.endpoints();
        let chance = |below: usize| fastrand::usize(..below);
        let candidate = |endpoint: &Arc<Endpoint>| endpoint.candidate(been.has(endpoint));
        if let Some(index) = sample(&endpoints, candidate) {
            return Ok(endpoints.get(index).map(|endpoint| self.take(endpoint)));
        }
        let all: Vec<Candidate> = endpoints.iter().map(candidate).collect();
        let chosen = |index: usize| endpoints.get(index).map(|endpoint| self.take(endpoint));
        match choose(&all, self.args.upstream_panic_percent, chance) {
            Choice::Go(index) => Ok(chosen(index)),
            Choice::Try(index) => {
                if let Some(endpoint) = endpoints.get(index) {
                    // Should another call have taken the trial just now, this one goes there beside it.
                    endpoint.take_trial();
                }
                Ok(chosen(index))
            }
            Choice::Full => Ok(None),
            Choice::Nowhere => Err(NoPlace::Nowhere),
        }
    }

    /// Takes a place at `endpoint`, full or not: for a health check too.
    pub(super) fn take(self: &Arc<Self>, endpoint: &Arc<Endpoint>) -> Place {
        endpoint.enter();
        Place {
            pool: Arc::downgrade(self),
            endpoint: Arc::clone(endpoint),
            connection: None,
            is_watch: false,
        }
    }
}

/// Two addresses by chance, when both are good: the usual case, which looks at no other.
fn sample(
    endpoints: &[Arc<Endpoint>],
    candidate: impl Fn(&Arc<Endpoint>) -> Candidate,
) -> Option<usize> {
    let count = endpoints.len();
    if count == 0 {
        return None;
    }
    let first = fastrand::usize(..count);
    let one = candidate(endpoints.get(first)?);
    if !one.is_good() {
        return None;
    }
    if count == 1 {
        return Some(first);
    }
    let second = (first + 1 + fastrand::usize(..count - 1)) % count;
    let other = candidate(endpoints.get(second)?);
    if !other.is_good() {
        return None;
    }
    lighter(&[(first, one), (second, other)], |below| below - 1)
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Pool")
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

/// A call that waits for a place.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    /// Counts one more, unless there are `limit`.
    fn begin(count: &'a AtomicUsize, limit: usize) -> Option<Self> {
        if count.fetch_add(1, Ordering::SeqCst) < limit {
            return Some(Self(count));
        }
        count.fetch_sub(1, Ordering::SeqCst);
        None
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A call's place at an address; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    pool: Weak<Pool>,
    pub(super) endpoint: Arc<Endpoint>,
    connection: Option<Arc<Connection>>,
    is_watch: bool,
}

impl Place {
    /// Gives the call's place to others and keeps it beside them, because it is a watch.
    pub(super) fn make_watch(&mut self) {
        if !std::mem::replace(&mut self.is_watch, true) {
            self.endpoint.watch(true);
            self.tell_freed();
        }
    }

    /// Goes on a connection that is open.
    pub(super) fn on(&mut self, connection: &Arc<Connection>) {
        connection.enter();
        self.connection = Some(Arc::clone(connection));
    }

    /// Tells those who wait for a place that there is one.
    fn tell_freed(&self) {
        if let Some(pool) = self.pool.upgrade()
            && pool.waiting.load(Ordering::SeqCst) > 0
        {
            pool.freed.notify_one();
            pool.freed_elsewhere.notify_waiters();
        }
    }

    /// Returns a connection for the call; a place has one.
    pub(super) async fn connection(&mut self) -> Result<Arc<Connection>, Arc<ConnectError>> {
        let connection = self.endpoint.connection().await?;
        self.on(&connection);
        Ok(connection)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            connection.leave();
        }
        if self.is_watch {
            self.endpoint.watch(false);
        }
        self.endpoint.leave();
        self.tell_freed();
    }
}

/// Pools of tests.
#[cfg(test)]
pub(super) mod testing {
    use host::remote::RemoteTlsArgs;

    use super::*;

    /// A pool of one name, whose look-up is still to come.
    pub(in crate::upstream) fn unknown(args: UpstreamArgs) -> Arc<Pool> {
        let url = "http://trade:1".parse().expect("a URL");
        let origin = Origin::of(&url, &RemoteTlsArgs::default()).expect("valid");
        Arc::new(Pool::new(vec![origin], args, Measures::new("trade".into())))
    }

    /// A pool of so many addresses.
    pub(in crate::upstream) fn pool(addresses: u8, args: UpstreamArgs) -> Arc<Pool> {
        let pool = unknown(args);
        let origin = Arc::clone(&pool.origins()[0]);
        let at = |last| {
            (
                Arc::clone(&origin),
                SocketAddr::from(([127, 0, 0, last], 1)),
            )
        };
        pool.update(&(1..=addresses).map(at).collect::<Vec<_>>());
        pool.has_looked_up();
        pool
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::upstream::circuit::{Cause, Outcome};

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_goes_to_an_address_that_is_back() {
        let one_call = UpstreamArgs {
            upstream_calls: 1,
            ..UpstreamArgs::default()
        };
        let pool = testing::pool(2, one_call);
        let down = Arc::clone(&pool.endpoints()[0]);
        down.note(Outcome::Down(Cause::NotServing));
        let _full = pool.place(&Been::default()).await.expect("a place");
        let mut sent = Been::default();
        sent.sent(Arc::clone(&pool.endpoints()[1]));
        for been in [Been::default(), sent] {
            let down = Arc::clone(&down);
            let waiting = tokio::spawn({
                let pool = Arc::clone(&pool);
                async move { pool.place(&been).await }
            });
            tokio::task::yield_now().await;
            down.note(Outcome::Healthy);
            let place = timeout(Duration::from_secs(1), waiting).await;
            let place = place.expect("it is told").expect("no panic");
            assert!(Arc::ptr_eq(&place.expect("a place").endpoint, &down));
            down.note(Outcome::Down(Cause::NotServing));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_gets_the_place_of_one_that_turns_out_to_be_a_watch() {
        let one_call = UpstreamArgs {
            upstream_calls: 1,
            ..UpstreamArgs::default()
        };
        let pool = testing::pool(1, one_call);
        let mut open = pool.place(&Been::default()).await.expect("a place");
        let waiting = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.place(&Been::default()).await }
        });
        tokio::task::yield_now().await;
        open.make_watch();
        let place = timeout(Duration::from_secs(1), waiting).await;
        place
            .expect("it is told")
            .expect("no panic")
            .expect("a place");
    }

    #[tokio::test(start_paused = true)]
    async fn every_percentage_that_can_be_set_is_the_share_that_may_be_repeated() {
        for percent in [0_u8, 1, 2, 4, 5, 10, 20, 25, 50, 100] {
            let budget = TpsBudget::new(BUDGET_TIME, 0, f32::from(percent) / 100.0);
            for _ in 0..100 {
                budget.deposit();
            }
            let repeated = (0..=100).take_while(|_| budget.withdraw()).count();
            assert_eq!(repeated, usize::from(percent));
        }
    }
}
