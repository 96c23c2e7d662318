//! Time and identifiers as inputs.
//!
//! Whoever needs the present moment or a new identifier is handed a [`Clock`], so that a test can
//! fix both. The other half is how databases hold them: instants as microseconds and dates as days
//! since the Unix epoch, both `i64`, because times as text sort differently in SQLite and
//! PostgreSQL.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

/// The day that is day 0.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// Tells the time and makes identifiers; clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<Fixed>),
}

/// A time that moves only by [`Clock::advance`], and how many identifiers and salts were made.
#[derive(Debug)]
struct Fixed {
    micros: AtomicI64,
    uids: AtomicU64,
    salts: AtomicU64,
}

impl Clock {
    /// Returns the clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Returns a clock that stands at `at`, for tests. Its identifiers are the same in every run.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(Fixed {
            micros: AtomicI64::new(to_micros(at)),
            uids: AtomicU64::new(0),
            salts: AtomicU64::new(0),
        })))
    }

    /// Moves a fixed clock and all its clones forward; has no effect on the system clock.
    pub fn advance(&self, by: Duration) {
        if let Source::Fixed(fixed) = &self.0 {
            let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            let now = fixed.micros.load(Ordering::SeqCst);
            fixed.micros.store(now.saturating_add(by), Ordering::SeqCst);
        }
    }

    /// Returns the present moment, truncated to the microseconds that databases keep.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => from_micros(to_micros(Timestamp::now())),
            Source::Fixed(fixed) => from_micros(fixed.micros.load(Ordering::SeqCst)),
        }
    }

    /// Returns the present date in UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }

    /// Returns a new UUID of version 7 (RFC 9562), which sorts by the time of its making.
    #[must_use]
    pub fn new_uid(&self) -> Uuid {
        match &self.0 {
            Source::System => Uuid::now_v7(),
            Source::Fixed(fixed) => {
                let millis = fixed.micros.load(Ordering::SeqCst).max(0) / 1_000;
                let count = fixed.uids.fetch_add(1, Ordering::SeqCst);
                let mut rest = [0_u8; 10];
                rest[2..].copy_from_slice(&count.to_be_bytes());
                uuid::Builder::from_unix_timestamp_millis(millis.unsigned_abs(), &rest).into_uuid()
            }
        }
    }

    /// Returns a name for a call in the form of a UUID of version 7: for finding log lines, not for keeping. It costs no
    /// call of the system, and others can guess it.
    #[must_use]
    pub fn new_call_id(&self) -> Uuid {
        match &self.0 {
            Source::System => {
                let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
                let mut rest = [0; 10];
                fastrand::fill(&mut rest);
                uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
            }
            Source::Fixed(_) => self.new_uid(),
        }
    }

    /// Returns 16 bytes that nobody can guess, 122 bits of them random: a UUID of version 4 (RFC 9562) by the
    /// machine's source of randomness. Those of a fixed clock are the same in every run.
    #[must_use]
    pub fn new_salt(&self) -> [u8; 16] {
        match &self.0 {
            Source::System => Uuid::new_v4().into_bytes(),
            Source::Fixed(fixed) => {
                let count = fixed.salts.fetch_add(1, Ordering::SeqCst);
                u128::from(count + 1).to_be_bytes()
            }
        }
    }

    /// Returns 32 random bytes that nobody can guess, by the machine's source of randomness, which may fail. Those of a fixed clock
    /// are the same in every run.
    pub fn new_secret(&self) -> Result<[u8; 32], getrandom::Error> {
        let mut secret = [0; 32];
        match &self.0 {
            Source::System => getrandom::fill(&mut secret)?,
            Source::Fixed(_) => {
                let (_, end) = secret.split_at_mut(16);
                end.copy_from_slice(&self.new_salt());
            }
        }
        Ok(secret)
    }
}

/// Returns `t` in microseconds since the Unix epoch, rounded towards the past.
#[must_use]
pub fn to_micros(t: Timestamp) -> i64 {
    i64::try_from(t.as_nanosecond().div_euclid(1_000)).unwrap_or(i64::MAX)
}

/// Returns the instant `us` microseconds after the Unix epoch, or the nearest one that a
/// [`Timestamp`] can hold.
#[must_use]
pub fn from_micros(us: i64) -> Timestamp {
    let nearest = if us < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_microsecond(us).unwrap_or(nearest)
}

/// Returns `date` in days since 1970-01-01.
#[must_use]
pub fn to_days(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / 24
}

/// Returns the date `days` days after 1970-01-01, or the nearest one that a [`Date`] can hold
/// (-9999-01-01 to 9999-12-31).
#[must_use]
pub fn from_days(days: i64) -> Date {
    let nearest = if days < 0 { Date::MIN } else { Date::MAX };
    jiff::Span::new()
        .try_days(days)
        .ok()
        .and_then(|span| EPOCH.checked_add(span).ok())
        .unwrap_or(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noon() -> Timestamp {
        "2021-12-06T12:00:00.123456789Z".parse().unwrap()
    }

    #[test]
    fn fixed_clock_moves_only_when_advanced() {
        let clock = Clock::fixed(noon());
        let clone = clock.clone();
        assert_eq!(clock.now().to_string(), "2021-12-06T12:00:00.123456Z");
        clone.advance(Duration::from_hours(24));
        assert_eq!(clock.today(), jiff::civil::date(2021, 12, 7));
    }

    #[test]
    fn system_clock_is_not_advanced() {
        let clock = Clock::system();
        clock.advance(Duration::from_hours(300));
        assert!(clock.now() <= Timestamp::now());
        assert_eq!(clock.now().as_nanosecond() % 1_000, 0);
    }

    #[test]
    fn uids_of_a_fixed_clock_are_distinct_ordered_and_repeatable() {
        let make = || {
            let clock = Clock::fixed(noon());
            let mut uids: Vec<_> = (0..300).map(|_| clock.new_uid()).collect();
            clock.advance(Duration::from_millis(1));
            uids.push(clock.new_uid());
            uids
        };
        let uids = make();
        assert!(uids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(uids.iter().all(|uid| uid.get_version_num() == 7));
        assert_eq!(uids, make());
    }

    #[test]
    fn secrets_differ_and_those_of_a_fixed_clock_are_repeatable() {
        let system = Clock::system();
        assert_ne!(system.new_secret(), system.new_secret());
        let make = || Clock::fixed(noon()).new_secret();
        assert_eq!(make(), make());
    }

    #[test]
    fn salts_differ_and_those_of_a_fixed_clock_are_repeatable() {
        let system = Clock::system();
        assert_ne!(system.new_salt(), system.new_salt());
        let make = || {
            let clock = Clock::fixed(noon());
            [clock.new_salt(), clock.clone().new_salt()]
        };
        assert_ne!(make()[0], make()[1]);
        assert_eq!(make(), make());
    }

    #[test]
    fn instants_before_the_epoch_round_towards_the_past() {
        let t = Timestamp::from_nanosecond(-1).unwrap();
        assert_eq!(to_micros(t), -1);
    }

    #[test]
    fn known_days() {
        assert_eq!(to_days(jiff::civil::date(1970, 1, 1)), 0);
        assert_eq!(to_days(jiff::civil::date(2021, 12, 6)), 18_967);
        assert_eq!(to_days(jiff::civil::date(1969, 12, 31)), -1);
        assert_eq!(from_days(i64::MAX), Date::MAX);
        assert_eq!(from_days(i64::MIN), Date::MIN);
        assert_eq!(from_days(to_days(Date::MAX)), Date::MAX);
        assert_eq!(from_days(to_days(Date::MIN)), Date::MIN);
    }

    proptest! {
        #[test]
        fn days_round_trip(days in -4_371_587_i64..=2_932_896) {
            prop_assert_eq!(to_days(from_days(days)), days);
        }

        #[test]
        fn micros_round_trip(us in -377_705_023_201_000_000_i64..=253_402_207_200_999_999) {
            prop_assert_eq!(to_micros(from_micros(us)), us);
        }

        #[test]
        fn any_micros_saturate(us in any::<i64>()) {
            let t = from_micros(us);
            prop_assert!(t >= Timestamp::MIN && t <= Timestamp::MAX);
        }
    }
}
