//! The periods that figures cover, with their windows explicit.

use std::{fmt, str::FromStr};

use jiff::civil::Date;

/// The kind of window that a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// One calendar month.
    Month,
    /// One calendar quarter.
    Quarter,
    /// One calendar year.
    Year,
    /// From 1 January to the end of a month of the same year.
    JanuaryToMonth,
}

/// The years that figures can be about.
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// A period: a window and its last month. Written `2022`, `2022-Q1`, `2022-03` or, cumulative,
/// `2022-01/2022-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i16,
    last_month: i8,
    window: Window,
}

/// A text or a triple of numbers that is no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is not a period: 2022, 2022-Q1, 2022-03 or 2022-01/2022-03, with a year from 1900 to 2200"
)]
pub struct Error;

impl Period {
    /// Returns the period of `window` that ends with `last_month`, which must be 12 for a year and
    /// 3, 6, 9 or 12 for a quarter.
    pub fn new(window: Window, year: i16, last_month: i8) -> Result<Self, Error> {
        let months = match window {
            Window::Month | Window::JanuaryToMonth => (1..=12).contains(&last_month),
            Window::Quarter => matches!(last_month, 3 | 6 | 9 | 12),
            Window::Year => last_month == 12,
        };
        if !months || !YEARS.contains(&year) {
            return Err(Error);
        }
        Ok(Self {
            year,
            last_month,
            window,
        })
    }

    /// Returns the kind of window.
    #[must_use]
    pub fn window(self) -> Window {
        self.window
    }

    /// Returns the calendar year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the last month, 1 to 12.
    #[must_use]
    pub fn last_month(self) -> i8 {
        self.last_month
    }

    /// Returns the first month, 1 to 12.
    #[must_use]
    pub fn first_month(self) -> i8 {
        match self.window {
            Window::Month => self.last_month,
            Window::Quarter => self.last_month - 2,
            Window::Year | Window::JanuaryToMonth => 1,
        }
    }

    /// Returns the first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.first_month(), 1).unwrap_or(Date::MIN)
    }

    /// Returns the last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        Date::new(self.year, self.last_month, 1).map_or(Date::MAX, Date::last_of_month)
    }

    /// Returns the same period `years` earlier, if figures can be about it.
    #[must_use]
    pub fn years_before(self, years: i16) -> Option<Self> {
        Self::new(self.window, self.year.checked_sub(years)?, self.last_month).ok()
    }

    /// Returns the period of the same window that ends where this one begins, if figures can be
    /// about it. A cumulative period has none.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let length = match self.window {
            Window::Month => 1,
            Window::Quarter => 3,
            Window::Year => 12,
            Window::JanuaryToMonth => return None,
        };
        if self.last_month > length {
            Self::new(self.window, self.year, self.last_month - length).ok()
        } else {
            Self::new(self.window, self.year - 1, self.last_month + 12 - length).ok()
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.year, self.last_month);
        match self.window {
            Window::Month => write!(f, "{year:04}-{month:02}"),
            Window::Quarter => write!(f, "{year:04}-Q{}", month / 3),
            Window::Year => write!(f, "{year:04}"),
            Window::JanuaryToMonth => write!(f, "{year:04}-01/{year:04}-{month:02}"),
        }
    }
}

impl FromStr for Period {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some((first, last)) = text.split_once('/') {
            let (year, month) = month(last)?;
            return if self::month(first)? == (year, 1) {
                Self::new(Window::JanuaryToMonth, year, month)
            } else {
                Err(Error)
            };
        }
        if let Some((year, quarter)) = text.split_once("-Q") {
            let quarter = i8::try_from(number(quarter, 1)?).map_err(|_| Error)?;
            return Self::new(Window::Quarter, number(year, 4)?, quarter * 3);
        }
        if text.contains('-') {
            let (year, month) = month(text)?;
            return Self::new(Window::Month, year, month);
        }
        Self::new(Window::Year, number(text, 4)?, 12)
    }
}

/// Reads `YYYY-MM`.
fn month(text: &str) -> Result<(i16, i8), Error> {
    let (year, month) = text.split_once('-').ok_or(Error)?;
    let month = i8::try_from(number(month, 2)?).map_err(|_| Error)?;
    Ok((number(year, 4)?, month))
}

/// Reads exactly `width` digits.
fn number(text: &str, width: usize) -> Result<i16, Error> {
    if text.len() != width || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error);
    }
    text.parse().map_err(|_| Error)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Any period of the years given.
    pub(crate) fn any_period(
        years: std::ops::RangeInclusive<i16>,
    ) -> impl Strategy<Value = Period> {
        (years, 1_i8..=12, 0..4).prop_map(|(year, month, kind)| {
            let (window, month) = match kind {
                0 => (Window::Month, month),
                1 => (Window::Quarter, (month + 2) / 3 * 3),
                2 => (Window::Year, 12),
                _ => (Window::JanuaryToMonth, month),
            };
            Period::new(window, year, month).unwrap()
        })
    }

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn periods_know_their_days() {
        for (text, first, last) in [
            ("2022", "2022-01-01", "2022-12-31"),
            ("2022-Q1", "2022-01-01", "2022-03-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023-01/2023-11", "2023-01-01", "2023-11-30"),
        ] {
            assert_eq!(period(text).first_day().to_string(), first);
            assert_eq!(period(text).last_day().to_string(), last);
        }
    }

    #[test]
    fn previous_periods_cross_the_year() {
        for (text, previous) in [
            ("2022", "2021"),
            ("2022-Q1", "2021-Q4"),
            ("2022-01", "2021-12"),
        ] {
            assert_eq!(period(text).previous(), Some(period(previous)));
        }
        assert_eq!(period("2022-Q3").previous(), Some(period("2022-Q2")));
        assert_eq!(period("2022-01/2022-02").previous(), None);
        assert_eq!(period("1900").previous(), None);
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "22",
            "2022-13",
            "2022-00",
            "2022-1",
            "2022-Q5",
            "2022-Q0",
            "1899",
            "2201",
            "2022/",
            "2022-02/2022-03",
            "2021-01/2022-03",
            "2022-01-01",
            "2022-Q",
            "+022",
            "2022-01/2022-13",
        ] {
            assert_eq!(text.parse::<Period>(), Err(Error), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn formatting_and_parsing_round_trip(period in any_period(YEARS)) {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9Q/-]{0,16}") {
            if let Ok(period) = text.parse::<Period>() {
                prop_assert_eq!(period.to_string(), text);
            }
        }
    }
}
