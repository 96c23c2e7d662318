//! The first message of an upload.

use ::fault::Fault;
use accord_proto::trade::v1::{ImportFormat, ImportHeader};
use aip::Violations;

use crate::{
    api::fault,
    domain::{
        import::Options,
        name::{ImportName, ReleaseName},
    },
};

/// The largest file that is only checked: the cells of such a file are kept in memory, to find those
/// that stand in it twice.
const MAX_REHEARSED_BYTES: i64 = 16 * 1024 * 1024;

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
}

impl Header {
    /// Reads the message.
    pub(super) fn parse(message: ImportHeader) -> Result<Self, Fault> {
        let mut violations = Violations::new();
        let release = violations.take(ReleaseName::parse("header.release", &message.release));
        let id = violations.take(aip::parse_id("header.import_id", &message.import_id));
        if ImportFormat::try_from(message.format).is_err() {
            let description = format!(
                "{} is not one of the values of the contract",
                message.format
            );
            violations.push("header.format", "FIELD_INVALID", description);
        }
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
        violations.finish()?;
        let (Some(release), Some(id)) = (release, id) else {
            return Err(fault::unreported());
        };
        let import = ImportName::new(release.partnership.clone(), release.release.clone(), id);
        Ok(Self {
            release,
            import,
            options: Options {
                skip_bad_rows: message.skip_bad_rows,
                total_bytes,
            },
            offset_bytes,
            validate_only: message.validate_only,
            message,
        })
    }
}
