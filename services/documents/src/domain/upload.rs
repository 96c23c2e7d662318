//! A file on its way in.

use jiff::{SignedDuration, Timestamp};

use super::{Source, UploadName, coded::coded};

/// How long an upload waits for its next bytes.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// A file on its way in.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    /// Its name.
    pub name: UploadName,
    /// Its unique id, never used again.
    pub uid: String,
    /// The agency that began it.
    pub agency: String,
    /// The party of that agency.
    pub agency_party: String,
    /// The text that it becomes a version of, by its unique id.
    pub text_uid: String,
    /// The id of that text within the document.
    pub text_id: String,
    /// What was announced.
    pub file: AnnouncedFile,
    /// How many bytes are durable.
    pub received_bytes: i64,
    /// What has become of it.
    pub state: UploadState,
    /// The number of the version that it became; 0 if none.
    pub version_number: i64,
    /// When it began.
    pub created: Timestamp,
    /// When its last bytes came.
    pub touched: Timestamp,
}

impl Upload {
    /// Returns when it is given up.
    #[must_use]
    pub fn expiry(&self) -> Timestamp {
        self.touched
            .saturating_add(PATIENCE)
            .unwrap_or(Timestamp::MAX)
    }
}

/// What an agency says of a file before it sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncedFile {
    /// Its media type.
    pub media_type: String,
    /// How many bytes it has.
    pub size_bytes: i64,
    /// SHA-256 of its bytes, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Whose original it is, if anybody's.
    pub party: Option<String>,
    /// Where it was read, if it is not given by the agency itself.
    pub source: Option<Source>,
}

coded! {
    /// What has become of an upload.
    pub enum UploadState {
        /// Bytes are received.
        Receiving = 1,
        /// It has become a version.
        Completed = 2,
        /// Its hash was not the one announced.
        Refused = 3,
        /// It was cancelled or given up.
        Cancelled = 4,
    }
}

/// Returns whether a text is a media type of RFC 6838 with, perhaps, parameters of RFC 9110, section 8.3.1.
#[must_use]
pub fn is_media_type(text: &str) -> bool {
    let mut pieces = text.split(';');
    let Some((kind, subtype)) = pieces
        .next()
        .and_then(|full| full.trim_end().split_once('/'))
    else {
        return false;
    };
    is_restricted_name(kind) && is_restricted_name(subtype) && pieces.all(is_parameter)
}

/// RFC 6838, section 4.2: at most 127 characters, the first a letter or a digit.
fn is_restricted_name(name: &str) -> bool {
    let begins = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
    begins && name.len() <= 127 && name.chars().all(is_allowed)
}

fn is_parameter(text: &str) -> bool {
    let Some((name, value)) = text.trim_matches(' ').split_once('=') else {
        return false;
    };
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let is_value = match quoted {
        Some(inner) => inner
            .chars()
            .all(|c| c == ' ' || (c.is_ascii_graphic() && c != '"' && c != '\\')),
        None => is_token(value),
    };
    is_token(name) && is_value
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_allowed)
}

/// Returns whether a text is a SHA-256 in 64 lower-case hexadecimal digits.
#[must_use]
pub fn is_sha256(text: &str) -> bool {
    let is_digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    text.len() == 64 && text.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_those_of_the_rfc() {
        for good in [
            "application/pdf",
            "text/plain; charset=utf-8",
            "text/plain;charset=\"utf-8\"; format=flowed",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in [
            "",
            "pdf",
            "/pdf",
            "application/",
            "application/p df",
            "text/plain; charset",
            "text/plain;",
            "text/plain; a=\"b\"c\"",
            "té/plain",
            ".a/b",
        ] {
            assert!(!is_media_type(bad), "{bad}");
        }
        assert!(!is_media_type(&format!("a/{}", "b".repeat(128))));
    }

    #[test]
    fn hashes_have_64_lower_case_digits() {
        assert!(is_sha256(&"0f".repeat(32)));
        for bad in ["", &"0F".repeat(32), &"0f".repeat(31), &"0g".repeat(32)] {
            assert!(!is_sha256(bad), "{bad}");
        }
    }
}
