//! How often each may come.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};

use super::Standing;

/// After so many checks those whose quota is whole again are forgotten. Each request keeps its key in memory for
/// about the time that one request of the rate stands for, a second at most: so what is remembered is bounded by what the
/// process can answer in a few seconds, and by this number.
const CHECKS_BETWEEN: u32 = 4096;

/// A limit on how often each key may come, by the generic cell rate algorithm.
#[derive(Debug)]
pub(crate) struct Rates<K: Clone + Eq + Hash, C: Clock + Clone = DefaultClock> {
    policy: &'static str,
    quota: Quota,
    clock: C,
    known: RateLimiter<K, HashMapStateStore<K>, C, StateInformationMiddleware>,
    checks: AtomicU32,
}

/// One has come too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    /// How it stands.
    pub(crate) standing: Standing,
    /// When it may come again.
    pub(crate) after: Duration,
}

impl<K: Clone + Eq + Hash> Rates<K> {
    /// Lets each key come `rate` times a second and `burst` times at once, twice the rate where that is zero; nothing
    /// if `rate` is.
    pub(crate) fn new(policy: &'static str, rate: u32, burst: u32) -> Option<Self> {
        Self::with_clock(policy, rate, burst, DefaultClock::default())
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> Rates<K, C> {
    fn with_clock(policy: &'static str, rate: u32, burst: u32, clock: C) -> Option<Self> {
        let rate = NonZeroU32::new(rate)?;
        let burst = NonZeroU32::new(burst)
            .unwrap_or(rate.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
        let quota = Quota::per_second(rate).allow_burst(burst);
        Some(Self {
            policy,
            quota,
            known: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            clock,
            checks: AtomicU32::new(0),
        })
    }

    /// Counts one of `key`.
    pub(crate) fn take(&self, key: &K) -> Result<Standing, Excess> {
        self.forget();
        match self.known.check_key(key) {
            Ok(state) => Ok(self.standing(state.remaining_burst_capacity())),
            Err(until) => Err(Excess {
                standing: self.standing(0),
                after: until.wait_time_from(self.clock.now()),
            }),
        }
    }

    fn standing(&self, left: u32) -> Standing {
        Standing {
            policy: self.policy,
            quota: self.quota.burst_size().get(),
            window: self.quota.burst_size_replenished_in(),
            left,
        }
    }

    /// Forgets, now and then, those whose quota is whole again.
    fn forget(&self) {
        let checks = self.checks.fetch_add(1, Ordering::Relaxed);
        if checks.is_multiple_of(CHECKS_BETWEEN) {
            self.known.retain_recent();
            self.known.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn rates(rate: u32, burst: u32) -> (Rates<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let rates = Rates::with_clock("test", rate, burst, clock.clone()).unwrap();
        (rates, clock)
    }

    #[test]
    fn one_over_its_rate_is_told_when_to_come_and_others_come_as_before() {
        let (rates, clock) = rates(10, 20);
        for left in (0..20).rev() {
            assert_eq!(rates.take(&1).unwrap().left, left);
        }
        let excess = rates.take(&1).unwrap_err();
        assert_eq!(excess.after, Duration::from_millis(100));
        assert_eq!((excess.standing.quota, excess.standing.left), (20, 0));
        assert_eq!(excess.standing.window, Duration::from_secs(2));
        assert!(rates.take(&2).is_ok());
        clock.advance(excess.after);
        assert!(rates.take(&1).is_ok());
        assert!(rates.take(&1).is_err());
    }

    #[test]
    fn without_a_rate_there_is_no_limit_and_without_a_burst_it_is_twice_the_rate() {
        assert!(Rates::<u32>::new("test", 0, 5).is_none());
        let (rates, _clock) = rates(7, 0);
        assert_eq!(rates.take(&1).unwrap().quota, 14);
    }

    #[test]
    fn those_that_have_not_come_for_a_while_are_forgotten() {
        let (rates, clock) = rates(10, 20);
        for key in 0..10 * CHECKS_BETWEEN {
            clock.advance(Duration::from_millis(1));
            assert!(rates.take(&key).is_ok());
        }
        // Those since the last time, and those whose quota was not whole then.
        let most = usize::try_from(CHECKS_BETWEEN + 1000).unwrap();
        assert!(rates.known.len() <= most, "{}", rates.known.len());
    }
}
