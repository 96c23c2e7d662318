//! When a deadline is worth a reminder: at some lead times before its last day, and once it is over.

use std::{fmt, str::FromStr};

/// The longest lead time.
const MOST_DAYS: i64 = 366;

/// What a reminder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lead {
    /// So many days are left, or fewer.
    Days(i64),
    /// The last day is over.
    Overdue,
}

impl Lead {
    /// How many days are left when it is reached; -1 once the last day is over.
    #[must_use]
    pub fn days_left(self) -> i64 {
        match self {
            Self::Days(days) => days,
            Self::Overdue => -1,
        }
    }
}

/// The lead times at which reminders are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leads {
    /// In days before the last day, the longest first and each once.
    days: Vec<i64>,
    overdue: bool,
}

impl Default for Leads {
    /// A month, a week and a day before, and once it is over.
    fn default() -> Self {
        Self {
            days: vec![30, 7, 1],
            overdue: true,
        }
    }
}

impl Leads {
    /// Says whether there are no reminders at all.
    #[must_use]
    pub fn are_off(&self) -> bool {
        self.days.is_empty() && !self.overdue
    }

    /// Returns what a reminder would say when so many days are left: the nearest lead time that is reached.
    #[must_use]
    pub fn reached(&self, days_left: i64) -> Option<Lead> {
        if days_left < 0 {
            return self.overdue.then_some(Lead::Overdue);
        }
        let reached = self.days.iter().rev().find(|days| **days >= days_left);
        reached.copied().map(Lead::Days)
    }

    /// Returns what is due when so many days are left, the earliest first: what looking daily would have found since
    /// `since` days were left, when nobody has looked.
    pub fn due(&self, since: i64, days_left: i64) -> impl Iterator<Item = Lead> {
        let first = self.reached(since).map_or(since, Lead::days_left);
        let days = self.days.iter().copied().map(Lead::Days);
        days.chain(self.overdue.then_some(Lead::Overdue))
            .filter(move |lead| (days_left..=first).contains(&lead.days_left()))
    }

    /// Returns after how many days the next lead time is reached, when so many are left today; nothing after the
    /// last.
    #[must_use]
    pub fn next(&self, days_left: i64) -> Option<i64> {
        let before = self.days.iter().find(|days| **days < days_left);
        match before {
            Some(days) => Some(days_left - days),
            None => (self.overdue && days_left >= 0).then(|| days_left + 1),
        }
    }
}

impl fmt::Display for Leads {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.are_off() {
            return formatter.write_str("off");
        }
        let days = self.days.iter().map(ToString::to_string);
        let overdue = self.overdue.then(|| "overdue".to_owned());
        let words: Vec<String> = days.chain(overdue).collect();
        formatter.write_str(&words.join(","))
    }
}

/// Text that names no lead times.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is neither `off` nor numbers of days from 0 to 366 and `overdue`, separated by commas"
)]
pub struct LeadsError(String);

impl FromStr for Leads {
    type Err = LeadsError;

    fn from_str(text: &str) -> Result<Self, LeadsError> {
        let mut leads = Self {
            days: Vec::new(),
            overdue: false,
        };
        if text.trim() == "off" {
            return Ok(leads);
        }
        for word in text.split(',').map(str::trim) {
            if word == "overdue" {
                leads.overdue = true;
                continue;
            }
            let days = word.parse().ok();
            let days = days.filter(|days| (0..=MOST_DAYS).contains(days));
            leads
                .days
                .push(days.ok_or_else(|| LeadsError(text.to_owned()))?);
        }
        leads.days.sort_unstable_by(|left, right| right.cmp(left));
        leads.days.dedup();
        Ok(leads)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_lead_time_counts() {
        let leads = Leads::default();
        for (left, reached, next) in [
            (31, None, Some(1)),
            (30, Some(Lead::Days(30)), Some(23)),
            (8, Some(Lead::Days(30)), Some(1)),
            (5, Some(Lead::Days(7)), Some(4)),
            (1, Some(Lead::Days(1)), Some(2)),
            (0, Some(Lead::Days(1)), Some(1)),
            (-1, Some(Lead::Overdue), None),
            (-400, Some(Lead::Overdue), None),
        ] {
            assert_eq!(leads.reached(left), reached, "{left} days left");
            assert_eq!(leads.next(left), next, "{left} days left");
        }
    }

    #[test]
    fn lead_times_are_read_and_written() {
        let read = |text: &str| text.parse::<Leads>();
        assert_eq!(read(" 1, 30,7 ,overdue,7").unwrap(), Leads::default());
        assert_eq!(Leads::default().to_string(), "30,7,1,overdue");
        assert!(read("off").unwrap().are_off());
        assert_eq!(read("off").unwrap().to_string(), "off");
        assert_eq!(read("0").unwrap().reached(-1), None);
        for wrong in ["", "30,", "-1", "367", "later", "off,7"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_reached_while_nobody_looked_is_due_too() {
        let leads = Leads::default();
        let due = |since, left| leads.due(since, left).collect::<Vec<_>>();
        assert_eq!(due(59, 31), []);
        assert_eq!(due(30, 4), [Lead::Days(30), Lead::Days(7)]);
        assert_eq!(due(7, 7), [Lead::Days(7)]);
        assert_eq!(due(7, -2), [Lead::Days(7), Lead::Days(1), Lead::Overdue]);
        // Agreed late: what would have been due before that has nothing to say.
        assert_eq!(due(4, 4), [Lead::Days(7)]);
        assert_eq!(due(4, 1), [Lead::Days(7), Lead::Days(1)]);
        assert_eq!("7,1".parse::<Leads>().unwrap().due(7, -1).count(), 2);
    }

    proptest! {
        #[test]
        fn who_looks_late_finds_all_that_looking_daily_finds(
            days in prop::collection::btree_set(0..60_i64, 0..5), overdue: bool, start in -5..90_i64,
            late in prop::collection::vec(0..40_i64, 1..6),
        ) {
            let leads = Leads { days: days.into_iter().rev().collect(), overdue };
            let mut looks = Vec::new();
            let (mut from, mut left) = (start, start);
            for days in late {
                left = from - days;
                looks.extend(leads.due(from, left));
                match leads.next(left) {
                    Some(days) => from = left - days,
                    None => break,
                }
            }
            let mut daily: Vec<Lead> = (left..=start).rev().filter_map(|left| leads.reached(left)).collect();
            daily.dedup();
            prop_assert_eq!(looks, daily);
        }

        #[test]
        fn who_looks_on_the_days_named_misses_nothing_that_looking_daily_finds(
            days in prop::collection::btree_set(0..60_i64, 0..5), overdue: bool, start in -5..90_i64,
        ) {
            let leads = Leads { days: days.into_iter().rev().collect(), overdue };
            let mut daily: Vec<Lead> = (-20..=start).rev().filter_map(|left| leads.reached(left)).collect();
            daily.dedup();
            let mut named = Vec::new();
            let mut left = start;
            loop {
                named.extend(leads.reached(left));
                let Some(days) = leads.next(left) else { break };
                prop_assert!(days > 0);
                left -= days;
            }
            prop_assert_eq!(&named, &daily);
            let mut once = named.clone();
            once.dedup();
            prop_assert_eq!(once, named);
        }
    }
}
