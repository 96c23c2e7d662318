//! Deadlines as plans say them: days, months, quarters, half-years and years, in words of Russian, Uzbek, Kazakh and English.
//!
//! What is not understood is refused with the word that was not: a deadline is never guessed. `II квартал 2022 г.`,
//! `2022 yil II chorak`, `31.12.2022`, `2022 yil 31 dekabr`, `I полугодие 2023`, `постоянно`.

mod endings;
mod tokens;
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
    /// What may have been meant otherwise.
    pub doubt: Option<&'static str>,
}

/// A measure that is carried out again and again has no last day of its own.
pub const RECURS: &str = "recurs; it was taken as one measure with this deadline";
/// A measure that goes on all the time and still has a last day.
pub const GOES_ON: &str = "goes on all the time until then; it was taken with this deadline";
/// `до II квартала` may mean the day before the quarter begins.
pub const BEFORE_OR_IN: &str = "was taken with the last day of what it names; words such as \"до\" may also mean the day before that begins";

/// The years that contracts have.
const YEARS: std::ops::RangeInclusive<i64> = 1_500..=2_500;

/// A part of the calendar that the words name.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: Date,
    last: Date,
    deadline: Deadline,
}

/// Reads a deadline; the error says what was not understood.
pub fn read(text: &str) -> Result<When, String> {
    let words = words::of(text)?;
    if words.is_empty() {
        return Err("is empty".to_owned());
    }
    let recurs = words.contains(&Word::Recurring);
    let permanent = words.contains(&Word::Permanent);
    let words: Vec<Word> = words
        .into_iter()
        .filter(|word| !matches!(word, Word::Recurring | Word::Permanent))
        .collect();
    let names_a_day = words.iter().any(is_content);
    let doubt = match (recurs, permanent && names_a_day) {
        (true, _) => Some(RECURS),
        (_, true) => Some(GOES_ON),
        _ => None,
    };
    if !names_a_day {
        return if permanent || recurs {
            Ok(When {
                start: None,
                deadline: Deadline::Permanent,
                doubt,
            })
        } else {
            Err("names no date".to_owned())
        };
    }
    let (start, last, before_or_in) = ends(&words)?;
    Ok(When {
        start,
        deadline: last.deadline,
        doubt: doubt.or(before_or_in),
    })
}

/// Whether a word that stands after a number makes a date or an ordinal of it: `1-iyul`, `1-chorak`, `1-й`.
#[must_use]
pub fn is_of_a_date(word: &str) -> bool {
    words::is_of_a_date(word)
}

/// The first day, if the words give a span, the part of the calendar that ends it, and what is doubtful in that.
fn ends(words: &[Word]) -> Result<(Option<Date>, Span, Option<&'static str>), String> {
    let content: Vec<Word> = words.iter().copied().filter(is_content).collect();
    if !content.iter().any(|word| matches!(word, Word::Year(_))) {
        return Err("names no year".to_owned());
    }
    if let Ok(part) = Part::of(&content).and_then(Part::span) {
        is_one_day(words)?;
        return Ok((None, part, before_or_in(words, &part)));
    }
    let Some((first, last)) = parted(words) else {
        // One thing that is not in the calendar is told as such.
        return Err(match Part::of(&content).and_then(Part::span) {
            Err(error) if Part::of(&content).is_ok() => error,
            _ => NOT_ONE.to_owned(),
        });
    };
    let (first, last) = (Part::of(&first)?, Part::of(&last)?);
    let (first, last) = first.completed_with(last)?;
    let (first, last) = (first.span()?, last.span()?);
    if first.start > last.last {
        return Err("names a span that ends before it begins".to_owned());
    }
    Ok((Some(first.start), last, None))
}

/// Several dates without words or signs that make a span of them.
const NOT_ONE: &str = "names several dates and does not say which is the deadline; a span has a dash or words such as \"с … по …\" in it";

fn is_content(word: &Word) -> bool {
    matches!(word, Word::Year(_) | Word::Number(_) | Word::Unit(_))
}

/// Refuses one date that is not said to be the last.
fn is_one_day(words: &[Word]) -> Result<(), String> {
    if words.contains(&Word::From) || words.last() == Some(&Word::Dash) {
        return Err("says when it begins and not when it ends".to_owned());
    }
    Ok(())
}

/// Whether `до` stands with a part of the calendar that has more than one day, and nothing says that its end is meant.
fn before_or_in(words: &[Word], part: &Span) -> Option<&'static str> {
    (words.contains(&Word::Until) && !words.contains(&Word::End) && part.start < part.last)
        .then_some(BEFORE_OR_IN)
}

/// The two parts of the calendar between which the words make a span.
fn parted(words: &[Word]) -> Option<(Vec<Word>, Vec<Word>)> {
    // A dash before all the others is that of a list.
    let words = words.strip_prefix(&[Word::Dash]).unwrap_or(words);
    let says_from = words.contains(&Word::From);
    let count = |wanted: Word| words.iter().filter(|word| **word == wanted).count();
    if count(Word::And) > 0 || count(Word::Dash) > 1 || count(Word::From) > 1 {
        return None;
    }
    let ends = count(Word::Until) + count(Word::Through);
    let at = |wanted: Word| words.iter().position(|word| *word == wanted);
    let place = match (says_from, count(Word::Dash), ends) {
        (_, 1, 0) => at(Word::Dash),
        (false, 0, 0) if count(Word::Hyphen) == 1 => at(Word::Hyphen),
        (true, 0, 1) => after_from(words),
        // `1 May to 15 May`: `до` alone makes no span, and neither does what stands after a comma.
        (false, 0, 1) => at(Word::Through)
            .filter(|place| *place > 0 && words.get(place - 1) != Some(&Word::Comma)),
        _ => None,
    }?;
    let (first, last) = words.split_at_checked(place)?;
    let content = |words: &[Word]| words.iter().copied().filter(is_content).collect::<Vec<_>>();
    let (first, last) = (content(first), content(last));
    (!first.is_empty() && !last.is_empty()).then_some((first, last))
}

/// Where the last part begins in words that have `с` or `…dan` in them: at `по`, or behind `…dan`.
fn after_from(words: &[Word]) -> Option<usize> {
    let from = words.iter().position(|word| *word == Word::From)?;
    let end = words
        .iter()
        .position(|word| matches!(word, Word::Until | Word::Through))?;
    if end < from {
        // `до 15 июня с 1 июня`: the other way round is not how plans say it.
        return None;
    }
    let is_between = words
        .get(from..end)
        .is_some_and(|between| between.iter().any(is_content));
    let is_before = words
        .get(..from)
        .is_some_and(|before| before.iter().any(is_content));
    let ends_after = words
        .get(end..)
        .is_some_and(|after| after.iter().any(is_content));
    match (is_before, is_between, ends_after) {
        // `с 1 мая по 15 мая`; `2022 год с 1 мая по 15 мая` too.
        (_, true, true) => Some(end),
        // `1 iyundan 15 iyulgacha`.
        (true, true, false) => Some(from),
        _ => None,
    }
}

/// What one end of a span says of itself.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    year: Option<i16>,
    unit: Option<Unit>,
    number: Option<i64>,
}

impl Part {
    /// Takes words as one part: at most one year, one unit and one number.
    fn of(words: &[Word]) -> Result<Self, String> {
        let mut part = Self::default();
        for word in words {
            let repeated = match *word {
                Word::Year(year) => part.year.replace(year).is_some(),
                Word::Unit(unit) => part.unit.replace(unit).is_some(),
                Word::Number(number) => part.number.replace(number).is_some(),
                _ => false,
            };
            if repeated {
                return Err(NOT_ONE.to_owned());
            }
        }
        Ok(part)
    }

    /// Gives each end what only the other says: the year, and what a number counts.
    fn completed_with(mut self, mut last: Self) -> Result<(Self, Self), String> {
        let is_year = |part: &Self| part.unit.is_none() && part.number.is_none();
        if is_year(&self) != is_year(&last) {
            // `июнь 2022-2023`: June of both, or to the end of 2023?
            return Err(
                "names a year at one end of the span and a part of one at the other".to_owned(),
            );
        }
        self.year = self.year.or(last.year);
        last.year = last.year.or(self.year);
        if self.number.is_some() && self.unit.is_none() {
            self.unit = last.unit;
        }
        if last.number.is_some() && last.unit.is_none() {
            last.unit = self.unit;
        }
        Ok((self, last))
    }

    fn span(self) -> Result<Span, String> {
        let year = self.year.ok_or_else(|| "names no year".to_owned())?;
        match (self.unit, self.number) {
            (None, None) => whole_year(year),
            (Some(Unit::Quarter), Some(number)) => quarter(year, number),
            (Some(Unit::HalfYear), Some(number)) => half_year(year, number),
            (Some(Unit::Month(month)), None) => whole_month(year, month),
            (Some(Unit::Month(month)), Some(number)) => one_day(year, month, number),
            (None, Some(_)) => Err(
                "has a number and does not say of what: a day of a month, a quarter, a half-year"
                    .to_owned(),
            ),
            (Some(_), None) => Err("does not say which quarter or half-year".to_owned()),
        }
    }
}

fn whole_year(year: i16) -> Result<Span, String> {
    Ok(Span {
        start: day(year, 1, 1)?,
        last: day(year, 12, 31)?,
        deadline: Deadline::Year(year),
    })
}

fn whole_month(year: i16, month: i8) -> Result<Span, String> {
    let start = day(year, month, 1)?;
    Ok(Span {
        start,
        last: start.last_of_month(),
        deadline: Deadline::Day(start.last_of_month()),
    })
}

fn quarter(year: i16, number: i64) -> Result<Span, String> {
    let number = ordinal(number, 4, "a quarter")?;
    Ok(Span {
        start: day(year, 3 * number - 2, 1)?,
        last: day(year, 3 * number, 1)?.last_of_month(),
        deadline: Deadline::Quarter(year, number),
    })
}

fn half_year(year: i16, number: i64) -> Result<Span, String> {
    let number = ordinal(number, 2, "a half-year")?;
    Ok(Span {
        start: day(year, 6 * number - 5, 1)?,
        last: day(year, 6 * number, 1)?.last_of_month(),
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
        last: start,
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
