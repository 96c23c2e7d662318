//! Deadlines as plans say them: days, months, quarters, half-years and years, in words of Russian, Uzbek, Kazakh and English.
//!
//! What is not understood is refused with the word that was not: a deadline is never guessed. `II квартал 2022 г.`,
//! `2022 yil II chorak`, `31.12.2022`, `2022 yil 31 dekabr`, `I полугодие 2023`, `постоянно`.

mod vocabulary;
mod words;

use jiff::civil::Date;
use words::{Unit, Word};

/// A deadline in the form in which the plan gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// A day; the last one of a month that the plan names.
    Day(Date),
    /// A quarter, 1 to 4.
    Quarter(i16, i8),
    /// A half-year, 1 or 2.
    HalfYear(i16, i8),
    /// A year.
    Year(i16),
    /// No last day.
    Permanent,
}

/// When a measure is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The first day, where the plan gives a span.
    pub start: Option<Date>,
    /// The deadline.
    pub deadline: Deadline,
    /// Whether the words say that the measure recurs: it then has no last day of its own.
    pub recurs: bool,
}

/// The years that contracts have.
const YEARS: std::ops::RangeInclusive<i64> = 1_500..=2_500;

/// A part of the calendar that the words name.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: Date,
    deadline: Deadline,
}

/// Reads a deadline; the error says what was not understood.
pub fn read(text: &str) -> Result<When, String> {
    let words = words::of(text)?;
    if words.is_empty() {
        return Err("is empty".to_owned());
    }
    let recurs = words.iter().any(|word| matches!(word, Word::Recurring));
    let permanent = words.iter().any(|word| matches!(word, Word::Permanent));
    let words: Vec<Word> = words
        .into_iter()
        .filter(|word| !matches!(word, Word::Recurring | Word::Permanent))
        .collect();
    let span = if words.is_empty() {
        None
    } else {
        Some(span(&words)?)
    };
    match span {
        Some((first, last)) => Ok(When {
            start: first.map(|first| first.start),
            deadline: last.deadline,
            recurs,
        }),
        None if permanent || recurs => Ok(When {
            start: None,
            deadline: Deadline::Permanent,
            recurs,
        }),
        None => Err("names no date".to_owned()),
    }
}

/// Takes words as one part of the calendar, or as the first and the last of several.
fn span(words: &[Word]) -> Result<(Option<Span>, Span), String> {
    let years: Vec<i16> = words
        .iter()
        .filter_map(|word| match word {
            Word::Year(year) => Some(*year),
            _ => None,
        })
        .collect();
    let (Some(first), Some(last)) = (years.first().copied(), years.last().copied()) else {
        return Err("names no year".to_owned());
    };
    if years.len() > 2 || first > last {
        return Err("names years that are no span".to_owned());
    }
    let units: Vec<Unit> = words
        .iter()
        .filter_map(|word| match word {
            Word::Unit(unit) => Some(*unit),
            _ => None,
        })
        .collect();
    let numbers: Vec<i64> = words
        .iter()
        .filter_map(|word| match word {
            Word::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    let parts = parts(&units, &numbers, (first, last))?;
    match parts.as_slice() {
        [only] if first == last => Ok((None, *only)),
        [begin, .., end] if begin.start <= end.start => Ok((Some(*begin), *end)),
        _ => Err("names a span that ends before it begins".to_owned()),
    }
}

/// The parts of the calendar that the words name: one, or a first and a last.
fn parts(units: &[Unit], numbers: &[i64], years: (i16, i16)) -> Result<Vec<Span>, String> {
    let (first, last) = years;
    match (units, numbers) {
        ([], []) => ends(first, last, whole_year),
        ([Unit::Quarter], [number]) => ends(first, last, |year| quarter(year, *number)),
        ([Unit::Quarter] | [Unit::Quarter, Unit::Quarter], [begin, end]) => {
            Ok(vec![quarter(first, *begin)?, quarter(last, *end)?])
        }
        ([Unit::HalfYear], [number]) => ends(first, last, |year| half_year(year, *number)),
        ([Unit::HalfYear] | [Unit::HalfYear, Unit::HalfYear], [begin, end]) => {
            Ok(vec![half_year(first, *begin)?, half_year(last, *end)?])
        }
        ([Unit::Month(month)], []) => ends(first, last, |year| whole_month(year, *month)),
        ([Unit::Month(begin), Unit::Month(end)], []) => {
            Ok(vec![whole_month(first, *begin)?, whole_month(last, *end)?])
        }
        ([Unit::Month(month)], [day]) if first == last => Ok(vec![one_day(first, *month, *day)?]),
        ([Unit::Month(month)], [begin, end]) if first == last => Ok(vec![
            one_day(first, *month, *begin)?,
            one_day(last, *month, *end)?,
        ]),
        ([Unit::Month(begin), Unit::Month(end)], [from, to]) => Ok(vec![
            one_day(first, *begin, *from)?,
            one_day(last, *end, *to)?,
        ]),
        ([], [_]) => Err(
            "has a number and does not say of what: a day of a month, a quarter, a half-year"
                .to_owned(),
        ),
        _ => Err("names several things that are no date and no span".to_owned()),
    }
}

/// One part for one year, or the first and last for two.
fn ends(
    first: i16,
    last: i16,
    of: impl Fn(i16) -> Result<Span, String>,
) -> Result<Vec<Span>, String> {
    if first == last {
        Ok(vec![of(first)?])
    } else {
        Ok(vec![of(first)?, of(last)?])
    }
}

fn whole_year(year: i16) -> Result<Span, String> {
    Ok(Span {
        start: day(year, 1, 1)?,
        deadline: Deadline::Year(year),
    })
}

fn whole_month(year: i16, month: i8) -> Result<Span, String> {
    let start = day(year, month, 1)?;
    Ok(Span {
        start,
        deadline: Deadline::Day(start.last_of_month()),
    })
}

fn quarter(year: i16, number: i64) -> Result<Span, String> {
    let number = ordinal(number, 4, "a quarter")?;
    Ok(Span {
        start: day(year, 3 * number - 2, 1)?,
        deadline: Deadline::Quarter(year, number),
    })
}

fn half_year(year: i16, number: i64) -> Result<Span, String> {
    let number = ordinal(number, 2, "a half-year")?;
    Ok(Span {
        start: day(year, 6 * number - 5, 1)?,
        deadline: Deadline::HalfYear(year, number),
    })
}

fn ordinal(number: i64, most: i8, what: &str) -> Result<i8, String> {
    i8::try_from(number)
        .ok()
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| format!("{number} is no number of {what}"))
}

fn one_day(year: i16, month: i8, number: i64) -> Result<Span, String> {
    let missing = || format!("{year}-{month:02} has no day {number}");
    let number = i8::try_from(number).map_err(|_| missing())?;
    let start = Date::new(year, month, number).map_err(|_| missing())?;
    Ok(Span {
        start,
        deadline: Deadline::Day(start),
    })
}

fn day(year: i16, month: i8, number: i8) -> Result<Date, String> {
    Date::new(year, month, number).map_err(|_| "is not in the calendar".to_owned())
}

impl Deadline {
    /// The form that a file is written with, and that is read back as the same.
    #[must_use]
    pub fn to_cell(self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::Quarter(year, number) => format!("{year} Q{number}"),
            Self::HalfYear(year, number) => format!("{year} H{number}"),
            Self::Year(year) => format!("{year:04}"),
            Self::Permanent => "permanent".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
