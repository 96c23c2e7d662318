//! Request ids: how a caller says that two requests are the same one (AIP-155).

use uuid::{Uuid, Variant};

use crate::Violation;

/// Parses the `request_id` of a request: nothing if it is empty, else a UUID of version 4 in its
/// hyphenated form.
///
/// The reason is `REQUEST_ID_INVALID`. The nil UUID is refused: it is what a client sends that
/// forgot to make one.
pub fn parse(value: &str) -> Result<Option<Uuid>, Violation> {
    if value.is_empty() {
        return Ok(None);
    }
    Uuid::try_parse(value)
        .ok()
        // Braces, URNs and missing hyphens parse too, but have other lengths.
        .filter(|_| value.len() == uuid::fmt::Hyphenated::LENGTH)
        .filter(|uuid| uuid.get_version_num() == 4 && uuid.get_variant() == Variant::RFC4122)
        .map(Some)
        .ok_or_else(|| {
            Violation::new(
                "request_id",
                "REQUEST_ID_INVALID",
                "must be a UUID of version 4 such as f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_allowed() {
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn version_4_is_taken_in_either_case() {
        let lower = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
        assert_eq!(parse(lower), parse(&lower.to_uppercase()));
        assert!(parse(lower).unwrap().is_some());
    }

    #[test]
    fn anything_else_is_refused() {
        for value in [
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "0190b3a4-7dec-71d0-a765-00a0c91e6bf6",
            "00000000-0000-0000-0000-000000000000",
            "{f81d4fae-7dec-41d0-a765-00a0c91e6bf6}",
            "f81d4fae7dec41d0a76500a0c91e6bf6",
            "retry-1",
        ] {
            assert_eq!(
                parse(value).unwrap_err().reason,
                "REQUEST_ID_INVALID",
                "{value}"
            );
        }
    }
}
