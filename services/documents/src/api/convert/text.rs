//! Texts, their versions, and uploads.

use accord_proto::{convert, documents::v1 as pb};
use aip::{Violation, Violations, etag, text};

use super::values;
use crate::domain::{
    AccessLevel, AnnouncedFile, Document, DocumentText, Extraction, Standing, TextName,
    TextVersion, Upload, UploadState,
    text::compare,
    upload::{is_media_type, is_sha256},
};

/// The longest media type.
const MEDIA_TYPE_CHARS: usize = 255;

/// What an editor says of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextProfile {
    /// Its language, as a BCP 47 tag.
    pub(crate) language: String,
    /// Whether it is authentic, if that is known.
    pub(crate) authentic: Option<bool>,
    /// How widely it may be read.
    pub(crate) access_level: AccessLevel,
}

impl TextProfile {
    /// Returns the id of the text in this language.
    pub(crate) fn id(&self) -> String {
        self.language.to_ascii_lowercase()
    }
}

/// Checks what a caller says of a text.
pub(crate) fn profile(
    given: Option<&pb::Text>,
    violations: &mut Violations,
) -> Option<TextProfile> {
    let Some(given) = given else {
        violations.take::<()>(Err(Violation::required("text")));
        return None;
    };
    let language = violations.take(text::language_tag(
        "text.language_code",
        &given.language_code,
    ));
    let access_level = match given.access_level {
        0 => Some(AccessLevel::Public),
        code => values::coded(
            "text.access_level",
            code,
            AccessLevel::from_code,
            violations,
        ),
    };
    Some(TextProfile {
        language: language?,
        authentic: given.authentic,
        access_level: access_level?,
    })
}

/// Writes a text; `standing` is the newest version of each party and of nobody.
pub(crate) fn message(document: &Document, text: &DocumentText, standing: &[Standing]) -> pb::Text {
    let latest = standing.iter().map(|standing| standing.number).max();
    let mut originals: Vec<_> = standing
        .iter()
        .filter_map(|standing| {
            Some(pb::PartyOriginal {
                party: standing.party.clone()?,
                version: text.name.version(standing.number).to_string(),
                sha256: standing.sha256.clone(),
            })
        })
        .collect();
    originals.sort_by(|one, other| one.party.cmp(&other.party));
    pb::Text {
        name: text.name.to_string(),
        uid: text.uid.clone(),
        language_code: text.language.clone(),
        authentic: text.authentic,
        access_level: text.access_level.code(),
        latest_version: latest
            .map(|number| text.name.version(number).to_string())
            .unwrap_or_default(),
        version_count: i32::try_from(text.version_count).unwrap_or(i32::MAX),
        originals,
        originals_comparison: compare(&document.content.parties, standing) as i32,
        create_time: Some(convert::from_timestamp(text.created)),
        update_time: Some(convert::from_timestamp(text.updated)),
        etag: etag::of(&text.uid, text.revision),
        redacted: false,
    }
}

/// Writes what a caller below the text's level is told.
pub(crate) fn redacted(text: &DocumentText) -> pb::Text {
    pb::Text {
        name: text.name.to_string(),
        language_code: text.language.clone(),
        access_level: text.access_level.code(),
        redacted: true,
        ..pb::Text::default()
    }
}

/// Writes a version.
pub(crate) fn version_message(version: &TextVersion) -> pb::TextVersion {
    let withdrawal = version.withdrawal.as_ref();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    pb::TextVersion {
        name: version.name.to_string(),
        uid: version.uid.clone(),
        media_type: version.media_type.clone(),
        size_bytes: version.size_bytes,
        sha256: version.sha256.clone(),
        party: text(version.party.as_ref()),
        source: version.source.as_ref().map(values::source_message),
        extraction_state: version.extraction.code(),
        extracted_character_count: if version.extraction == Extraction::Extracted {
            version.extracted_chars
        } else {
            0
        },
        partly_extracted: version.is_partly_extracted,
        integrity_state: version.integrity.code(),
        integrity_check_time: Some(convert::from_timestamp(version.checked)),
        create_time: Some(convert::from_timestamp(version.created)),
        recorder: version.recorder.clone(),
        withdraw_time: withdrawal.map(|withdrawal| convert::from_timestamp(withdrawal.at)),
        withdrawal_reason: text(withdrawal.map(|withdrawal| &withdrawal.reason)),
        withdrawer: text(withdrawal.map(|withdrawal| &withdrawal.withdrawer)),
        etag: etag::of(&version.uid, version.revision),
    }
}

/// Checks what a caller announces, and which text it is for.
pub(crate) fn announced(
    given: Option<&pb::Upload>,
    max_bytes: i64,
    violations: &mut Violations,
) -> Option<(TextName, AnnouncedFile)> {
    let Some(given) = given else {
        violations.take::<()>(Err(Violation::required("upload")));
        return None;
    };
    let text_name = violations.take(TextName::parse("upload.text", &given.text));
    let media_type = violations.take(media_type(&given.media_type));
    let size_bytes = violations.take(size(given.size_bytes, max_bytes));
    let sha256 = violations.take(sha256(&given.sha256));
    let party = match given.party.as_str() {
        "" => Some(None),
        party => violations
            .take(text::country("upload.party", party))
            .map(Some),
    };
    let source = match &given.source {
        None => Some(None),
        given => values::source("upload.source", given.as_ref(), violations).map(Some),
    };
    let file = AnnouncedFile {
        media_type: media_type?,
        size_bytes: size_bytes?,
        sha256: sha256?,
        party: party?,
        source: source?,
    };
    Some((text_name?, file))
}

fn media_type(given: &str) -> Result<String, Violation> {
    let field = "upload.media_type";
    let given = text::required(field, given, MEDIA_TYPE_CHARS)?;
    if is_media_type(&given) {
        return Ok(given);
    }
    let description = "must be a media type such as application/pdf or text/plain; charset=utf-8";
    Err(Violation::new(field, "MEDIA_TYPE_INVALID", description))
}

fn size(given: i64, max_bytes: i64) -> Result<i64, Violation> {
    let field = "upload.size_bytes";
    match given {
        0 => Err(Violation::required(field)),
        given if (1..=max_bytes).contains(&given) => Ok(given),
        given => {
            let description = format!("must be 1 to {max_bytes}, not {given}");
            Err(Violation::new(field, "FIELD_INVALID", description))
        }
    }
}

fn sha256(given: &str) -> Result<String, Violation> {
    let field = "upload.sha256";
    if given.is_empty() {
        return Err(Violation::required(field));
    }
    if is_sha256(given) {
        return Ok(given.to_owned());
    }
    let description = "must have 64 hexadecimal digits in lower case";
    Err(Violation::new(field, "SHA256_INVALID", description))
}

/// Writes an upload.
pub(crate) fn upload_message(upload: &Upload) -> pb::Upload {
    let name = &upload.name;
    let text = TextName::new(
        name.partnership.clone(),
        name.document.clone(),
        upload.text_id.clone(),
    );
    let version = if upload.state == UploadState::Completed {
        text.version(upload.version_number).to_string()
    } else {
        String::new()
    };
    pb::Upload {
        name: name.to_string(),
        text: text.to_string(),
        media_type: upload.file.media_type.clone(),
        size_bytes: upload.file.size_bytes,
        sha256: upload.file.sha256.clone(),
        party: upload.file.party.clone().unwrap_or_default(),
        source: upload.file.source.as_ref().map(values::source_message),
        received_bytes: upload.received_bytes,
        state: upload.state.code(),
        text_version: version,
        create_time: Some(convert::from_timestamp(upload.created)),
        expire_time: (upload.state == UploadState::Receiving)
            .then(|| convert::from_timestamp(upload.expiry())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Comparison, Integrity};

    #[test]
    fn the_numbers_of_enums_are_the_contracts() {
        for state in Extraction::ALL {
            assert!(pb::ExtractionState::try_from(state.code()).is_ok());
        }
        for state in Integrity::ALL {
            assert!(pb::IntegrityState::try_from(state.code()).is_ok());
        }
        for state in UploadState::ALL {
            assert!(pb::UploadState::try_from(state.code()).is_ok());
        }
        for (ours, theirs) in [
            (Comparison::Incomplete, pb::OriginalsComparison::Incomplete),
            (Comparison::Identical, pb::OriginalsComparison::Identical),
            (Comparison::SameWords, pb::OriginalsComparison::SameWords),
            (Comparison::Different, pb::OriginalsComparison::Different),
            (
                Comparison::NotComparable,
                pb::OriginalsComparison::NotComparable,
            ),
        ] {
            assert_eq!(ours as i32, theirs as i32);
        }
    }
}
