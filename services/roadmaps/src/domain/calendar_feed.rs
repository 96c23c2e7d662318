//! An address with a secret, at which calendar programs read deadlines.

use identity::Role;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use uuid::Uuid;

use super::name::CalendarFeedName;

/// How many days an address answers where nothing else is said.
pub const DEFAULT_DAYS: i64 = 365;

/// How many days it answers at most: two years.
pub const MOST_DAYS: i64 = 731;

/// How many addresses that still answer a party has at most.
pub const MOST_OF_PARTY: i64 = 1_000;

/// What a feed shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Only of this body; all when empty.
    pub body: String,
    /// Only of bodies of this party; all when empty.
    pub party: String,
    /// Only what passes this filter; all when empty.
    pub filter: String,
    /// How many days before the day on which it is read it begins.
    pub days_before: i64,
    /// How many days after that day it ends.
    pub days_after: i64,
    /// Whether closed deadlines are left out.
    pub open_only: bool,
    /// The language of titles, as a BCP 47 tag; may be empty.
    pub language: String,
    /// Whether deadlines are tasks with a due day, and not all-day events.
    pub as_tasks: bool,
}

/// Who made a feed; it reads what an agency of this party with these roles reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The party, as an ISO 3166-1 alpha-2 code.
    pub party: String,
    /// The agency.
    pub agency: String,
    /// The roles that the agency had.
    pub roles: Vec<Role>,
}

/// A feed. Its secret is not known any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFeed {
    /// Its identity, which sorts by the time of its making.
    pub uid: Uuid,
    /// The id of its partnership.
    pub partnership: String,
    /// What it is for.
    pub note: String,
    /// What it shows.
    pub shown: Shown,
    /// Who made it.
    pub owner: Owner,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops.
    pub expires: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl CalendarFeed {
    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> CalendarFeedName {
        CalendarFeedName::of(&self.partnership, self.uid)
    }

    /// Says whether it answers at a moment.
    #[must_use]
    pub fn answers(&self, at: Timestamp) -> bool {
        self.revoked.is_none() && at < self.expires
    }

    /// Revokes it; says whether it was not revoked before.
    pub fn revoke(&mut self, at: Timestamp) -> bool {
        let is_new = self.revoked.is_none();
        self.revoked.get_or_insert(at);
        is_new
    }
}

/// Returns the moment so many days of 24 hours after one.
#[must_use]
pub fn days_after(at: Timestamp, days: i64) -> Timestamp {
    at.to_zoned(TimeZone::UTC)
        .saturating_add(days.days())
        .timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_answers_until_its_expiry_unless_it_is_revoked_for_good() {
        let created: Timestamp = "2022-05-02T09:00:00Z".parse().unwrap();
        let mut feed = CalendarFeed {
            uid: Uuid::nil(),
            partnership: "uz-kz".to_owned(),
            note: String::new(),
            shown: Shown::default(),
            owner: Owner {
                party: "UZ".to_owned(),
                agency: "uz-economy".to_owned(),
                roles: vec![Role::Editor],
            },
            created,
            expires: days_after(created, DEFAULT_DAYS),
            revoked: None,
        };
        let last = "2023-05-02T08:59:59Z".parse().unwrap();
        assert!(feed.answers(created) && feed.answers(last));
        assert!(!feed.answers("2023-05-02T09:00:00Z".parse().unwrap()));
        assert!(feed.revoke(created));
        assert!(!feed.revoke(last));
        assert_eq!(feed.revoked, Some(created));
        assert!(!feed.answers(created));
    }
}
