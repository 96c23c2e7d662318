//! Single cells: lists, days, sources, words of an enumeration.

use accord_proto::documents::v1::Source;
use accord_proto::google::r#type::Date;

use crate::render::value;

/// Stands between the items of a list.
const LIST: char = '|';
/// Stands between the parts of an item.
pub const PART: char = ';';
/// Takes the meaning from the sign that follows it.
const ESCAPE: char = '\\';

/// Splits a text at a sign, except where `\` stands before it. The parts keep their escapes; see [`plain`].
#[must_use]
pub fn split(text: &str, at: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (index, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == ESCAPE {
            escaped = true;
        } else if c == at {
            parts.push(&text[start..index]);
            start = index + c.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The items of a list, without spaces around them and without empty ones; they keep their escapes.
pub fn items(text: &str) -> impl Iterator<Item = &str> {
    split(text, LIST)
        .into_iter()
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// Joins items into a list; their parts have been escaped.
#[must_use]
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join("|")
}

/// Takes the escapes out of a part.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        match signs.peek() {
            Some(&next) if c == ESCAPE && (is_special(next) || next == PART) => {
                plain.push(next);
                signs.next();
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// Puts `\` before every sign of an item that would otherwise separate something.
#[must_use]
pub fn escaped(text: &str) -> String {
    with_escapes(text, is_special)
}

/// As [`escaped`], for a part of an item that has more than one.
#[must_use]
pub fn escaped_part(text: &str) -> String {
    with_escapes(text, |c| is_special(c) || c == PART)
}

fn with_escapes(text: &str, needs_one: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if needs_one(c) {
            escaped.push(ESCAPE);
        }
        escaped.push(c);
    }
    escaped
}

fn is_special(c: char) -> bool {
    matches!(c, LIST | ESCAPE)
}

/// Reads a day: `2021-12-06`.
pub fn day(text: &str) -> Result<Date, String> {
    // A library that reads dates takes more forms than one; a file has one.
    let is_plain = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    let date = text.parse::<jiff::civil::Date>().ok();
    date.filter(|_| is_plain)
        .map(accord_proto::convert::from_date)
        .ok_or_else(|| format!("\"{text}\" is not a day; write it as 2021-12-06"))
}

/// Reads a day, or nothing.
pub fn optional_day(text: &str) -> Result<Option<Date>, String> {
    match text.trim() {
        "" => Ok(None),
        text => day(text).map(Some),
    }
}

/// Reads a source: an address and, after a space, a note.
#[must_use]
pub fn source(text: &str) -> Source {
    let (uri, note) = text.split_once(' ').unwrap_or((text, ""));
    Source {
        uri: plain(uri),
        note: plain(note.trim()),
    }
}

/// Writes a source as [`source`] reads it.
#[must_use]
pub fn write_source(source: &Source) -> String {
    if source.note.is_empty() {
        escaped(&source.uri)
    } else {
        format!("{} {}", escaped(&source.uri), escaped(&source.note))
    }
}

/// Reads a value of an enumeration: its word, such as `interstate`, or its whole name.
pub fn word<E>(
    text: &str,
    prefix: &str,
    read: impl Fn(&str) -> Option<E>,
    known: &[&str],
) -> Result<E, String> {
    let name = text.trim().to_uppercase().replace([' ', '-'], "_");
    let whole = if name.starts_with(prefix) {
        name
    } else {
        format!("{prefix}{name}")
    };
    if whole == format!("{prefix}UNSPECIFIED") {
        return Err(one_of(text, known));
    }
    read(&whole).ok_or_else(|| one_of(text, known))
}

fn one_of(text: &str, known: &[&str]) -> String {
    format!("\"{text}\" is none of {}", known.join(", "))
}

/// Writes a value of an enumeration as one word with `_`.
#[must_use]
pub fn write_word(name: &str, prefix: &str) -> String {
    value::words(name, prefix).replace(' ', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_has_one_form() {
        assert_eq!(
            day("2024-02-29").unwrap(),
            Date {
                year: 2024,
                month: 2,
                day: 29
            }
        );
        for wrong in [
            "2023-02-29",
            "06.12.2021",
            "2021-12-6",
            "20211206",
            "",
            "2021-12-06T00:00",
        ] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_source_is_an_address_and_a_note() {
        let source = source(r"https://example.org/a\|b says so; perhaps");
        assert_eq!(source.uri, "https://example.org/a|b");
        assert_eq!(source.note, "says so; perhaps");
    }

    proptest! {
        #[test]
        fn lists_come_back_whatever_is_in_them(parts in proptest::collection::vec(r"[a-z|;\\]([a-z |;\\]{0,8}[a-z|;\\])?", 0..5)) {
            let text = list(parts.iter().map(|part| escaped(part)));
            let read: Vec<String> = items(&text).map(plain).collect();
            prop_assert_eq!(read, parts);
        }
    }
}
