//! The words of a deadline, each with what it means.

use unicode_normalization::UnicodeNormalization as _;

use super::YEARS;
use super::vocabulary::{ENDINGS, FILLERS, HALF, HALVES, MONTHS, PERMANENT, QUARTERS, RECURRING};

/// A word that has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A number of four digits.
    Year(i16),
    /// A number of one or two digits, or a Roman one up to IV.
    Number(i64),
    /// What a number counts, or a month.
    Unit(Unit),
    /// Without an end.
    Permanent,
    /// Again and again.
    Recurring,
}

/// What a number counts, or a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A month, 1 to 12.
    Month(i8),
    /// Quarters.
    Quarter,
    /// Half-years.
    HalfYear,
}

/// Takes a text apart; the error names what is not understood.
pub(super) fn of(text: &str) -> Result<Vec<Word>, String> {
    let text = folded(text);
    let tokens = tokens(&text);
    let mut words = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        if is_any(token, HALF) {
            // `yarim yillik`: the word for years is part of it.
            words.push(Word::Unit(Unit::HalfYear));
            continue;
        }
        if matches!(
            token.as_str(),
            "har" | "ҳар" | "каждый" | "каждого" | "каждое" | "әр" | "every"
        ) {
            // `har yili`: what follows says how often, and no date.
            words.push(Word::Recurring);
            rest = rest.split_first().map_or(rest, |(_, after)| after);
            continue;
        }
        words.extend(meaning(token, words.last())?);
    }
    Ok(words)
}

/// What a token stands for; a filler for nothing.
fn meaning(token: &str, before: Option<&Word>) -> Result<Vec<Word>, String> {
    if let Some(day) = numeric_day(token) {
        return day.map(Vec::from);
    }
    if token.chars().all(|sign| sign.is_ascii_digit()) {
        return number(token).map(|number| vec![number]);
    }
    if let Some((unit, digit)) = short(token) {
        return Ok(vec![Word::Unit(unit), Word::Number(digit)]);
    }
    if let Some(value) = roman(token) {
        return Ok(vec![Word::Number(value)]);
    }
    let after_number = matches!(before, Some(Word::Number(_) | Word::Year(_)));
    if FILLERS.contains(&token) || (after_number && ENDINGS.contains(&token)) {
        return Ok(Vec::new());
    }
    let month = MONTHS
        .iter()
        .filter(|(stem, _)| token.starts_with(stem))
        .max_by_key(|(stem, _)| stem.len());
    if let Some((_, month)) = month {
        return Ok(vec![Word::Unit(Unit::Month(*month))]);
    }
    let found = if is_any(token, HALVES) {
        Word::Unit(Unit::HalfYear)
    } else if is_any(token, RECURRING) {
        Word::Recurring
    } else if is_any(token, QUARTERS) || matches!(token, "кв" | "q") {
        Word::Unit(Unit::Quarter)
    } else if is_any(token, PERMANENT) {
        Word::Permanent
    } else {
        return Err(format!("\"{token}\" is not understood"));
    };
    Ok(vec![found])
}

fn is_any(token: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| token.starts_with(stem))
}

fn number(token: &str) -> Result<Word, String> {
    let value: i64 = token
        .parse()
        .map_err(|_| format!("{token} is no number of a date"))?;
    match token.len() {
        1 | 2 => Ok(Word::Number(value)),
        4 if YEARS.contains(&value) => i16::try_from(value)
            .map(Word::Year)
            .map_err(|_| format!("{token} is no year")),
        4 => Err(format!("{token} is no year from 1500 to 2500")),
        _ => Err(format!("{token} is no number of a date")),
    }
}

/// `31.12.2022`, `31/12/2022` or `2022-12-31`: a day before its month, or the year first.
fn numeric_day(token: &str) -> Option<Result<[Word; 3], String>> {
    let parts: Vec<&str> = token.split(['.', '/', '-']).collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.chars().all(|sign| sign.is_ascii_digit());
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    if !parts.iter().all(is_number) {
        return None;
    }
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1 | 2) => (first, second, third),
        (1 | 2, 4) => (third, second, first),
        _ => return Some(Err(format!("{token}: a year has four digits"))),
    };
    Some(day_of(token, year, month, day))
}

fn day_of(token: &str, year: &str, month: &str, day: &str) -> Result<[Word; 3], String> {
    let month = month.parse().ok().filter(|month| (1..=12).contains(month));
    let month = month.ok_or_else(|| format!("{token}: there is no such month"))?;
    Ok([number(day)?, Word::Unit(Unit::Month(month)), number(year)?])
}

/// `q2` and `h1`.
fn short(token: &str) -> Option<(Unit, i64)> {
    let mut signs = token.chars();
    let unit = match signs.next()? {
        'q' => Unit::Quarter,
        'h' => Unit::HalfYear,
        _ => return None,
    };
    let digit = signs.next()?.to_digit(10)?;
    signs.next().is_none().then(|| (unit, i64::from(digit)))
}

/// A Roman number up to IV, also in the letters that Cyrillic keyboards have for it.
fn roman(token: &str) -> Option<i64> {
    let latin: String = token
        .chars()
        .map(|sign| match sign {
            'і' | 'l' => 'i',
            other => other,
        })
        .collect();
    match latin.as_str() {
        "i" => Some(1),
        "ii" => Some(2),
        "iii" => Some(3),
        "iv" => Some(4),
        _ => None,
    }
}

/// Lower case, without apostrophes; signs that look alike are one.
fn folded(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|sign| !matches!(sign, '\'' | 'ʻ' | 'ʼ' | '‘' | '’' | '`' | '«' | '»' | '"'))
        .map(|sign| match sign {
            'ё' => 'е',
            '–' | '—' | '−' | '‑' => '-',
            other => other,
        })
        .collect()
}

/// Words, numbers, and numbers with signs between them that are one date.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for piece in
        text.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '(' | ')' | ':'))
    {
        let piece = piece.trim_matches(['.', '-']);
        if piece.is_empty() {
            continue;
        }
        let is_day = |part: &str| numeric_day(part).is_some();
        match piece.split_once('-') {
            _ if is_day(piece) => tokens.push(piece.to_owned()),
            Some((first, last)) if is_day(first) && is_day(last) => {
                tokens.extend([first.to_owned(), last.to_owned()]);
            }
            _ => tokens.extend(pieces(piece)),
        }
    }
    tokens
}

/// The runs of letters and of digits: `2022г` and `2-й` are two.
fn pieces(piece: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut kind = None;
    for sign in piece.chars() {
        let now = match sign {
            _ if sign.is_ascii_digit() => Some(true),
            _ if sign.is_alphabetic() => Some(false),
            _ => None,
        };
        match (now, found.last_mut()) {
            (None, _) => {}
            // `q2` is one word.
            (Some(true), Some(last))
                if kind == Some(false) && matches!(last.as_str(), "q" | "h") =>
            {
                last.push(sign);
            }
            (Some(_), Some(last)) if now == kind => last.push(sign),
            (Some(_), _) => found.push(sign.to_string()),
        }
        kind = now;
    }
    found
}
