//! Overviews kept for as long as nothing changed: an answer is given again only to a caller of the same rights who asks the same, on the same
//! day, while no log has grown since before it was made.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use accord_proto::overview::v1::{MissingPart, Overview};
use identity::{Caller, Clearance, Role};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use opentelemetry::{KeyValue, metrics::Counter};
use prost::Message as _;
use tokio::time::Instant;

use super::{position::Positions, question::Question};

/// Answers kept at most: a few dozen agencies of two parties, with a few questions each.
const MAX_KEPT: usize = 256;

/// What the kept answers may have together, as they are encoded; in memory they take about twice that. An overview names at most a hundred
/// documents and is some tens of KiB.
const MAX_KEPT_BYTES: usize = 16 << 20;

/// After this an answer is made anew whatever the logs say, should a service have been given other rules on who reads what.
const MAX_AGE: Duration = Duration::from_mins(5);

/// By so much the clocks of gateway and services may differ: answers made this close to a change of days are not kept.
const CLOCKS_DIFFER: Duration = Duration::from_secs(30);

/// Who asks what: all that an answer depends on beside what is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    agency: String,
    party: Option<String>,
    roles: Vec<Role>,
    clearance: Clearance,
    partnership: String,
    day: Date,
    /// The moment that the caller chose.
    known_time: Option<Timestamp>,
    /// Today, by which releases, acts and deadlines become known, due and overdue.
    today: Date,
    language: String,
}

impl Key {
    /// The key of a question that is asked at the moment `now`.
    pub(super) fn new(caller: &Caller, question: &Question, now: Timestamp) -> Self {
        let mut roles = caller.roles.clone();
        roles.sort_unstable();
        Self {
            agency: caller.agency.clone(),
            party: caller.party.clone(),
            roles,
            clearance: caller.clearance(),
            partnership: question.partnership(),
            day: question.day,
            known_time: question.known_time_is_chosen.then_some(question.known_time),
            today: day_of(now),
            language: question.language.clone(),
        }
    }
}

/// One answer.
struct Entry {
    key: Key,
    positions: Positions,
    overview: Arc<Overview>,
    bytes: usize,
    made: Instant,
}

/// The answers, the one last given at the end.
#[derive(Default)]
struct Entries {
    entries: Vec<Entry>,
    bytes: usize,
}

/// What is kept, and how often it helped.
pub(super) struct Kept {
    entries: Mutex<Entries>,
    lookups: Option<Counter<u64>>,
}

impl Kept {
    /// Keeps nothing yet; counts what comes into `metrics`.
    pub(super) fn new(metrics: Option<&host::Metrics>) -> Self {
        let lookups = metrics.map(|metrics| {
            metrics
                .meter("gateway")
                .u64_counter("accord.overview.lookups")
                .with_description(
                    "Overviews asked for: `hit` was kept, `miss` was made, `bypass` was made while a log could not be asked for its position.",
                )
                .build()
        });
        Self {
            entries: Mutex::default(),
            lookups,
        }
    }

    /// Returns the answer if it is still that.
    pub(super) fn get(&self, key: &Key, positions: Option<&Positions>) -> Option<Arc<Overview>> {
        let found = positions.and_then(|positions| self.find(key, positions));
        let outcome = match (&found, positions) {
            (Some(_), _) => "hit",
            (None, Some(_)) => "miss",
            (None, None) => "bypass",
        };
        if let Some(lookups) = &self.lookups {
            lookups.add(1, &[KeyValue::new("outcome", outcome)]);
        }
        found
    }

    fn find(&self, key: &Key, positions: &Positions) -> Option<Arc<Overview>> {
        let mut kept = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let index = kept.entries.iter().position(|entry| entry.key == *key)?;
        let entry = kept.entries.remove(index);
        if entry.positions != *positions || entry.made.elapsed() > MAX_AGE {
            kept.bytes -= entry.bytes;
            return None;
        }
        let overview = Arc::clone(&entry.overview);
        kept.entries.push(entry);
        Some(overview)
    }

    /// Keeps an answer that was begun when the logs stood at `positions`, and ended at `now`.
    pub(super) fn put(&self, key: Key, positions: Positions, overview: &Overview, now: Timestamp) {
        let bytes = overview.encoded_len();
        if !is_whole(overview)
            || is_near_midnight(now)
            || day_of(now) != key.today
            || bytes > MAX_KEPT_BYTES
        {
            return;
        }
        let entry = Entry {
            key,
            positions,
            overview: Arc::new(overview.clone()),
            bytes,
            made: Instant::now(),
        };
        let mut kept = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(|older| older.key == entry.key);
        kept.bytes += bytes;
        kept.entries.push(entry);
        while kept.entries.len() > MAX_KEPT || kept.bytes > MAX_KEPT_BYTES {
            let oldest = kept.entries.remove(0);
            kept.bytes -= oldest.bytes;
        }
    }
}

impl Entries {
    fn remove(&mut self, is_meant: impl Fn(&Entry) -> bool) {
        if let Some(index) = self.entries.iter().position(is_meant) {
            let entry = self.entries.remove(index);
            self.bytes -= entry.bytes;
        }
    }
}

/// Whether every service has answered; deadlines of the past, which none knows, may lack.
fn is_whole(overview: &Overview) -> bool {
    let is_expected = |part: &MissingPart| part.reason == super::missing::KNOWN_TIME_NOT_SUPPORTED;
    overview.missing_parts.iter().all(is_expected)
}

fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}

fn is_near_midnight(now: Timestamp) -> bool {
    let [before, after] = [
        now.checked_sub(CLOCKS_DIFFER),
        now.checked_add(CLOCKS_DIFFER),
    ];
    match (before, after) {
        (Ok(before), Ok(after)) => day_of(before) != day_of(after),
        _ => true,
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Kept").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    const NOON: &str = "2026-11-23T12:00:00Z";

    fn key(day: i64, now: Timestamp) -> Key {
        Key {
            agency: "uz-stat".to_owned(),
            party: None,
            roles: Vec::new(),
            clearance: Clearance::Public,
            partnership: "partnerships/uz-kz".to_owned(),
            day: day_of(now) + day.days(),
            known_time: None,
            today: day_of(now),
            language: "en".to_owned(),
        }
    }

    fn put(kept: &Kept, day: i64, overview: &Overview, now: &str) -> bool {
        let now: Timestamp = now.parse().unwrap();
        let positions = Positions::default();
        kept.put(key(day, now), positions.clone(), overview, now);
        kept.get(&key(day, now), Some(&positions)).is_some()
    }

    #[test]
    fn no_more_is_kept_than_is_allowed_and_the_oldest_goes_first() {
        let kept = Kept::new(None);
        let large = Overview {
            name: "x".repeat(MAX_KEPT_BYTES / 100),
            ..Overview::default()
        };
        for day in 0..300 {
            assert!(put(&kept, day, &Overview::default(), NOON));
        }
        assert_eq!(kept.entries.lock().unwrap().entries.len(), MAX_KEPT);
        for day in 300..500 {
            assert!(put(&kept, day, &large, NOON));
        }
        let now = NOON.parse().unwrap();
        let positions = Some(&Positions::default());
        assert!(kept.get(&key(0, now), positions).is_none());
        let entries = kept.entries.lock().unwrap();
        assert!(entries.bytes <= MAX_KEPT_BYTES);
        let summed: usize = entries.entries.iter().map(|entry| entry.bytes).sum();
        assert_eq!(entries.bytes, summed);
    }

    #[test]
    fn nothing_is_kept_around_midnight_or_without_a_part() {
        let kept = Kept::new(None);
        let whole = Overview::default();
        assert!(!put(&kept, 0, &whole, "2026-11-23T23:59:31Z"));
        assert!(!put(&kept, 0, &whole, "2026-11-23T00:00:29Z"));
        assert!(put(&kept, 0, &whole, "2026-11-23T23:59:29Z"));
        let with = |reason: &str| Overview {
            missing_parts: vec![MissingPart {
                reason: reason.to_owned(),
                ..MissingPart::default()
            }],
            ..Overview::default()
        };
        assert!(!put(&kept, 1, &with("UPSTREAM_TIMED_OUT"), NOON));
        assert!(put(&kept, 2, &with("KNOWN_TIME_NOT_SUPPORTED"), NOON));
    }

    #[test]
    fn an_answer_is_given_only_while_the_logs_stand_where_they_did() {
        let kept = Kept::new(None);
        let now: Timestamp = NOON.parse().unwrap();
        assert!(put(&kept, 0, &Overview::default(), NOON));
        assert!(kept.get(&key(0, now), None).is_none());
        assert!(kept.get(&key(0, now), Some(&Positions::at(5))).is_none());
        // What was made for another state is not kept for later.
        let before = Positions::default();
        assert!(kept.get(&key(0, now), Some(&before)).is_none());
    }
}
