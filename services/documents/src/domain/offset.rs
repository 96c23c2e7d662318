//! Times counted from a trigger day, as clauses on entry into force name them.
//!
//! Counting follows the European Convention on the Calculation of Time-Limits (Basel 1972, ETS 76):
//! the trigger day is not counted (article 3), and a time in months ends on the day of the month
//! with the same number, or on the month's last day if there is none (article 4, paragraph 2).

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// How long after a trigger day something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offset {
    /// This many calendar days later.
    Days(i32),
    /// This many calendar months later.
    Months(i32),
    /// On the first day of the Nth month that follows the month of the trigger.
    FirstDayOfMonth(i32),
}

impl Offset {
    /// Returns the day that lies this long after `trigger`.
    #[must_use]
    pub fn after(self, trigger: Date) -> Date {
        match self {
            Self::Days(days) => trigger.saturating_add(days.days()),
            Self::Months(months) => months_after(trigger, months),
            Self::FirstDayOfMonth(months) => months_after(trigger.first_of_month(), months),
        }
    }

    /// Says the offset in words that continue with the trigger.
    #[must_use]
    pub fn phrase(self) -> String {
        match self {
            Self::Days(1) => "one day after".to_owned(),
            Self::Days(days) => format!("{days} days after"),
            Self::Months(1) => "one month after".to_owned(),
            Self::Months(months) => format!("{months} months after"),
            Self::FirstDayOfMonth(1) => "on the first day of the month following".to_owned(),
            Self::FirstDayOfMonth(n) => format!("on the first day of month {n} following"),
        }
    }
}

/// Returns the day `months` after `day`, on the last day of its month where the number is missing.
#[must_use]
pub fn months_after(day: Date, months: i32) -> Date {
    day.saturating_add(months.months())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_do_not_count_the_trigger_day() {
        assert_eq!(Offset::Days(1).after(date(2023, 4, 30)), date(2023, 5, 1));
        assert_eq!(Offset::Days(30).after(date(2024, 2, 1)), date(2024, 3, 2));
        assert_eq!(Offset::Days(30).after(date(2023, 2, 1)), date(2023, 3, 3));
    }

    #[test]
    fn months_end_on_the_same_number_or_the_last_day() {
        assert_eq!(
            Offset::Months(1).after(date(2023, 1, 31)),
            date(2023, 2, 28)
        );
        assert_eq!(
            Offset::Months(1).after(date(2024, 1, 31)),
            date(2024, 2, 29)
        );
        assert_eq!(
            Offset::Months(12).after(date(2024, 2, 29)),
            date(2025, 2, 28)
        );
        assert_eq!(
            Offset::Months(48).after(date(2024, 2, 29)),
            date(2028, 2, 29)
        );
        assert_eq!(
            Offset::Months(2).after(date(2023, 12, 31)),
            date(2024, 2, 29)
        );
    }

    #[test]
    fn first_day_of_month_counts_from_the_month_after_the_trigger() {
        assert_eq!(
            Offset::FirstDayOfMonth(1).after(date(2023, 12, 1)),
            date(2024, 1, 1)
        );
        assert_eq!(
            Offset::FirstDayOfMonth(2).after(date(2023, 3, 15)),
            date(2023, 5, 1)
        );
        assert_eq!(
            Offset::FirstDayOfMonth(1).after(date(2024, 1, 31)),
            date(2024, 2, 1)
        );
    }

    prop_compose! {
        fn any_day()(year in 1500i16..2500, day in 1i16..=365) -> Date {
            date(year, 1, 1).saturating_add(i32::from(day - 1).days())
        }
    }

    proptest! {
        #[test]
        fn every_offset_lies_after_its_trigger(day in any_day(), n in 1i32..=120) {
            prop_assert!(Offset::Days(n).after(day) > day);
            prop_assert!(Offset::Months(n).after(day) > day);
            prop_assert!(Offset::FirstDayOfMonth(n).after(day) > day);
        }

        #[test]
        fn days_are_exact(day in any_day(), n in 1i32..=3650) {
            let span = Offset::Days(n).after(day) - day;
            prop_assert_eq!(span.get_days(), n);
        }

        #[test]
        fn months_keep_the_number_or_end_the_month(day in any_day(), n in 1i32..=120) {
            let end = Offset::Months(n).after(day);
            let months = i32::from(end.year() - day.year()) * 12 + i32::from(end.month() - day.month());
            prop_assert_eq!(months, n);
            prop_assert!(end.day() == day.day() || (end.day() < day.day() && end == end.last_of_month()));
        }

        #[test]
        fn first_day_of_month_n_plus_one_is_the_month_after_n_months(day in any_day(), n in 1i32..=119) {
            let following = months_after(Offset::Months(n).after(day).first_of_month(), 1);
            prop_assert_eq!(Offset::FirstDayOfMonth(n + 1).after(day), following);
        }

        #[test]
        fn a_later_trigger_never_gives_an_earlier_day(day in any_day(), later in 0i32..400, n in 1i32..=120) {
            let other = day.saturating_add(later.days());
            for offset in [Offset::Days(n), Offset::Months(n), Offset::FirstDayOfMonth(n)] {
                prop_assert!(offset.after(day) <= offset.after(other));
            }
        }
    }
}
