//! When a measure has to be done, as plans say it: a day, a quarter, a half-year, a year, or permanently.

use jiff::civil::Date;

/// A deadline in the form in which the plan gives it.
///
/// A quarter, half-year or year means its last day. It is kept as that day: with the form, the day says
/// which one is meant. A permanent measure has no last day; where days are kept and compared,
/// [`Deadline::NEVER`] stands for it, so that it is never overdue and comes after all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    form: Form,
    last_day: Date,
}

/// The form in which a plan gives a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A day.
    Day,
    /// A quarter of a calendar year.
    Quarter,
    /// A half of a calendar year.
    HalfYear,
    /// A calendar year.
    Year,
    /// No day at all.
    Permanent,
}

impl Form {
    /// How many months the form spans; nothing for a day and for none.
    fn months(self) -> Option<i8> {
        match self {
            Self::Day | Self::Permanent => None,
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
            Self::Year => Some(12),
        }
    }
}

impl Deadline {
    /// The day that stands for none: the last one that a date can be, far after the years of the contract.
    pub const NEVER: Date = Date::MAX;

    /// Returns the deadline that never comes.
    #[must_use]
    pub fn permanent() -> Self {
        Self {
            form: Form::Permanent,
            last_day: Self::NEVER,
        }
    }

    /// Says whether there is no last day.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.form == Form::Permanent
    }

    /// Returns the deadline on a day.
    #[must_use]
    pub fn day(day: Date) -> Self {
        Self {
            form: Form::Day,
            last_day: day,
        }
    }

    /// Returns the deadline at the end of the `ordinal`th quarter (1 to 4), half (1 or 2) or
    /// whole (1) of a year; nothing when there is no such part of that year.
    #[must_use]
    pub fn part_of_year(form: Form, year: i16, ordinal: i8) -> Option<Self> {
        let months = form.months()?;
        let last_month = (ordinal >= 1 && ordinal <= 12 / months).then(|| ordinal * months)?;
        let last_day = Date::new(year, last_month, 1).ok()?.last_of_month();
        Some(Self { form, last_day })
    }

    /// Restores a deadline from what was kept; nothing when the day does not end a part of the year
    /// of that form.
    #[must_use]
    pub fn restore(form: Form, last_day: Date) -> Option<Self> {
        match form.months() {
            None if form == Form::Permanent => {
                Some(Self::permanent()).filter(|deadline| deadline.last_day == last_day)
            }
            None => Some(Self::day(last_day)),
            Some(months) => Self::part_of_year(form, last_day.year(), last_day.month() / months)
                .filter(|deadline| deadline.last_day == last_day),
        }
    }

    /// Returns the form in which the plan gives the deadline.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Returns the last day on which the measure is in time; [`Deadline::NEVER`] when it is permanent.
    #[must_use]
    pub fn last_day(&self) -> Date {
        self.last_day
    }

    /// Returns which quarter (1 to 4), half (1 or 2) or whole (1) of the year is meant; 0 for a day and for none.
    #[must_use]
    pub fn ordinal(&self) -> i8 {
        self.form
            .months()
            .map_or(0, |months| self.last_day.month() / months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn parts_of_a_year_end_on_their_last_day() {
        let last_day = |form, year, ordinal| {
            Deadline::part_of_year(form, year, ordinal).map(|deadline| deadline.last_day())
        };
        assert_eq!(last_day(Form::Quarter, 2022, 1), Some(date(2022, 3, 31)));
        assert_eq!(last_day(Form::Quarter, 2022, 2), Some(date(2022, 6, 30)));
        assert_eq!(last_day(Form::Quarter, 2023, 4), Some(date(2023, 12, 31)));
        assert_eq!(last_day(Form::HalfYear, 2022, 1), Some(date(2022, 6, 30)));
        assert_eq!(last_day(Form::HalfYear, 2022, 2), Some(date(2022, 12, 31)));
        assert_eq!(last_day(Form::Quarter, 2022, 5), None);
        assert_eq!(last_day(Form::Year, 2022, 1), Some(date(2022, 12, 31)));
        assert_eq!(last_day(Form::Year, 2022, 2), None);
        assert_eq!(last_day(Form::Permanent, 2022, 1), None);
        assert_eq!(last_day(Form::HalfYear, 2022, 3), None);
        assert_eq!(last_day(Form::HalfYear, 2022, 0), None);
        assert_eq!(last_day(Form::Day, 2022, 1), None);
    }

    #[test]
    fn a_day_that_ends_no_quarter_is_not_restored_as_one() {
        assert_eq!(Deadline::restore(Form::Quarter, date(2022, 3, 30)), None);
        assert_eq!(Deadline::restore(Form::HalfYear, date(2022, 9, 30)), None);
        assert_eq!(Deadline::restore(Form::Quarter, date(2022, 1, 31)), None);
    }

    #[test]
    fn a_permanent_deadline_is_kept_as_the_day_that_stands_for_none() {
        let never = Deadline::restore(Form::Permanent, Deadline::NEVER).unwrap();
        assert!(never.is_permanent());
        assert_eq!(never.ordinal(), 0);
        assert_eq!(Deadline::restore(Form::Permanent, date(2022, 12, 31)), None);
        assert!(!Deadline::day(Deadline::NEVER).is_permanent());
    }

    proptest! {
        #[test]
        fn what_was_kept_is_restored(year in 1500_i16..=2500, ordinal in 1_i8..=4) {
            for form in [Form::Quarter, Form::HalfYear, Form::Year] {
                if let Some(deadline) = Deadline::part_of_year(form, year, ordinal) {
                    prop_assert_eq!(Deadline::restore(form, deadline.last_day()), Some(deadline));
                    prop_assert_eq!(deadline.ordinal(), ordinal);
                }
            }
        }
    }
}
