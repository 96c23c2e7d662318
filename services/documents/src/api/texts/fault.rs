//! What the failures of the methods on texts mean to a caller.

use std::time::Duration;

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use storage::Error;
use tonic::Code;

use crate::{
    domain::{
        AccessLevel, DocumentName, TextName, TextVersion, TextVersionName, Upload, UploadName,
    },
    text_store::Trouble,
};

/// The type of texts in errors.
const TEXT: &str = "documents.accord/Text";
/// The type of versions in errors.
const VERSION: &str = "documents.accord/TextVersion";
/// The type of uploads in errors.
const UPLOAD: &str = "documents.accord/Upload";

/// When it is worth while to try again to begin an upload: others have to end first.
const TRY_AGAIN: Duration = Duration::from_mins(1);

/// `NOT_FOUND` for a text.
pub(super) fn no_text(name: &TextName) -> Fault {
    Fault::not_found(TEXT, &name.to_string())
}

/// `NOT_FOUND` for a version.
pub(super) fn no_version(name: &TextVersionName) -> Fault {
    Fault::not_found(VERSION, &name.to_string())
}

/// `NOT_FOUND` for an upload.
pub(super) fn no_upload(name: &UploadName) -> Fault {
    Fault::not_found(UPLOAD, &name.to_string())
}

/// `ALREADY_EXISTS` for a text that could not be inserted.
pub(super) fn insert_text(error: Error, name: &TextName) -> Fault {
    match error {
        Error::Conflict => Fault::already_exists(TEXT, &name.to_string()),
        error => error.into(),
    }
}

/// `ALREADY_EXISTS` for an upload that could not be inserted.
pub(super) fn insert_upload(error: Error, name: &UploadName) -> Fault {
    match error {
        Error::Conflict => Fault::already_exists(UPLOAD, &name.to_string()),
        error => error.into(),
    }
}

/// `PERMISSION_DENIED` for a caller below the level of a document or text.
pub(super) fn level_required(name: &impl ToString, level: AccessLevel) -> Fault {
    let level = pb::AccessLevel::try_from(level.code())
        .unwrap_or_default()
        .as_str_name();
    let name = name.to_string();
    let message = format!("{name} is {level}, which the caller may not read");
    Fault::permission_denied("ACCESS_LEVEL_REQUIRED", message)
        .with_metadata("resource", name)
        .with_metadata("access_level", level)
}

/// `FAILED_PRECONDITION` where the operator has named no place for texts.
pub(super) fn not_configured() -> Fault {
    let message = "this service keeps no texts: its operator has to set --texts-url (ACCORD_TEXTS_URL) to \
                   file:///PATH or s3://BUCKET/PREFIX";
    Fault::failed_precondition("TEXT_STORE_NOT_CONFIGURED", message)
}

/// `UNAVAILABLE` for a store that does not answer.
pub(super) fn store_unavailable() -> Fault {
    Fault::unavailable(
        "TEXT_STORE_UNAVAILABLE",
        "the place where texts are kept cannot be reached; try again",
    )
}

/// What a failure of the store means while a file is written or put together.
pub(super) fn writing(trouble: &Trouble, what: &str) -> Fault {
    match trouble {
        Trouble::Unavailable => store_unavailable(),
        Trouble::Missing | Trouble::Corrupt => Fault::internal(format!("{what}: {trouble}")),
    }
}

/// What a failure of the store means while a version is read.
pub(super) fn reading(trouble: &Trouble, version: &TextVersion) -> Fault {
    match trouble {
        Trouble::Unavailable => store_unavailable(),
        Trouble::Missing => lost("TEXT_MISSING", version, "is gone from the store"),
        Trouble::Corrupt => lost(
            "TEXT_CORRUPT",
            version,
            "has changed in the store and is not served",
        ),
    }
}

fn lost(reason: &'static str, version: &TextVersion, what: &str) -> Fault {
    let name = version.name.to_string();
    Fault::new(Code::DataLoss, reason, format!("{name} {what}")).with_metadata("resource", name)
}

/// `FAILED_PRECONDITION` for a version whose bytes are no longer served.
pub(super) fn withdrawn(name: &TextVersionName) -> Fault {
    let name = name.to_string();
    Fault::failed_precondition("TEXT_WITHDRAWN", format!("{name} is withdrawn"))
        .with_metadata("resource", name.as_str())
        .with_precondition("TEXT_WITHDRAWN", name, "is withdrawn")
}

/// `FAILED_PRECONDITION` for an upload that takes no more bytes.
pub(super) fn upload_finished(upload: &Upload) -> Fault {
    let name = upload.name.to_string();
    let state = pb::UploadState::try_from(upload.state.code())
        .unwrap_or_default()
        .as_str_name();
    let what = format!("has ended: {state}");
    Fault::failed_precondition("UPLOAD_FINISHED", format!("{name} {what}"))
        .with_metadata("resource", name.as_str())
        .with_metadata("state", state)
        .with_precondition("UPLOAD_FINISHED", name, what)
}

/// `RESOURCE_EXHAUSTED` for one upload more than may receive at once: of the agency `agency`.
pub(super) fn too_many_of_agency(agency: &str, limit: usize) -> Fault {
    let message = format!(
        "{agency} has {limit} uploads that have not ended; complete or cancel some of them (ACCORD_TEXT_MAX_AGENCY_UPLOADS)"
    );
    too_many(message, "agency", agency, limit)
}

/// `RESOURCE_EXHAUSTED` for one upload more than may receive at once: for one document.
pub(super) fn too_many_of_document(name: &DocumentName, limit: usize) -> Fault {
    let name = name.to_string();
    let message = format!(
        "{name} has {limit} uploads that have not ended; some of them must be completed or cancelled (ACCORD_TEXT_MAX_DOCUMENT_UPLOADS)"
    );
    too_many(message, "document", &name, limit)
}

fn too_many(message: String, kind: &'static str, whose: &str, limit: usize) -> Fault {
    Fault::new(Code::ResourceExhausted, "TOO_MANY_UPLOADS", message)
        .with_metadata(kind, whose)
        .with_metadata("limit", limit.to_string())
        .with_retry(TRY_AGAIN)
}

/// `FAILED_PRECONDITION` for an upload that came in too many small pieces.
pub(super) fn fragmented(upload: &Upload, limit: usize) -> Fault {
    let name = upload.name.to_string();
    let what = format!(
        "came in {limit} pieces, the most there can be; cancel it and send a new one with fewer pauses"
    );
    Fault::failed_precondition("UPLOAD_FRAGMENTED", format!("{name} {what}"))
        .with_metadata("resource", name.as_str())
        .with_metadata("limit", limit.to_string())
        .with_precondition("UPLOAD_FRAGMENTED", name, what)
}

/// `FAILED_PRECONDITION` for an upload that is not there in full.
pub(super) fn incomplete(upload: &Upload) -> Fault {
    let (received, size) = (upload.received_bytes, upload.file.size_bytes);
    let name = upload.name.to_string();
    let what = format!("has {received} of {size} bytes");
    Fault::failed_precondition("UPLOAD_INCOMPLETE", format!("{name} {what}"))
        .with_metadata("received_bytes", received.to_string())
        .with_metadata("size_bytes", size.to_string())
        .with_precondition("UPLOAD_INCOMPLETE", name, what)
}

/// `FAILED_PRECONDITION` for bytes that are not those that were announced.
pub(super) fn mismatch(upload: &Upload, computed: &str) -> Fault {
    let announced = upload.file.sha256.as_str();
    let name = upload.name.to_string();
    let what =
        format!("has the hash {computed}, not {announced} as announced; nothing of it is kept");
    Fault::failed_precondition("SHA256_MISMATCH", format!("{name} {what}"))
        .with_metadata("announced", announced)
        .with_metadata("computed", computed)
        .with_precondition("SHA256_MISMATCH", name, what)
}

/// `OUT_OF_RANGE` for bytes from another place than where the upload stands.
pub(super) fn offset_mismatch(upload: &Upload, offset: i64) -> Fault {
    let received = upload.received_bytes;
    let message = format!("{} goes on at {received}, not at {offset}", upload.name);
    Fault::new(Code::OutOfRange, "UPLOAD_OFFSET_MISMATCH", message)
        .with_metadata("received_bytes", received.to_string())
        .with_metadata("offset", offset.to_string())
}

/// `ABORTED` for a stream that a newer one has replaced.
pub(super) fn taken_over(name: &UploadName) -> Fault {
    let name = name.to_string();
    let message = format!("a newer stream sends the bytes of {name}");
    Fault::new(Code::Aborted, "UPLOAD_TAKEN_OVER", message).with_metadata("resource", name)
}

/// What a stream that broke off is told, if anybody still listens.
pub(super) fn broken(code: Code) -> Fault {
    let code = match code {
        Code::Ok | Code::Unknown | Code::Internal => Code::Cancelled,
        code => code,
    };
    let message = "the stream broke off; what was received is kept, go on from received_bytes";
    Fault::new(code, "STREAM_BROKEN", message)
}

/// `OUT_OF_RANGE` for a read that begins after the end.
pub(super) fn read_offset(size: i64, offset: i64) -> Fault {
    let message = format!("the file has {size} bytes, and the read begins at {offset}");
    Fault::new(Code::OutOfRange, "READ_OFFSET_INVALID", message)
        .with_metadata("size_bytes", size.to_string())
        .with_metadata("read_offset", offset.to_string())
}
