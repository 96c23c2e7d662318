//! Titles in several languages.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1::LocalizedText;
use aip::{Violations, text};

use crate::domain::title::Title;

/// The contract's limits.
const MAX_LANGUAGES: usize = 20;
const MAX_TITLE_CHARS: usize = 2_000;

/// Reads 1 to 20 titles, each language once.
pub(super) fn read(given: &[LocalizedText], violations: &mut Violations) -> Vec<Title> {
    if given.is_empty() {
        violations.push(
            "titles",
            "FIELD_REQUIRED",
            "must have at least one language",
        );
    }
    texts("titles", given, violations)
}

/// Reads up to 20 texts of a field, each language once.
pub(super) fn texts(
    field: &str,
    given: &[LocalizedText],
    violations: &mut Violations,
) -> Vec<Title> {
    if given.len() > MAX_LANGUAGES {
        violations.push(
            field,
            "VALUE_OUT_OF_RANGE",
            "must have at most 20 languages",
        );
    }
    let mut languages = BTreeSet::new();
    let mut titles = Vec::new();
    for (index, title) in given.iter().take(MAX_LANGUAGES).enumerate() {
        let code_field = format!("{field}[{index}].language_code");
        let language = violations.take(text::language_tag(&code_field, &title.language_code));
        let text = violations.take(text::required(
            &format!("{field}[{index}].text"),
            &title.text,
            MAX_TITLE_CHARS,
        ));
        let (Some(language_code), Some(text)) = (language, text) else {
            continue;
        };
        if languages.insert(language_code.clone()) {
            titles.push(Title {
                language_code,
                text,
            });
        } else {
            violations.push(code_field, "VALUE_REPEATED", "has a text already");
        }
    }
    titles
}

/// Writes titles.
pub(super) fn write(titles: &[Title]) -> Vec<LocalizedText> {
    titles
        .iter()
        .map(|title| LocalizedText {
            language_code: title.language_code.clone(),
            text: title.text.clone(),
        })
        .collect()
}
