//! The first message of an upload.

use ::fault::Fault;
use accord_proto::trade::v1::ImportHeader;
use aip::Violations;

use crate::{
    api::{
        convert::{self, enums},
        fault,
    },
    domain::{
        file::format::{Format, Reading, SIAT_REPORTER},
        import::Options,
        name::{ImportName, ReleaseName},
        release::{Publication, Release},
    },
};

/// The largest file that is only checked: the cells of such a file are kept for a while, in a temporary
/// file where there are many, to find those that stand in it twice.
const MAX_REHEARSED_BYTES: i64 = 1024 * 1024 * 1024;

/// The largest power of ten that values may count in.
const MAX_EXPONENT: u32 = 12;

/// What is uploaded, and how.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// The message as it came.
    pub message: ImportHeader,
    /// The release.
    pub release: ReleaseName,
    /// The import.
    pub import: ImportName,
    /// How the file is to be taken.
    pub options: Options,
    /// Where in the file the first chunk begins.
    pub offset_bytes: i64,
    /// Whether only to check.
    pub validate_only: bool,
    /// What the release would say about itself, if it does not exist yet.
    pub new_release: Option<Publication>,
}

impl Header {
    /// Reads the message.
    pub(super) fn parse(message: ImportHeader) -> Result<Self, Fault> {
        let mut violations = Violations::new();
        let release = violations.take(ReleaseName::parse("header.release", &message.release));
        let id = violations.take(aip::parse_id("header.import_id", &message.import_id));
        let reading = read_reading(&message, &mut violations);
        let sha256 = read_sha256(&message, &mut violations);
        let (offset_bytes, total_bytes) = (message.offset_bytes, message.total_bytes);
        if total_bytes <= 0 {
            let reason = if total_bytes == 0 {
                "FIELD_REQUIRED"
            } else {
                "FIELD_INVALID"
            };
            violations.push("header.total_bytes", reason, "must be the size of the file");
        }
        if message.validate_only && total_bytes > MAX_REHEARSED_BYTES {
            let description = format!("must be at most {MAX_REHEARSED_BYTES} with validate_only");
            violations.push("header.total_bytes", "FIELD_INVALID", description);
        }
        if offset_bytes < 0 || (total_bytes > 0 && offset_bytes > total_bytes) {
            let description = "must lie inside of the file";
            violations.push("header.offset_bytes", "FIELD_INVALID", description);
        }
        if message.validate_only && offset_bytes != 0 {
            let description = "must be 0 with validate_only";
            violations.push("header.offset_bytes", "FIELD_INVALID", description);
        }
        let new_release = read_new_release(&message, &mut violations);
        violations.finish()?;
        let (Some(release), Some(id), Some(reading)) = (release, id, reading) else {
            return Err(fault::unreported());
        };
        let import = ImportName::new(release.partnership.clone(), release.release.clone(), id);
        Ok(Self {
            release,
            import,
            options: Options {
                skip_bad_rows: message.skip_bad_rows,
                total_bytes,
                reading,
                sha256,
                find_suspicious: message.find_suspicious,
            },
            offset_bytes,
            validate_only: message.validate_only,
            new_release,
            message,
        })
    }
}

impl Header {
    /// Checks that the release can have figures of the format.
    pub(super) fn check_release(&self, release: &Release) -> Result<(), Fault> {
        let reporter = &release.publication.reporter;
        if self.options.reading.format.is_siat() && reporter != SIAT_REPORTER {
            let description =
                format!("is of the agency of {SIAT_REPORTER}, but the release is of {reporter}");
            return Err(Fault::invalid_field(
                "header.format",
                "FIELD_INVALID",
                description,
            ));
        }
        Ok(())
    }
}

/// Reads the format and what the header says because files of the format do not.
fn read_reading(message: &ImportHeader, violations: &mut Violations) -> Option<Reading> {
    let Some(format) = enums::read_format(message.format) else {
        let description = format!(
            "{} is not one of the values of the contract",
            message.format
        );
        violations.push("header.format", "FIELD_INVALID", description);
        return None;
    };
    let flow = if message.flow == 0 {
        None
    } else {
        violations.take(convert::needed(
            "header.flow",
            message.flow,
            enums::read_flow,
        ))
    };
    let unit_mult = message.unit_mult.and_then(|power| {
        let power = u32::try_from(power)
            .ok()
            .filter(|power| *power <= MAX_EXPONENT);
        if power.is_none() {
            let description = "must be a power of ten from 0 to 12";
            violations.push("header.unit_mult", "FIELD_INVALID", description);
        }
        power
    });
    let mut needed = |field: &str, what: &str| {
        let description = format!("must be set: files of this format do not say {what}");
        violations.push(field, "FIELD_REQUIRED", description);
    };
    if format.is_siat() && message.flow == 0 {
        needed("header.flow", "in which direction their trade goes");
    }
    if format == Format::SiatCsv && message.unit_mult.is_none() {
        needed("header.unit_mult", "in which unit they count");
    }
    for (is_given, is_possible, field) in [
        (message.flow != 0, format.may_lack_flow(), "header.flow"),
        (
            message.unit_mult.is_some(),
            format.is_siat(),
            "header.unit_mult",
        ),
        (
            message.cumulative.is_some(),
            format.is_siat(),
            "header.cumulative",
        ),
    ] {
        if is_given && !is_possible {
            let description = "must not be set: files of this format say it themselves";
            violations.push(field, "FIELD_INVALID", description);
        }
    }
    Some(Reading {
        format,
        flow,
        unit_mult,
        cumulative: message.cumulative,
    })
}

fn read_new_release(message: &ImportHeader, violations: &mut Violations) -> Option<Publication> {
    let release = message.new_release.as_ref()?;
    if !message.validate_only {
        let description = "must not be set without validate_only; create the release";
        violations.push("header.new_release", "FIELD_INVALID", description);
    }
    convert::release::read(release)
        .map_err(|found| violations.merge_under("header.new_release", found))
        .ok()
}

fn read_sha256(message: &ImportHeader, violations: &mut Violations) -> Option<[u8; 32]> {
    if message.sha256.is_empty() {
        return None;
    }
    let digest = message.sha256.as_slice().try_into().ok();
    if digest.is_none() {
        violations.push("header.sha256", "FIELD_INVALID", "must have 32 bytes");
    }
    digest
}
