//! Checks of the small values that several messages share. Each keeps what is wrong and returns
//! something to go on with, so that one pass finds every violation.

use std::{collections::BTreeSet, ops::RangeInclusive};

use accord_proto::documents::v1 as pb;
use aip::{Violation, Violations, text};

use crate::domain::{Source, Text};

/// The longest text in one language.
const TEXT_CHARS: usize = 2_000;

/// The most languages of one text.
const LANGUAGES: usize = 20;

/// Checks a text in at least one language, each language once.
pub(super) fn texts(
    field: &str,
    given: &[pb::LocalizedText],
    violations: &mut Violations,
) -> Vec<Text> {
    count(field, given.len(), 1..=LANGUAGES, violations);
    let texts: Vec<Text> = given
        .iter()
        .enumerate()
        .filter_map(|(index, given)| {
            let language = violations.take(text::language_tag(
                &format!("{field}[{index}].language_code"),
                &given.language_code,
            ));
            let text = violations.take(text::required(
                &format!("{field}[{index}].text"),
                &given.text,
                TEXT_CHARS,
            ));
            Some(Text {
                language: language?,
                text: text?,
            })
        })
        .collect();
    let languages: Vec<_> = texts.iter().map(|text| text.language.as_str()).collect();
    distinct(field, &languages, violations);
    texts
}

/// Writes a text in several languages.
pub(super) fn localized(texts: &[Text]) -> Vec<pb::LocalizedText> {
    texts
        .iter()
        .map(|text| pb::LocalizedText {
            language_code: text.language.clone(),
            text: text.text.clone(),
        })
        .collect()
}

/// Checks a source that must be set.
pub(super) fn source(
    field: &str,
    given: Option<&pb::Source>,
    violations: &mut Violations,
) -> Option<Source> {
    let Some(given) = given else {
        violations.take::<()>(Err(Violation::required(field)));
        return None;
    };
    let uri = violations.take(text::uri(&format!("{field}.uri"), &given.uri));
    let note = violations.take(text::lines(
        &format!("{field}.note"),
        &given.note,
        TEXT_CHARS,
    ));
    Some(Source {
        uri: uri?,
        note: note?,
    })
}

/// Writes a source.
pub(super) fn source_message(source: &Source) -> pb::Source {
    pb::Source {
        uri: source.uri.clone(),
        note: source.note.clone(),
    }
}

/// Checks a list of states, each once.
pub(super) fn countries(
    field: &str,
    given: &[String],
    sizes: RangeInclusive<usize>,
    violations: &mut Violations,
) -> Vec<String> {
    count(field, given.len(), sizes, violations);
    distinct(field, given, violations);
    given
        .iter()
        .enumerate()
        .filter_map(|(index, country)| {
            violations.take(text::country(&format!("{field}[{index}]"), country))
        })
        .collect()
}

/// Checks that a state is one of the parties of the same resource.
pub(super) fn party_of(
    field: &str,
    given: &str,
    parties: &[String],
    violations: &mut Violations,
) -> Option<String> {
    let party = violations.take(text::country(field, given))?;
    if !parties.contains(&party) {
        violations.push(
            field,
            "NOT_A_PARTY",
            format!("{party} is not a party of the document"),
        );
    }
    Some(party)
}

/// Checks how many elements a list has.
pub(super) fn count(
    field: &str,
    given: usize,
    sizes: RangeInclusive<usize>,
    violations: &mut Violations,
) {
    if given == 0 && *sizes.start() > 0 {
        violations.take::<()>(Err(Violation::required(field)));
    } else if !sizes.contains(&given) {
        let text = format!(
            "must have {} to {} elements, not {given}",
            sizes.start(),
            sizes.end()
        );
        violations.push(field, "FIELD_INVALID", text);
    }
}

/// Checks that no value stands in a list twice.
pub(super) fn distinct<T: AsRef<str>>(field: &str, given: &[T], violations: &mut Violations) {
    let mut seen = BTreeSet::new();
    for (index, value) in given.iter().enumerate() {
        if !seen.insert(value.as_ref()) {
            let text = format!("\"{}\" stands here twice", value.as_ref());
            violations.push(format!("{field}[{index}]"), "DUPLICATE_VALUE", text);
        }
    }
}

/// Checks a number against its range.
pub(super) fn number(
    field: &str,
    given: i32,
    range: RangeInclusive<i32>,
    violations: &mut Violations,
) -> Option<i32> {
    if range.contains(&given) {
        return Some(given);
    }
    let text = format!("must be {} to {}, not {given}", range.start(), range.end());
    violations.push(field, "FIELD_INVALID", text);
    None
}

/// Checks the value of an enum that must be set.
pub(super) fn coded<T>(
    field: &str,
    given: i32,
    from_code: impl Fn(i64) -> Option<T>,
    violations: &mut Violations,
) -> Option<T> {
    let value = from_code(given.into());
    if value.is_none() {
        let violation = if given == 0 {
            Violation::required(field)
        } else {
            Violation::new(
                field,
                "FIELD_INVALID",
                format!("{given} is none of its values"),
            )
        };
        violations.take::<()>(Err(violation));
    }
    value
}
