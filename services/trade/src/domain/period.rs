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
    /// One half of a calendar year; nothing is published so, it is only asked for.
    HalfYear,
    /// The twelve months that end with a month; only asked for.
    TwelveMonths,
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

/// Says what is wrong with a text that is no period, as precisely as can be told.
#[must_use]
pub fn explain(text: &str) -> String {
    let months = text
        .split_once('/')
        .and_then(|(first, last)| Some((month(first).ok()?, month(last).ok()?)));
    match months {
        Some((first, last)) if last < first => format!(
            "ends in {last}, before it begins in {first}",
            last = shown(last),
            first = shown(first)
        ),
        Some((first, last)) if first.0 != last.0 => {
            "takes in parts of two years; figures of several months are from January of one"
                .to_owned()
        }
        Some((first, _)) if first.1 != 1 => format!(
            "begins in {}; figures of several months that are no quarter begin in January",
            shown(first)
        ),
        _ => Error.to_string(),
    }
}

fn shown((year, month): (i16, i8)) -> String {
    format!("{year:04}-{month:02}")
}

impl Period {
    /// Returns the period of `window` that ends with `last_month`, which must be 12 for a year and
    /// 3, 6, 9 or 12 for a quarter.
    pub fn new(window: Window, year: i16, last_month: i8) -> Result<Self, Error> {
        let months = match window {
            Window::Month | Window::JanuaryToMonth | Window::TwelveMonths => {
                (1..=12).contains(&last_month)
            }
            Window::Quarter => matches!(last_month, 3 | 6 | 9 | 12),
            Window::Year => last_month == 12,
            Window::HalfYear => matches!(last_month, 6 | 12),
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
            Window::HalfYear => self.last_month - 5,
            Window::TwelveMonths => self.last_month % 12 + 1,
        }
    }

    /// Returns the year in which it begins.
    #[must_use]
    pub fn first_year(self) -> i16 {
        let crosses = self.window == Window::TwelveMonths && self.last_month < 12;
        self.year - i16::from(crosses)
    }

    /// Returns the stretches of single calendar years that it is made of, the earlier first.
    #[must_use]
    pub fn stretches(self) -> Vec<Stretch> {
        let stretch = |year, first, last| Stretch { year, first, last };
        if self.first_year() == self.year {
            return vec![stretch(self.year, self.first_month(), self.last_month)];
        }
        vec![
            stretch(self.first_year(), self.first_month(), 12),
            stretch(self.year, 1, self.last_month),
        ]
    }

    /// Returns the first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::new(self.first_year(), self.first_month(), 1).unwrap_or(Date::MIN)
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
            Window::Month | Window::TwelveMonths => 1,
            Window::Quarter => 3,
            Window::HalfYear => 6,
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

/// Some months of one calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The year.
    pub year: i16,
    /// The first month.
    pub first: i8,
    /// The last month.
    pub last: i8,
}

impl Stretch {
    /// Returns the periods as which figures of exactly these months are published.
    #[must_use]
    pub fn published_as(self) -> Vec<Period> {
        let window = match self.last - self.first {
            0 => Some(Window::Month),
            2 => Some(Window::Quarter),
            11 => Some(Window::Year),
            _ => None,
        };
        let own = window.and_then(|window| Period::new(window, self.year, self.last).ok());
        let cumulative = (self.first == 1)
            .then(|| Period::new(Window::JanuaryToMonth, self.year, self.last).ok())
            .flatten();
        [own, cumulative].into_iter().flatten().collect()
    }

    /// Returns the January-to-month periods whose difference it is.
    #[must_use]
    pub fn as_difference(self) -> Option<(Period, Period)> {
        let cumulative = |month| Period::new(Window::JanuaryToMonth, self.year, month).ok();
        Some((cumulative(self.last)?, cumulative(self.first - 1)?))
    }

    /// Returns the whole quarters that make it up, if there are any and they do.
    #[must_use]
    pub fn quarters(self) -> Option<Vec<Stretch>> {
        let fits = self.first % 3 == 1 && self.last % 3 == 0;
        fits.then(|| self.cut(3))
    }

    /// Returns its months.
    #[must_use]
    pub fn months(self) -> Vec<Stretch> {
        self.cut(1)
    }

    fn cut(self, length: i8) -> Vec<Stretch> {
        (self.first..=self.last)
            .step_by(length.unsigned_abs().into())
            .map(|first| Self {
                first,
                last: first + length - 1,
                ..self
            })
            .collect()
    }
}

impl Period {
    /// Reads a period that can be asked for: besides those in which figures are published, `2022-H1` and
    /// the twelve months `2021-04/2022-03`.
    pub fn parse_asked(text: &str) -> Result<Self, Error> {
        if let Ok(period) = text.parse() {
            return Ok(period);
        }
        if let Some((year, half)) = text.split_once("-H") {
            let half = i8::try_from(number(half, 1)?).map_err(|_| Error)?;
            return Self::new(Window::HalfYear, number(year, 4)?, half * 6);
        }
        let (first, last) = text.split_once('/').ok_or(Error)?;
        let (year, month) = month(last)?;
        let period = Self::new(Window::TwelveMonths, year, month)?;
        if self::month(first)? == (period.first_year(), period.first_month()) {
            Ok(period)
        } else {
            Err(Error)
        }
    }

    /// Returns the same months as a period of another window, if there is one.
    #[must_use]
    pub fn within(self, window: Window) -> Option<Self> {
        let other = Self::new(window, self.year, self.last_month).ok()?;
        (other.stretches() == self.stretches()).then_some(other)
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
            Window::HalfYear => write!(f, "{year:04}-H{}", month / 6),
            Window::TwelveMonths => {
                let (first_year, first_month) = (self.first_year(), self.first_month());
                write!(f, "{first_year:04}-{first_month:02}/{year:04}-{month:02}")
            }
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

    #[test]
    fn half_years_and_twelve_months_are_only_asked_for() {
        for (text, first, last, previous) in [
            ("2022-H1", "2022-01-01", "2022-06-30", "2021-H2"),
            ("2022-H2", "2022-07-01", "2022-12-31", "2022-H1"),
            (
                "2021-04/2022-03",
                "2021-04-01",
                "2022-03-31",
                "2021-03/2022-02",
            ),
        ] {
            assert_eq!(text.parse::<Period>(), Err(Error));
            let period = Period::parse_asked(text).unwrap();
            assert_eq!(period.to_string(), text);
            assert_eq!(period.first_day().to_string(), first);
            assert_eq!(period.last_day().to_string(), last);
            assert_eq!(period.previous().unwrap().to_string(), previous);
        }
        for text in [
            "2022-H3",
            "2022-H0",
            "2021-03/2022-03",
            "2021-04/2023-03",
            "H1",
        ] {
            assert_eq!(Period::parse_asked(text), Err(Error), "{text}");
        }
        let year = period("2022").within(Window::TwelveMonths).unwrap();
        assert_eq!(year.stretches(), period("2022").stretches());
        assert_eq!(period("2022-Q1").within(Window::Month), None);
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
