//! Checks of text fields that every service makes alike.

use crate::{Violation, language::canonical_tag};

/// The longest address that browsers and proxies pass on reliably.
const MAX_URI_CHARS: usize = 2_000;

/// Checks a line of text that must be set, of at most `max_chars` characters.
///
/// The reason is `FIELD_REQUIRED` (also for nothing but white space), `TEXT_TOO_LONG` or
/// `TEXT_INVALID` (control characters, which no database and no terminal takes well).
pub fn required(field: &str, value: &str, max_chars: usize) -> Result<String, Violation> {
    if value.trim().is_empty() {
        return Err(Violation::required(field));
    }
    optional(field, value, max_chars)
}

/// Checks a line of text that may be empty, of at most `max_chars` characters.
///
/// The reason is `TEXT_TOO_LONG` or `TEXT_INVALID`.
pub fn optional(field: &str, value: &str, max_chars: usize) -> Result<String, Violation> {
    checked(field, value, max_chars, char::is_control)
}

/// Checks text of any number of lines that may be empty: as [`optional`], but line feeds and tabs
/// are allowed.
pub fn lines(field: &str, value: &str, max_chars: usize) -> Result<String, Violation> {
    checked(field, value, max_chars, |c| {
        c.is_control() && c != '\n' && c != '\t'
    })
}

fn checked(
    field: &str,
    value: &str,
    max_chars: usize,
    is_refused: impl Fn(char) -> bool,
) -> Result<String, Violation> {
    let chars = value.chars().count();
    if chars > max_chars {
        return Err(Violation::new(
            field,
            "TEXT_TOO_LONG",
            format!("must have at most {max_chars} characters, not {chars}"),
        ));
    }
    if let Some(index) = value.chars().position(is_refused) {
        return Err(Violation::new(
            field,
            "TEXT_INVALID",
            format!("has a control character at character {}", index + 1),
        ));
    }
    Ok(value.to_owned())
}

/// Checks a BCP 47 tag of a language with, optionally, a script and a region (`uz-Latn`, `kk`,
/// `en-GB`), each registered with IANA, and returns it in its canonical case. Variants, extensions
/// and private tags are refused: texts are told apart by language, script and region.
///
/// The reason is `FIELD_REQUIRED` or `LANGUAGE_TAG_INVALID`.
pub fn language_tag(field: &str, value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Err(Violation::required(field));
    }
    canonical_tag(value).map_err(|why| Violation::new(field, "LANGUAGE_TAG_INVALID", why))
}

/// Checks a country: two capital letters, as in ISO 3166-1 alpha-2.
///
/// The reason is `FIELD_REQUIRED` or `COUNTRY_INVALID`.
pub fn country(field: &str, value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Err(Violation::required(field));
    }
    if !is_country(value) {
        return Err(Violation::new(
            field,
            "COUNTRY_INVALID",
            "must be an ISO 3166-1 alpha-2 code such as UZ",
        ));
    }
    Ok(value.to_owned())
}

/// Checks a region: a country, a hyphen and one to three capital letters or digits, as in
/// ISO 3166-2.
///
/// The reason is `FIELD_REQUIRED` or `REGION_INVALID`.
pub fn region(field: &str, value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Err(Violation::required(field));
    }
    let fits = value.split_once('-').is_some_and(|(country, part)| {
        is_country(country)
            && matches!(part.len(), 1..=3)
            && part
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    });
    if !fits {
        return Err(Violation::new(
            field,
            "REGION_INVALID",
            "must be an ISO 3166-2 code such as UZ-TO",
        ));
    }
    Ok(value.to_owned())
}

fn is_country(value: &str) -> bool {
    value.len() == 2 && value.chars().all(|c| c.is_ascii_uppercase())
}

/// Checks an address: absolute, `http` or `https`, with a host, without white space, at most 2,000
/// characters.
///
/// The reason is `FIELD_REQUIRED` or `URI_INVALID`.
pub fn uri(field: &str, value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Err(Violation::required(field));
    }
    let rest = value
        .strip_prefix("https://")
        .or_else(|| value.strip_prefix("http://"));
    let has_host =
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['));
    let is_clean = !value.contains(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\')
    });
    if !has_host || !is_clean || value.chars().count() > MAX_URI_CHARS {
        return Err(Violation::new(
            field,
            "URI_INVALID",
            "must be an address such as https://lex.uz/docs/6001150 of at most 2000 characters",
        ));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(result: Result<String, Violation>) -> &'static str {
        result.map_or_else(|violation| violation.reason, |_| "")
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert_eq!(reason(required("t", "Ўзбекистон", 10)), "");
        assert_eq!(reason(required("t", "Ўзбекистон", 9)), "TEXT_TOO_LONG");
        assert_eq!(reason(required("t", " \t", 9)), "FIELD_REQUIRED");
        assert_eq!(reason(optional("t", "", 9)), "");
    }

    #[test]
    fn control_characters_are_refused_with_their_place() {
        let violation = required("t", "ab\0", 9).unwrap_err();
        assert_eq!(
            violation.description,
            "has a control character at character 3"
        );
        assert_eq!(reason(optional("t", "a\nb", 9)), "TEXT_INVALID");
        assert_eq!(reason(lines("t", "a\n\tb", 9)), "");
        assert_eq!(reason(lines("t", "a\u{85}b", 9)), "TEXT_INVALID");
    }

    #[test]
    fn language_tags_are_put_in_canonical_case() {
        for (given, canonical) in [
            ("uz-latn", "uz-Latn"),
            ("UZ-CYRL-uz", "uz-Cyrl-UZ"),
            ("KK", "kk"),
            ("en-gb", "en-GB"),
            ("es-419", "es-419"),
            ("kaa", "kaa"),
        ] {
            assert_eq!(language_tag("l", given).as_deref(), Ok(canonical));
        }
        for bad in [
            "u",
            "uzbek",
            "uz-",
            "uz-Latn-",
            "uz_Latn",
            "uz-Latn-UZ-x",
            "уз",
            "12",
        ] {
            assert_eq!(
                reason(language_tag("l", bad)),
                "LANGUAGE_TAG_INVALID",
                "{bad}"
            );
        }
    }

    #[test]
    fn countries_and_regions_have_the_shape_of_their_standard() {
        assert_eq!(reason(country("c", "UZ")), "");
        for bad in ["uz", "UZB", "U", "ÜZ", "U1"] {
            assert_eq!(reason(country("c", bad)), "COUNTRY_INVALID", "{bad}");
        }
        for good in ["UZ-TO", "KZ-YUZ", "KZ-71", "AT-9"] {
            assert_eq!(reason(region("r", good)), "", "{good}");
        }
        for bad in ["UZ", "UZ-", "uz-TO", "UZ-TOSH", "UZ-to", "UZTO"] {
            assert_eq!(reason(region("r", bad)), "REGION_INVALID", "{bad}");
        }
    }

    #[test]
    fn addresses_are_absolute_and_of_the_web() {
        for good in [
            "https://lex.uz/docs/6001150",
            "http://stat.uz?a=b#c",
            "https://[::1]:80/",
            "https://қазақ.қаз/",
        ] {
            assert_eq!(reason(uri("u", good)), "", "{good}");
        }
        for bad in [
            "lex.uz",
            "ftp://lex.uz",
            "https://",
            "https:///a",
            "https://a b",
            "javascript:alert(1)",
        ] {
            assert_eq!(reason(uri("u", bad)), "URI_INVALID", "{bad}");
        }
    }
}
