//! The time and the ids of one mutation.

use clock::Clock;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

/// The one moment at which a mutation happens, taken after the log's lock and never before the newest
/// entry's, and a maker of identifiers.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// When the mutation happens, to the microsecond: the record time of all its entries.
    pub now: Timestamp,
    clock: Clock,
}

impl Stamp {
    /// Takes the time, but none before `last_us`, the record time of the newest entry: clocks of
    /// replicas differ and are set back, and record times must not run against the sequence.
    pub(crate) fn after(last_us: i64, clock: &Clock) -> Self {
        Self {
            now: clock.now().max(clock::from_micros(last_us)),
            clock: clock.clone(),
        }
    }

    /// Returns [`Stamp::now`] as it is stored: in microseconds since 1970.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        clock::to_micros(self.now)
    }

    /// Returns the day of [`Stamp::now`] in UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// Makes an identifier that sorts by time.
    #[must_use]
    pub fn new_uid(&self) -> Uuid {
        self.clock.new_uid()
    }
    /// Makes the salt of an entry's leaf.
    pub(crate) fn new_salt(&self) -> [u8; 16] {
        self.clock.new_salt()
    }
}
