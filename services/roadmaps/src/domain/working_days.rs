//! Working days: which days are worked in one state, or in several at once, and arithmetic that counts them.
//!
//! Days are numbers of days since 1970-01-01. A calendar numbers its working days in order; schedules are computed in
//! these numbers, so that both of their passes are exact inverses of each other.

mod table;

use std::fmt;

use jiff::civil::Date;

pub use table::{Special, Table};

/// Where Mondays are: 1969-12-29.
const MONDAY: i64 = -3;

/// A day on which a calendar departs from Monday to Friday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exception {
    day: i64,
    works: bool,
    /// How many working days there are before it, counted from [`MONDAY`].
    before: i64,
    /// How many more (or fewer) working days than Mondays to Fridays there are up to its end.
    shift: i64,
}

/// The days that are working days in all of some states.
#[derive(Clone, PartialEq, Eq)]
pub struct Calendar {
    parties: Vec<String>,
    exceptions: Vec<Exception>,
}

/// Thousands of days say less than the states do.
impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calendar").field(&self.parties).finish()
    }
}

impl Calendar {
    /// Returns the working days that these states (ISO 3166-1 alpha-2) have in common. Of a state whose days are not
    /// known, every Monday to Friday is one.
    #[must_use]
    pub fn of(parties: &[&str], table: &Table) -> Self {
        let mut days: Vec<i64> = parties
            .iter()
            .flat_map(|party| table.exceptions(party))
            .map(|(day, _)| *day)
            .collect();
        days.sort_unstable();
        days.dedup();
        let mut exceptions = Vec::new();
        let mut shift = 0;
        for day in days {
            let works = parties.iter().all(|party| table.works(party, day));
            if works != is_weekday(day) {
                let before = weekdays_before(day) + shift;
                shift += if works { 1 } else { -1 };
                exceptions.push(Exception {
                    day,
                    works,
                    before,
                    shift,
                });
            }
        }
        Self {
            parties: parties.iter().map(ToString::to_string).collect(),
            exceptions,
        }
    }

    /// Returns the states.
    #[must_use]
    pub fn parties(&self) -> &[String] {
        &self.parties
    }

    /// Returns how many working days there are before a day; this is the number of the first one that is not before it.
    #[must_use]
    pub fn before(&self, day: i64) -> i64 {
        let passed = self.exceptions.partition_point(|found| found.day < day);
        weekdays_before(day) + self.shift(passed)
    }

    /// Returns the number of the last working day up to a day, that day included.
    #[must_use]
    pub fn last_until(&self, day: i64) -> i64 {
        self.before(day + 1) - 1
    }

    /// Returns the working day with a number.
    #[must_use]
    pub fn day(&self, number: i64) -> i64 {
        let passed = self
            .exceptions
            .partition_point(|found| found.before <= number);
        match passed.checked_sub(1).and_then(|at| self.exceptions.get(at)) {
            Some(last) if last.works && last.before == number => last.day,
            _ => weekday(number - self.shift(passed)),
        }
    }

    /// Says whether a day is a working day.
    #[must_use]
    pub fn works(&self, day: i64) -> bool {
        self.before(day + 1) > self.before(day)
    }

    /// The shift after so many exceptions.
    fn shift(&self, passed: usize) -> i64 {
        passed
            .checked_sub(1)
            .and_then(|at| self.exceptions.get(at))
            .map_or(0, |found| found.shift)
    }
}

/// How many Mondays to Fridays there are from [`MONDAY`] to before a day; negative for days before it.
fn weekdays_before(day: i64) -> i64 {
    let since = day - MONDAY;
    since.div_euclid(7) * 5 + since.rem_euclid(7).min(5)
}

/// The Monday to Friday with a number.
fn weekday(number: i64) -> i64 {
    MONDAY + number.div_euclid(5) * 7 + number.rem_euclid(5)
}

fn is_weekday(day: i64) -> bool {
    (day - MONDAY).rem_euclid(7) < 5
}

/// Returns the date of a day, if it lies in the years 1 to 9999.
#[must_use]
pub fn date(day: i64) -> Option<Date> {
    let date = jiff::Span::new().try_days(day).ok()?;
    let date = Date::constant(1970, 1, 1).checked_add(date).ok()?;
    (date.year() >= 1).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    fn day(year: i16, month: i8, day: i8) -> i64 {
        clock::to_days(date(year, month, day))
    }

    fn calendar(parties: &[&str]) -> Calendar {
        Calendar::of(parties, Table::shipped())
    }

    /// How many working days a month has.
    fn of_month(calendar: &Calendar, year: i16, month: i8) -> i64 {
        let first = date(year, month, 1);
        let (first, last) = (clock::to_days(first), clock::to_days(first.last_of_month()));
        calendar.before(last + 1) - calendar.before(first)
    }

    #[test]
    fn months_have_as_many_working_days_as_was_reported_of_them() {
        let kazakhstan = calendar(&["KZ"]);
        // https://mangystaumedia.kz/ru/region/114690 and https://toppress.kz/?p=299529
        assert_eq!(of_month(&kazakhstan, 2022, 7), 20);
        assert_eq!(of_month(&kazakhstan, 2025, 6), 20);
        // https://tengrinews.kz/kazakhstan_news/kazahstantsyi-otdohnut-iyune-kalendar-vyihodnyih-rabochih-537755/amp
        assert_eq!(of_month(&kazakhstan, 2024, 6), 20);
        // https://alau.kz/novyj-god-2026-utverzhdjon-oficialnyj-kalendar-vyhodnyh/
        assert_eq!(of_month(&kazakhstan, 2026, 1), 19);
    }

    #[test]
    fn moved_days_are_off_and_worked_in_the_state_that_moved_them() {
        let (uzbekistan, kazakhstan) = (calendar(&["UZ"]), calendar(&["KZ"]));
        // 2022-05-04 was off for Saturday 2022-05-07 in Uzbekistan only.
        assert!(!uzbekistan.works(day(2022, 5, 4)) && uzbekistan.works(day(2022, 5, 7)));
        assert!(kazakhstan.works(day(2022, 5, 4)) && !kazakhstan.works(day(2022, 5, 7)));
        let joint = calendar(&["UZ", "KZ"]);
        assert!(!joint.works(day(2022, 5, 4)) && !joint.works(day(2022, 5, 7)));
        assert!(joint.works(day(2022, 5, 5)));
        // A Sunday of work of one state is none of both.
        assert!(kazakhstan.works(day(2025, 1, 5)) && !joint.works(day(2025, 1, 5)));
    }

    #[test]
    fn a_state_without_a_calendar_works_from_monday_to_friday() {
        let other = calendar(&["XA"]);
        assert!(other.works(day(2022, 1, 3)) && other.works(day(2022, 3, 21)));
        assert!(!other.works(day(2022, 1, 1)) && !other.works(day(2022, 1, 2)));
    }

    #[test]
    fn days_beyond_the_years_have_no_date() {
        assert_eq!(super::date(0), Some(date(1970, 1, 1)));
        assert_eq!(super::date(4_000_000), None);
        assert_eq!(super::date(i64::MAX), None);
        assert_eq!(super::date(-800_000), None);
    }

    static CALENDARS: LazyLock<[Calendar; 4]> = LazyLock::new(|| {
        let states: [&[&str]; 4] = [&["UZ"], &["KZ"], &["UZ", "KZ"], &["XA"]];
        states.map(calendar)
    });

    proptest! {
        #[test]
        fn numbers_and_days_lead_to_each_other(
            days in -170_000_i64..200_000, which in 0_usize..4,
        ) {
            let calendar = &CALENDARS[which];
            let number = calendar.before(days);
            prop_assert_eq!(calendar.before(calendar.day(number)), number);
            prop_assert!(calendar.day(number) >= days);
            prop_assert!(calendar.day(number - 1) < days);
            prop_assert!(calendar.works(calendar.day(number)));
            prop_assert_eq!(calendar.works(days), calendar.day(number) == days);
            prop_assert_eq!(calendar.day(calendar.last_until(days)) == days, calendar.works(days));
        }
    }
}
