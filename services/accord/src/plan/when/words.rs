//! The words of a deadline, each with what it means.

use unicode_normalization::UnicodeNormalization as _;

use super::YEARS;
use super::endings::fit;
use super::tokens::tokens;
use super::vocabulary::{
    ABLATIVE, AND, BEGINNING, DECLINED, ENDINGS, ENDS, FILLERS, FROM, HALF, HALVES, MONTHS,
    NOT_LATER, ORDINALS, PERIODS, PERMANENT, QUARTERS, RECURRING, TERMINATIVE, THROUGH, UNTIL,
    UP_TO, UZBEK, WHOLE,
};

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
    /// What stands with it is a first day: `с`, `from`, `…dan`.
    From,
    /// What stands with it is a last day: `по`, `to`; alone between two days too.
    Through,
    /// What stands with it is a last day: `до`, `by`, `…gacha`.
    Until,
    /// The last day of what is named is meant.
    End,
    /// A dash of a span.
    Dash,
    /// A dash that may be of a span or of a word: `2022-май`.
    Hyphen,
    /// A comma.
    Comma,
    /// What stands between things of which each is meant: `и`, `;`.
    And,
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
    times_or_march(&tokens)?;
    let mut words = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        let next = after.first().map_or("", String::as_str);
        match token.as_str() {
            // `har yili`: what follows says how often, and no date.
            "har" | "ҳар" | "каждый" | "каждого" | "каждое" | "әр" | "every" =>
            {
                words.push(Word::Recurring);
                rest = after.get(1..).unwrap_or_default();
            }
            // `не позднее 1 июля`, `no later than 1 July`.
            "не" if matches!(next, "позднее" | "позже") => {
                words.push(Word::End);
                rest = after.get(1..).unwrap_or_default();
            }
            "no" | "not" if next == "later" && after.get(1).is_some_and(|than| than == "than") => {
                words.push(Word::End);
                rest = after.get(2..).unwrap_or_default();
            }
            whole if WHOLE.contains(&whole) => {
                let skipped = usize::from(next == "the");
                let next = after.get(skipped).map_or("", String::as_str);
                if is_any(next, PERIODS) {
                    words.push(Word::Permanent);
                    rest = after.get(skipped + 1..).unwrap_or_default();
                } else if !next.starts_with(|sign: char| sign.is_ascii_digit()) {
                    return Err(format!("\"{}\" is not understood", shown(whole)));
                }
            }
            "-" => words.extend(hyphen(words.last(), next)),
            "--" => words.push(Word::Dash),
            "," => words.push(Word::Comma),
            ";" => words.push(Word::And),
            word if look_alike(word).is_some_and(|_| counts(after)) => {
                words.extend(look_alike(word).map(Word::Number));
            }
            word if NOT_LATER.contains(&word) => not_later(&mut words)?,
            _ => words.extend(meaning(token, words.last())?),
        }
    }
    Ok(words)
}

/// Refuses `2 marta`: Uzbek for twice, and the genitive of March in Russian.
fn times_or_march(tokens: &[String]) -> Result<(), String> {
    let is_uzbek = || {
        tokens
            .iter()
            .any(|token| UZBEK.iter().any(|stem| token.starts_with(stem)))
    };
    let found = tokens.iter().find(|token| match token.as_str() {
        "marta" => true,
        "марта" => is_uzbek(),
        _ => false,
    });
    found.map_or(Ok(()), |word| {
        Err(format!("\"{word}\" may mean times as well as March"))
    })
}

/// A dash without blanks around it: of a span in `I-II`, of nothing in `2022-yil` and `2-й`, of either in `1-iyul`.
fn hyphen(before: Option<&Word>, next: &str) -> Option<Word> {
    let counts = matches!(before, Some(Word::Number(_) | Word::Year(_)));
    let is_word = next.starts_with(char::is_alphabetic)
        && short(next).is_none()
        && roman(next).or_else(|| look_alike(next)).is_none();
    let is_of_year =
        matches!(before, Some(Word::Unit(_))) && matches!(number(next), Ok(Word::Year(_)));
    match (counts && is_word, content(next).is_some()) {
        (true, false) => None,
        (true, true) => Some(Word::Hyphen),
        _ if is_of_year => Some(Word::Hyphen),
        _ => Some(Word::Dash),
    }
}

/// `1 iyuldan kechiktirmay`: the ablative before it says no first day.
fn not_later(words: &mut [Word]) -> Result<(), String> {
    let from = words.last_mut().filter(|word| **word == Word::From);
    let from = from.ok_or_else(|| "does not say later than what".to_owned())?;
    *from = Word::End;
    Ok(())
}

/// What a token stands for; a filler for nothing.
fn meaning(token: &str, before: Option<&Word>) -> Result<Vec<Word>, String> {
    if let Some(day) = numeric_day(token) {
        return day;
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
    if let Some(word) = marker(token) {
        // `…gacha qadar` says it twice.
        let is_new = before != Some(&word);
        return Ok(is_new.then_some(word).into_iter().collect());
    }
    let (found, rest) =
        content(token).ok_or_else(|| format!("\"{}\" is not understood", shown(token)))?;
    Ok(std::iter::once(found).chain(ending(rest)).collect())
}

/// What says how two parts of the calendar go together, and where one ends.
fn marker(token: &str) -> Option<Word> {
    if FROM.contains(&token) || BEGINNING.contains(&token) {
        Some(Word::From)
    } else if THROUGH.contains(&token) {
        Some(Word::Through)
    } else if UNTIL.contains(&token) || UP_TO.contains(&token) {
        Some(Word::Until)
    } else if AND.contains(&token) {
        Some(Word::And)
    } else if is_any(token, ENDS) {
        Some(Word::End)
    } else {
        // `2022 yildan`, `2022 йилгача`: the word for years with an ending.
        let stems = DECLINED.iter().filter_map(|stem| declined(token, stem));
        ending(stems.min_by_key(|rest| rest.len())?)
    }
}

/// What an ending says: a first day or a last one.
fn ending(rest: &str) -> Option<Word> {
    let ends = |endings: &[&str]| endings.iter().any(|one| rest.ends_with(one));
    if ends(TERMINATIVE) {
        Some(Word::Until)
    } else if ends(ABLATIVE) {
        Some(Word::From)
    } else {
        None
    }
}

/// A month, a unit or a number in words, with what follows its stem.
fn content(token: &str) -> Option<(Word, &str)> {
    let of = |stems: &[&str], word: Word| {
        let rest = stems.iter().find_map(|stem| declined(token, stem))?;
        Some((word, rest))
    };
    let month = MONTHS
        .iter()
        .filter_map(|(stem, month)| Some((declined(token, stem)?, *month)))
        .min_by_key(|(rest, _)| rest.len());
    if let Some((rest, month)) = month {
        return Some((Word::Unit(Unit::Month(month)), rest));
    }
    if matches!(token, "кв" | "q") {
        return Some((Word::Unit(Unit::Quarter), ""));
    }
    of(HALVES, Word::Unit(Unit::HalfYear))
        .or_else(|| of(HALF, Word::Unit(Unit::HalfYear)))
        .or_else(|| of(RECURRING, Word::Recurring))
        .or_else(|| of(QUARTERS, Word::Unit(Unit::Quarter)))
        .or_else(|| of(PERMANENT, Word::Permanent))
        .or_else(|| {
            let is_it = |stem: &str| declined(token, stem).is_some();
            let ordinal = ORDINALS.iter().find(|(stem, _)| is_it(stem));
            // The ordinal has no ending that would say anything of days.
            ordinal.map(|(_, number)| (Word::Number(*number), ""))
        })
}

/// Whether a word makes a date or an ordinal of the number before it.
pub(super) fn is_of_a_date(word: &str) -> bool {
    let word = folded(word);
    let word = word.as_str();
    ENDINGS.contains(&word)
        || FILLERS.contains(&word)
        || matches!(content(word), Some((Word::Unit(_), _)))
}

/// As much of a word as an error shows.
fn shown(word: &str) -> String {
    crate::plan::shown(word)
}

fn is_any(token: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| declined(token, stem).is_some())
}

/// What follows a stem, if it is an ending.
fn declined<'a>(token: &'a str, stem: &str) -> Option<&'a str> {
    token.strip_prefix(stem).filter(|rest| fit(stem, rest))
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

/// `31.12.2022`, `31/12/2022` or `2022-12-31`: a day before its month, or the year first. `12.2022` is a month.
pub(super) fn numeric_day(token: &str) -> Option<Result<Vec<Word>, String>> {
    let parts: Vec<&str> = token.split(['.', '/', '-']).collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.chars().all(|sign| sign.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return None;
    }
    match parts.as_slice() {
        // With one digit it may be a number before a year: `1.2022 год`.
        [month, year] if month.len() == 2 && year.len() == 4 && token.contains('.') => {
            Some(month_of(token, year, month).map(Vec::from))
        }
        [first, second, third] => Some(match (first.len(), third.len()) {
            (4, 1 | 2) => day_of(token, first, second, third),
            (1 | 2, 4) => day_of(token, third, second, first),
            _ => Err(format!("{token}: a year has four digits")),
        }),
        _ => None,
    }
}

fn month_of(token: &str, year: &str, month: &str) -> Result<[Word; 2], String> {
    let month = month.parse().ok().filter(|month| (1..=12).contains(month));
    let month = month.ok_or_else(|| format!("{token}: there is no such month"))?;
    Ok([Word::Unit(Unit::Month(month)), number(year)?])
}

fn day_of(token: &str, year: &str, month: &str, day: &str) -> Result<Vec<Word>, String> {
    let [month, year] = month_of(token, year, month)?;
    Ok(vec![number(day)?, month, year])
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

/// The Cyrillic letters that look like II and III.
fn look_alike(token: &str) -> Option<i64> {
    match token {
        "п" => Some(2),
        "ш" => Some(3),
        _ => None,
    }
}

/// Whether what follows a number is the word for quarters or half-years, behind no more than other numbers of them: only
/// there can `П` be no letter.
fn counts(after: &[String]) -> bool {
    let is_number =
        |token: &str| roman(token).is_some() || look_alike(token).is_some() || token == "и";
    let mut rest = after.iter().map(String::as_str).skip_while(|token| {
        matches!(*token, "-" | "--") || ENDINGS.contains(token) || is_number(token)
    });
    let unit = rest.next().and_then(content);
    matches!(unit, Some((Word::Unit(Unit::Quarter | Unit::HalfYear), _)))
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
