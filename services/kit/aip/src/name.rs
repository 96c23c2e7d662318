//! Resource names and the ids in them (AIP-122).

use crate::Violation;

/// The longest id, as in a DNS label (RFC 1035).
const MAX_ID_CHARS: usize = 63;

/// What an id must be, for descriptions.
const ID_RULE: &str = "1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen";

/// What stands for every id where a list method reads across parents (AIP-159).
pub const ANY: &str = "-";

/// Checks an id that a caller chose for a new resource: `^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`.
///
/// The reason is `FIELD_REQUIRED` or `ID_INVALID`.
pub fn parse_id(field: &str, value: &str) -> Result<String, Violation> {
    if value.is_empty() {
        return Err(Violation::required(field));
    }
    if !is_id(value) {
        return Err(Violation::new(
            field,
            "ID_INVALID",
            format!("must be {ID_RULE}"),
        ));
    }
    Ok(value.to_owned())
}

/// Returns the ids in `value`, which must follow `pattern` with its `N` variables.
///
/// This is the work of the types that [`resource_name!`](crate::resource_name) declares. The
/// reason is `FIELD_REQUIRED` or `NAME_INVALID`.
pub fn parse<const N: usize>(
    pattern: &str,
    field: &str,
    value: &str,
) -> Result<[String; N], Violation> {
    ids(pattern, field, value, is_id)
}

/// Returns the ids in `value` as [`parse`] does, each of which may also be [`ANY`].
pub fn parse_any<const N: usize>(
    pattern: &str,
    field: &str,
    value: &str,
) -> Result<[String; N], Violation> {
    ids(pattern, field, value, |id| id == ANY || is_id(id))
}

fn ids<const N: usize>(
    pattern: &str,
    field: &str,
    value: &str,
    is_allowed: fn(&str) -> bool,
) -> Result<[String; N], Violation> {
    if value.is_empty() {
        return Err(Violation::required(field));
    }
    let invalid = |description: String| Violation::new(field, "NAME_INVALID", description);
    let shape = || invalid(format!("must have the form {pattern}"));

    let mut ids = Vec::with_capacity(N);
    let mut given = value.split('/');
    for expected in pattern.split('/') {
        let segment = given.next().ok_or_else(shape)?;
        if expected.starts_with('{') {
            if !is_allowed(segment) {
                return Err(invalid(format!(
                    "must have the form {pattern}, where {expected} is {ID_RULE}"
                )));
            }
            ids.push(segment.to_owned());
        } else if segment != expected {
            return Err(shape());
        }
    }
    if given.next().is_some() {
        return Err(shape());
    }
    ids.try_into().map_err(|_| shape())
}

fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID_CHARS
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    crate::resource_name! {
        /// Name of a document.
        pub struct DocumentName = "partnerships/{partnership}/documents/{document}";
    }

    #[test]
    fn fields_are_the_variables_of_the_pattern() {
        let name = DocumentName::parse("name", "partnerships/uz-kz/documents/treaty").unwrap();
        assert_eq!(name, DocumentName::new("uz-kz", "treaty"));
        assert_eq!(name.partnership, "uz-kz");
        assert_eq!(name.document, "treaty");
        assert_eq!(
            DocumentName::PATTERN,
            "partnerships/{partnership}/documents/{document}"
        );
    }

    crate::resource_name! {
        /// Name of an overview, of which each partnership has one.
        pub struct OverviewName = "partnerships/{partnership}/overview";
    }

    #[test]
    fn name_of_a_singleton_ends_in_its_word() {
        let name = OverviewName::parse("name", "partnerships/uz-kz/overview").unwrap();
        assert_eq!(name, OverviewName::new("uz-kz"));
        assert_eq!(name.to_string(), "partnerships/uz-kz/overview");
        for value in [
            "partnerships/uz-kz",
            "partnerships/uz-kz/overviews",
            "overview",
        ] {
            assert!(OverviewName::parse("name", value).is_err(), "{value}");
        }
    }

    #[test]
    fn malformed_names_are_refused() {
        for value in [
            "partnerships",
            "partnerships/uz-kz",
            "partnerships/uz-kz/documents/",
            "partnerships/uz-kz/documents/treaty/",
            "/partnerships/uz-kz/documents/treaty",
            "partnerships/uz-kz/document/treaty",
            "partnerships/uz-kz/documents/Treaty",
            "partnerships/-/documents/treaty",
            "partnerships/uz-kz/documents/treaty/acts/a",
            "partnerships/{partnership}/documents/{document}",
        ] {
            let violation = DocumentName::parse("name", value).unwrap_err();
            assert_eq!(violation.reason, "NAME_INVALID", "{value}");
            assert!(violation.description.contains(DocumentName::PATTERN));
        }
        assert_eq!(
            DocumentName::parse("name", "").unwrap_err().reason,
            "FIELD_REQUIRED"
        );
    }

    #[test]
    fn only_a_list_across_parents_takes_any_id() {
        let value = "partnerships/-/documents/treaty";
        let name = DocumentName::parse_any("parent", value).unwrap();
        assert_eq!(name, DocumentName::new(ANY, "treaty"));
        assert_eq!(name.to_string(), value);
        assert!(DocumentName::parse("parent", value).is_err());
        assert!(DocumentName::parse_any("parent", "partnerships/--/documents/treaty").is_err());
    }

    #[test]
    fn ids_at_the_edges() {
        let longest = "a".repeat(63);
        for good in ["a", "a1", "uz-kz", "a--b", longest.as_str()] {
            assert_eq!(parse_id("document_id", good).as_deref(), Ok(good));
        }
        let too_long = "a".repeat(64);
        for bad in [
            "-a",
            "a-",
            "1a",
            "A",
            "a_b",
            "a.b",
            "ä",
            "a b",
            "-",
            too_long.as_str(),
        ] {
            assert_eq!(
                parse_id("document_id", bad).unwrap_err().reason,
                "ID_INVALID",
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            partnership in "[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
            document in "[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        ) {
            let name = DocumentName::new(partnership, document);
            prop_assert_eq!(DocumentName::parse("name", &name.to_string()), Ok(name));
        }

        #[test]
        fn what_is_read_is_written_back(text in "(partnerships|[a-z/]{0,3})/[a-z0-9-]{0,4}/documents/[a-z0-9/-]{0,4}") {
            if let Ok(name) = DocumentName::parse("name", &text) {
                prop_assert_eq!(name.to_string(), text);
            }
        }

        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            let _ = DocumentName::parse("name", &text);
            let _ = parse_id("document_id", &text);
        }
    }
}
