//! Versions of texts in the database.

use aip::{Listing, Value};
use jiff::Timestamp;
use storage::{Error, Tx, args};

use super::queries;
use crate::domain::{
    DocumentName, DocumentText, Extraction, Integrity, Source, TextName, TextVersion, Withdrawal,
};

storage::row! {
    /// A version with what is known of its file.
    struct VersionRow {
        uid: String,
        text_uid: String,
        number: i64,
        revision: i64,
        media_type: String,
        size_bytes: i64,
        sha256: String,
        party: String,
        source_uri: Option<String>,
        source_note: String,
        extraction: i64,
        extracted_chars: i64,
        words_sha256: String,
        integrity: i64,
        checked_us: i64,
        created_us: i64,
        recorder: String,
        recorder_party: String,
        withdrawn_us: Option<i64>,
        withdrawal_reason: String,
        withdrawer: String,
    }
}

storage::row! {
    /// A version whose words are to be taken.
    struct PendingRow {
        uid: String,
        number: i64,
        media_type: String,
        sha256: String,
        extraction_attempts: i64,
        text_id: String,
        partnership_id: String,
        document_id: String,
    }
}

/// A version whose words are to be taken.
#[derive(Clone, Debug)]
pub(crate) struct PendingVersion {
    pub(crate) uid: String,
    pub(crate) text: TextName,
    pub(crate) number: i64,
    pub(crate) media_type: String,
    pub(crate) sha256: String,
    /// How often it was begun before.
    pub(crate) attempts: i64,
}

impl VersionRow {
    fn into_version(self, text: &DocumentText) -> Result<TextVersion, Error> {
        let corrupt = |column: &str, code: i64| {
            Error::corrupt(
                "text_versions",
                column,
                &self.uid,
                format!("{code} means nothing"),
            )
        };
        let extraction = Extraction::from_code(self.extraction)
            .ok_or_else(|| corrupt("extraction", self.extraction))?;
        let integrity = Integrity::from_code(self.integrity)
            .ok_or_else(|| corrupt("integrity", self.integrity))?;
        let withdrawal = self.withdrawn_us.map(|at| Withdrawal {
            at: clock::from_micros(at),
            reason: self.withdrawal_reason,
            withdrawer: self.withdrawer,
        });
        Ok(TextVersion {
            name: text.name.version(self.number),
            uid: self.uid,
            text_uid: self.text_uid,
            number: self.number,
            revision: self.revision,
            media_type: self.media_type,
            size_bytes: self.size_bytes,
            sha256: self.sha256,
            party: (!self.party.is_empty()).then_some(self.party),
            source: self.source_uri.map(|uri| Source {
                uri,
                note: self.source_note,
            }),
            extraction,
            extracted_chars: self.extracted_chars,
            is_partly_extracted: extraction == Extraction::Extracted
                && self.words_sha256.is_empty(),
            integrity,
            checked: clock::from_micros(self.checked_us),
            created: clock::from_micros(self.created_us),
            recorder: self.recorder,
            recorder_party: self.recorder_party,
            withdrawal,
        })
    }
}

/// Reads one version, a withdrawn one too.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get(
    tx: &mut Tx,
    text: &DocumentText,
    number: i64,
) -> Result<Option<TextVersion>, Error> {
    let args = args![text.uid.as_str(), number];
    let row: Option<VersionRow> = tx.optional(queries::VERSION_BY_NUMBER, args).await?;
    row.map(|row| row.into_version(text)).transpose()
}

/// Reads a page and one row more.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    text: &DocumentText,
    listing: &Listing,
) -> Result<Vec<TextVersion>, Error> {
    let conditions = [("v.text_uid = {}", Value::from(text.uid.as_str()))];
    let sql = listing.sql(queries::VERSIONS, &conditions, "v.uid");
    let rows: Vec<VersionRow> = tx.all(sql, vec![]).await?;
    rows.into_iter().map(|row| row.into_version(text)).collect()
}

/// Writes a new version, whose file is stored; [`Error::Conflict`] if there is one of that number.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, new: &TextVersion) -> Result<(), Error> {
    let source = new.source.as_ref();
    let args = args![
        new.uid.as_str(),
        new.text_uid.as_str(),
        new.number,
        new.revision,
        new.media_type.as_str(),
        new.sha256.as_str(),
        new.party.as_deref().unwrap_or_default(),
        super::optional(source.map(|source| source.uri.as_str())),
        source.map_or("", |source| source.note.as_str()),
        new.extraction.code(),
        clock::to_micros(new.created),
        new.recorder.as_str(),
        new.recorder_party.as_str(),
    ];
    tx.execute(queries::INSERT_VERSION, args).await.map(drop)
}

/// Writes a withdrawn version over the revision before; false if that is no longer there.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn withdraw_if(tx: &mut Tx, new: &TextVersion) -> Result<bool, Error> {
    let Some(withdrawal) = &new.withdrawal else {
        return Ok(false);
    };
    let args = args![
        new.revision,
        clock::to_micros(withdrawal.at),
        withdrawal.reason.as_str(),
        withdrawal.withdrawer.as_str(),
        new.uid.as_str(),
        new.revision - 1,
    ];
    Ok(tx.execute(queries::WITHDRAW_VERSION, args).await? == 1)
}

/// Reads the oldest version whose words are to be taken and that nobody has begun.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn next_pending(
    tx: &mut Tx,
    now: Timestamp,
) -> Result<Option<PendingVersion>, Error> {
    let args = args![clock::to_micros(now)];
    let row: Option<PendingRow> = tx.optional(queries::NEXT_PENDING, args).await?;
    Ok(row.map(|row| {
        let document = DocumentName::new(row.partnership_id, row.document_id);
        PendingVersion {
            uid: row.uid,
            text: TextName::new(document.partnership, document.document, row.text_id),
            number: row.number,
            media_type: row.media_type,
            sha256: row.sha256,
            attempts: row.extraction_attempts,
        }
    }))
}

/// Counts an attempt to take the words of a version, which nobody else begins before `until`; false if somebody has.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn begin_extraction(
    tx: &mut Tx,
    uid: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, Error> {
    let args = args![clock::to_micros(until), uid, clock::to_micros(now)];
    Ok(tx.execute(queries::BEGIN_EXTRACTION, args).await? == 1)
}

/// Takes back an attempt that was begun until `until` and broken off.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn give_back_extraction(
    tx: &mut Tx,
    uid: &str,
    until: Timestamp,
) -> Result<(), Error> {
    let args = args![uid, clock::to_micros(until)];
    tx.execute(queries::GIVE_BACK_EXTRACTION, args)
        .await
        .map(drop)
}

/// Returns whether the attempt that was begun until `until` may go on: the version was not withdrawn or purged, and no
/// other replica has begun.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn holds_extraction(
    tx: &mut Tx,
    uid: &str,
    until: Timestamp,
) -> Result<bool, Error> {
    let args = args![uid, clock::to_micros(until)];
    let row: Option<(String,)> = tx.optional(queries::HOLDS_EXTRACTION, args).await?;
    Ok(row.is_some())
}

/// Writes what an attempt came to, with the hash of the words if they are all; false if the version was withdrawn or another attempt was quicker.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn end_extraction(
    tx: &mut Tx,
    uid: &str,
    state: Extraction,
    chars: i64,
    words_sha256: &str,
) -> Result<bool, Error> {
    let args = args![state.code(), chars, words_sha256, uid];
    Ok(tx.execute(queries::END_EXTRACTION, args).await? == 1)
}
