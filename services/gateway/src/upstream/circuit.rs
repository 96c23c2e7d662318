//! The circuit of one address: open after failures, tried again after a time that grows, closed by a success.
//!
//! Pure: the moment and the chance are given. An open circuit is what others call an ejection.

use std::time::{Duration, Instant};

/// How many times the first open time goes into the longest.
const STEPS: u32 = 30;

/// Share of the open time that chance may take off or add, so that gateways do not try all at once.
const JITTER: f64 = 0.2;

/// When a circuit opens and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Failures in a row that open it.
    pub(super) failures: u32,
    /// Longest time that it stays open.
    pub(super) longest: Duration,
}

/// Why a circuit is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// No connection can be made.
    Unreachable,
    /// There are connections, and nothing comes back over them.
    Silent,
    /// It answers that it is unavailable, or loses its connections.
    Failing,
    /// It says of itself that it does not serve.
    NotServing,
}

impl Cause {
    /// The word for it in metrics and logs.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Failing => "failing",
            Self::NotServing => "not_serving",
        }
    }

    /// Tells whether something answers there, if only badly.
    pub(super) fn answers(self) -> bool {
        matches!(self, Self::Failing | Self::NotServing)
    }

    /// Tells whether one good answer to a health check is enough to take it back. An address that is healthy by
    /// its own account and fails calls has to prove itself by a call.
    fn ends_with_health(self) -> bool {
        !matches!(self, Self::Failing)
    }
}

/// What became of a call, a connection or a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A call was answered.
    Answered,
    /// A connection was made.
    Connected,
    /// A health check was answered well.
    Healthy,
    /// A failure, of which it takes several in a row.
    Failed,
    /// A failure that is certain by itself.
    Down(Cause),
}

/// What a circuit did upon an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It opened, for so long.
    Opened(Cause, Duration),
    /// It closed.
    Closed,
}

/// Whether calls may go to the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// They may.
    Closed,
    /// They may not, for this reason, and it is time to try whether that still holds.
    Due(Cause),
    /// They may not, for this reason.
    Open(Cause),
}

/// The circuit of one address.
#[derive(Debug)]
pub(super) struct Circuit {
    state: State,
    /// Failures since the last success.
    failures: u32,
    /// How often it has opened without being closed for long in between.
    level: u32,
    closed_since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    /// Until then no call, or no further one: the one that tries counts as lost after as long again.
    Open {
        cause: Cause,
        until: Instant,
        lasts: Duration,
        is_tried: bool,
    },
}

impl Circuit {
    /// A closed circuit.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            state: State::Closed,
            failures: 0,
            level: 0,
            closed_since: now,
        }
    }

    /// Returns whether calls may go to the address.
    pub(super) fn standing(&self, now: Instant) -> Standing {
        match self.state {
            State::Closed => Standing::Closed,
            State::Open { cause, until, .. } if now < until => Standing::Open(cause),
            State::Open { cause, .. } => Standing::Due(cause),
        }
    }

    /// Begins to try, when it is due; no other may then until that has an outcome or is overdue.
    pub(super) fn take_trial(&mut self, now: Instant) -> bool {
        match &mut self.state {
            State::Open {
                until,
                lasts,
                is_tried,
                ..
            } if now >= *until => {
                *until = now + *lasts;
                *is_tried = true;
                true
            }
            State::Closed | State::Open { .. } => false,
        }
    }

    /// Takes note of an outcome; `chance` is between 0 and 1.
    pub(super) fn note(
        &mut self,
        outcome: Outcome,
        limits: Limits,
        now: Instant,
        chance: f64,
    ) -> Option<Change> {
        match outcome {
            Outcome::Answered | Outcome::Connected | Outcome::Healthy => self.succeed(outcome, now),
            Outcome::Failed => {
                self.failures = self.failures.saturating_add(1);
                let is_enough = match self.state {
                    State::Closed => self.failures >= limits.failures,
                    State::Open { .. } => true,
                };
                if is_enough {
                    self.open(Cause::Failing, limits, now, chance)
                } else {
                    None
                }
            }
            Outcome::Down(cause) => self.open(cause, limits, now, chance),
        }
    }

    fn succeed(&mut self, outcome: Outcome, now: Instant) -> Option<Change> {
        let State::Open {
            cause, is_tried, ..
        } = self.state
        else {
            if outcome == Outcome::Answered {
                self.failures = 0;
            }
            return None;
        };
        let is_proof = match outcome {
            // Answers to calls that were under way when it opened prove nothing.
            Outcome::Answered => is_tried || !cause.answers(),
            Outcome::Connected => cause == Cause::Unreachable,
            Outcome::Healthy => cause.ends_with_health(),
            Outcome::Failed | Outcome::Down(_) => false,
        };
        if !is_proof {
            return None;
        }
        self.state = State::Closed;
        self.failures = 0;
        self.closed_since = now;
        Some(Change::Closed)
    }

    /// Opens it, or again for longer if it was to be tried; an open one stays as it is.
    fn open(&mut self, cause: Cause, limits: Limits, now: Instant, chance: f64) -> Option<Change> {
        match &mut self.state {
            State::Closed => {
                let was_long_closed =
                    now.saturating_duration_since(self.closed_since) > limits.longest;
                if was_long_closed {
                    self.level = 0;
                }
            }
            State::Open {
                until,
                is_tried,
                cause: known,
                ..
            } if !*is_tried && now < *until => {
                // The surer cause counts: what cannot be reached does not even answer badly.
                if !cause.answers() {
                    *known = cause;
                }
                return None;
            }
            State::Open { .. } => {}
        }
        let lasts = open_time(limits.longest, self.level, chance);
        self.level = self.level.saturating_add(1);
        self.state = State::Open {
            cause,
            until: now + lasts,
            lasts,
            is_tried: false,
        };
        Some(Change::Opened(cause, lasts))
    }
}

/// A thirtieth of `longest`, doubled `level` times, at most `longest`; give or take the jitter.
fn open_time(longest: Duration, level: u32, chance: f64) -> Duration {
    let factor = 1_u32.checked_shl(level.min(16)).unwrap_or(u32::MAX);
    let time = (longest / STEPS).saturating_mul(factor).min(longest);
    time.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits {
        failures: 3,
        longest: Duration::from_secs(30),
    };

    fn note(circuit: &mut Circuit, outcome: Outcome, now: Instant) -> Option<Change> {
        circuit.note(outcome, LIMITS, now, 0.5)
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let now = Instant::now();
        let mut circuit = Circuit::new(now);
        let (bad, good) = (Outcome::Failed, Outcome::Answered);
        for outcome in [bad, bad, good, bad, bad] {
            assert_eq!(note(&mut circuit, outcome, now), None);
        }
        let opened = Change::Opened(Cause::Failing, Duration::from_secs(1));
        assert_eq!(note(&mut circuit, Outcome::Failed, now), Some(opened));
        assert_eq!(circuit.standing(now), Standing::Open(Cause::Failing));
    }

    #[test]
    fn a_connection_that_cannot_be_made_opens_it_at_once_and_one_made_closes_it() {
        let now = Instant::now();
        let mut circuit = Circuit::new(now);
        note(&mut circuit, Outcome::Down(Cause::Unreachable), now);
        assert_eq!(circuit.standing(now), Standing::Open(Cause::Unreachable));
        assert_eq!(
            note(&mut circuit, Outcome::Connected, now),
            Some(Change::Closed)
        );
    }

    #[test]
    fn one_call_tries_it_and_closes_it() {
        let now = Instant::now();
        let mut circuit = Circuit::new(now);
        for _ in 0..3 {
            note(&mut circuit, Outcome::Failed, now);
        }
        assert!(!circuit.take_trial(now));
        let later = now + Duration::from_secs(2);
        assert_eq!(circuit.standing(later), Standing::Due(Cause::Failing));
        assert!(circuit.take_trial(later));
        assert!(!circuit.take_trial(later), "one at a time");
        assert_eq!(
            note(&mut circuit, Outcome::Answered, later),
            Some(Change::Closed)
        );
    }

    #[test]
    fn answers_that_were_under_way_do_not_close_it() {
        let now = Instant::now();
        let mut circuit = Circuit::new(now);
        for _ in 0..3 {
            note(&mut circuit, Outcome::Failed, now);
        }
        assert_eq!(note(&mut circuit, Outcome::Answered, now), None);
        assert_eq!(note(&mut circuit, Outcome::Connected, now), None);
        assert_eq!(note(&mut circuit, Outcome::Healthy, now), None);
        assert_eq!(circuit.standing(now), Standing::Open(Cause::Failing));
    }

    #[test]
    fn a_trial_without_an_outcome_is_followed_by_another() {
        let now = Instant::now();
        let mut circuit = Circuit::new(now);
        note(&mut circuit, Outcome::Down(Cause::Silent), now);
        let later = now + Duration::from_secs(2);
        assert!(circuit.take_trial(later));
        assert!(circuit.take_trial(later + Duration::from_secs(2)));
    }

    #[test]
    fn each_failed_trial_doubles_the_time_up_to_the_longest() {
        let mut now = Instant::now();
        let mut circuit = Circuit::new(now);
        let mut times = Vec::new();
        for _ in 0..7 {
            let change = note(&mut circuit, Outcome::Down(Cause::Unreachable), now);
            let Some(Change::Opened(_, lasts)) = change else {
                panic!("opened again: {change:?}");
            };
            times.push(lasts.as_secs());
            now += lasts;
            assert!(circuit.take_trial(now));
        }
        assert_eq!(times, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_long_good_time_makes_the_next_open_time_short_again() {
        let mut now = Instant::now();
        let mut circuit = Circuit::new(now);
        for _ in 0..3 {
            note(&mut circuit, Outcome::Down(Cause::Unreachable), now);
            now += Duration::from_secs(40);
            assert!(circuit.take_trial(now));
        }
        note(&mut circuit, Outcome::Connected, now);
        now += Duration::from_secs(31);
        assert_eq!(
            note(&mut circuit, Outcome::Down(Cause::Unreachable), now),
            Some(Change::Opened(Cause::Unreachable, Duration::from_secs(1)))
        );
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Answered),
            Just(Outcome::Connected),
            Just(Outcome::Healthy),
            Just(Outcome::Failed),
            Just(Outcome::Down(Cause::Unreachable)),
            Just(Outcome::Down(Cause::Silent)),
            Just(Outcome::Down(Cause::NotServing)),
        ]
    }

    proptest! {
        /// Whatever has happened, an address is tried again within the longest time and its jitter, and
        /// never stays open after its trial was answered.
        #[test]
        fn no_address_is_given_up_for_good(
            steps in prop::collection::vec((any_outcome(), 0..20_000_u64, 0.0..1.0_f64), 1..60)
        ) {
            let mut now = Instant::now();
            let mut circuit = Circuit::new(now);
            for (outcome, millis, chance) in steps {
                now += Duration::from_millis(millis);
                circuit.take_trial(now);
                circuit.note(outcome, LIMITS, now, chance);
            }
            let later = now + LIMITS.longest.mul_f64(1.0 + JITTER);
            if circuit.standing(now) != Standing::Closed {
                prop_assert!(matches!(circuit.standing(later), Standing::Due(_)));
                prop_assert!(circuit.take_trial(later));
                circuit.note(Outcome::Answered, LIMITS, later, 0.5);
            }
            prop_assert_eq!(circuit.standing(later), Standing::Closed);
        }
    }
}
