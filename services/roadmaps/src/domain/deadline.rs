//! When a measure has to be done, as plans say it: a day, a quarter or a half-year.

use jiff::civil::Date;

/// A deadline in the form in which the plan gives it.
///
/// A quarter or half-year means its last day. It is kept as that day: with the form, the day says
/// which quarter or half-year is meant.
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
}

impl Form {
    /// How many months the form spans; nothing for a day.
    fn months(self) -> Option<i8> {
        match self {
            Self::Day => None,
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
        }
    }
}

impl Deadline {
    /// Returns the deadline on a day.
    #[must_use]
    pub fn day(day: Date) -> Self {
        Self {
            form: Form::Day,
            last_day: day,
        }
    }

    /// Returns the deadline at the end of the `ordinal`th quarter (1 to 4) or half (1 or 2) of a
    /// year; nothing when there is no such part of that year.
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

    /// Returns the last day on which the measure is in time.
    #[must_use]
    pub fn last_day(&self) -> Date {
        self.last_day
    }

    /// Returns which quarter (1 to 4) or half (1 or 2) of the year is meant; 0 for a day.
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

    proptest! {
        #[test]
        fn what_was_kept_is_restored(year in 1500_i16..=2500, ordinal in 1_i8..=4) {
            for form in [Form::Quarter, Form::HalfYear] {
                if let Some(deadline) = Deadline::part_of_year(form, year, ordinal) {
                    prop_assert_eq!(Deadline::restore(form, deadline.last_day()), Some(deadline));
                    prop_assert_eq!(deadline.ordinal(), ordinal);
                }
            }
        }
    }
}
