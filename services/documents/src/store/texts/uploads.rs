//! Uploads in the database, and their durable pieces.

use jiff::Timestamp;
use storage::{Error, Tx, Value, args};

use super::queries;
use crate::domain::{AnnouncedFile, Document, Source, Upload, UploadName, UploadState};

storage::row! {
    /// An upload.
    struct UploadRow {
        uid: String,
        id: String,
        agency: String,
        agency_party: String,
        text_uid: String,
        text_id: String,
        media_type: String,
        size_bytes: i64,
        sha256: String,
        party: String,
        source_uri: Option<String>,
        source_note: String,
        received_bytes: i64,
        state: i64,
        version_number: i64,
        created_us: i64,
        touched_us: i64,
    }
}

/// A durable piece of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its key in the text store.
    pub(crate) object: String,
    /// Where it stands in the file.
    pub(crate) offset_bytes: i64,
    /// How many bytes it has.
    pub(crate) size_bytes: i64,
}

impl UploadRow {
    fn into_upload(self, document: &Document) -> Result<Upload, Error> {
        let state = UploadState::from_code(self.state).ok_or_else(|| {
            let detail = format!("{} is no state", self.state);
            Error::corrupt("uploads", "state", &self.uid, detail)
        })?;
        let name = &document.name;
        Ok(Upload {
            name: UploadName::new(name.partnership.clone(), name.document.clone(), self.id),
            uid: self.uid,
            agency: self.agency,
            agency_party: self.agency_party,
            text_uid: self.text_uid,
            text_id: self.text_id,
            file: AnnouncedFile {
                media_type: self.media_type,
                size_bytes: self.size_bytes,
                sha256: self.sha256,
                party: (!self.party.is_empty()).then_some(self.party),
                source: self.source_uri.map(|uri| Source {
                    uri,
                    note: self.source_note,
                }),
            },
            received_bytes: self.received_bytes,
            state,
            version_number: self.version_number,
            created: clock::from_micros(self.created_us),
            touched: clock::from_micros(self.touched_us),
        })
    }
}

/// Reads one upload for a document, of whichever agency.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get(
    tx: &mut Tx,
    document: &Document,
    id: &str,
) -> Result<Option<Upload>, Error> {
    let args = args![document.uid.as_str(), id];
    let row: Option<UploadRow> = tx.optional(queries::UPLOAD_BY_ID, args).await?;
    row.map(|row| row.into_upload(document)).transpose()
}

/// Writes a new upload; [`Error::Conflict`] if there is one of that name.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, document: &Document, new: &Upload) -> Result<(), Error> {
    let file = &new.file;
    let source = file.source.as_ref();
    let args = args![
        new.uid.as_str(),
        document.uid.as_str(),
        new.name.upload.as_str(),
        new.agency.as_str(),
        new.agency_party.as_str(),
        new.text_uid.as_str(),
        file.media_type.as_str(),
        file.size_bytes,
        file.sha256.as_str(),
        file.party.as_deref().unwrap_or_default(),
        super::optional(source.map(|source| source.uri.as_str())),
        source.map_or("", |source| source.note.as_str()),
        clock::to_micros(new.created),
    ];
    tx.execute(queries::INSERT_UPLOAD, args).await.map(drop)
}

/// Makes an upload that stands at `offset` the stream's with this lease; false if it has moved or ended.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn lease(
    tx: &mut Tx,
    upload_uid: &str,
    lease: &str,
    offset: i64,
) -> Result<bool, Error> {
    let args = args![lease, upload_uid, offset];
    Ok(tx.execute(queries::LEASE_UPLOAD, args).await? == 1)
}

/// Returns whether a receiving upload is still the stream's with this lease.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn is_leased(tx: &mut Tx, upload_uid: &str, lease: &str) -> Result<bool, Error> {
    let row: Option<(String,)> = tx
        .optional(queries::LEASED, args![upload_uid, lease])
        .await?;
    Ok(row.is_some())
}

/// Records a durable piece at the end of what there is; false if the upload is another stream's or has ended.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn receive(
    tx: &mut Tx,
    upload_uid: &str,
    lease: &str,
    part: &Part,
    now: Timestamp,
) -> Result<bool, Error> {
    let moved = args![
        part.size_bytes,
        clock::to_micros(now),
        upload_uid,
        lease,
        part.offset_bytes,
    ];
    if tx.execute(queries::RECEIVE, moved).await? == 0 {
        return Ok(false);
    }
    let args = args![
        upload_uid,
        part.offset_bytes,
        part.size_bytes,
        part.object.as_str(),
    ];
    tx.execute(queries::INSERT_PART, args).await?;
    Ok(true)
}

/// Counts the pieces of an upload, up to `limit`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn part_count(
    tx: &mut Tx,
    upload_uid: &str,
    limit: usize,
) -> Result<usize, Error> {
    counted(tx, queries::PART_COUNT, args![upload_uid, as_i64(limit)]).await
}

/// Counts the uploads of an agency that receive, up to `limit`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn open_of_agency(
    tx: &mut Tx,
    agency: &str,
    party: &str,
    limit: usize,
) -> Result<usize, Error> {
    let args = args![agency, party, as_i64(limit)];
    counted(tx, queries::OPEN_OF_AGENCY, args).await
}

/// Counts the uploads for a document that receive, of whichever agencies, up to `limit`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn open_of_document(
    tx: &mut Tx,
    document: &Document,
    limit: usize,
) -> Result<usize, Error> {
    let args = args![document.uid.as_str(), as_i64(limit)];
    counted(tx, queries::OPEN_OF_DOCUMENT, args).await
}

async fn counted(tx: &mut Tx, query: &'static str, args: Vec<Value>) -> Result<usize, Error> {
    let (count,): (i64,) = tx.one(query, args).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

fn as_i64(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Reads the pieces of an upload in their order.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn parts(tx: &mut Tx, upload_uid: &str) -> Result<Vec<Part>, Error> {
    let rows: Vec<(String, i64, i64)> = tx.all(queries::PARTS, args![upload_uid]).await?;
    let part = |(object, offset_bytes, size_bytes)| Part {
        object,
        offset_bytes,
        size_bytes,
    };
    Ok(rows.into_iter().map(part).collect())
}

/// Returns whether an upload still receives.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn receives(tx: &mut Tx, upload_uid: &str) -> Result<bool, Error> {
    let row: Option<(String,)> = tx.optional(queries::RECEIVES, args![upload_uid]).await?;
    Ok(row.is_some())
}

/// Ends a receiving upload; false if it has ended.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn end(
    tx: &mut Tx,
    upload_uid: &str,
    state: UploadState,
    version_number: i64,
) -> Result<bool, Error> {
    let args = args![state.code(), version_number, upload_uid];
    Ok(tx.execute(queries::END_UPLOAD, args).await? == 1)
}

/// Gives up the uploads that got no bytes since `before`.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn give_up(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    let args = args![clock::to_micros(before)];
    tx.execute(queries::GIVE_UP, args).await
}

/// Forgets up to `limit` uploads that ended, got no bytes since `before` and have no pieces left.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn forget_ended(
    tx: &mut Tx,
    before: Timestamp,
    limit: usize,
) -> Result<u64, Error> {
    let args = args![clock::to_micros(before), as_i64(limit)];
    tx.execute(queries::DELETE_ENDED, args).await
}

/// Reads the keys of up to a hundred pieces of uploads that have ended.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn ended_parts(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let rows: Vec<(String,)> = tx.all(queries::ENDED_PARTS, vec![]).await?;
    Ok(rows.into_iter().map(|(object,)| object).collect())
}

/// Reads the keys of the pieces of one upload; none unless it has ended.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn ended_parts_of(tx: &mut Tx, upload_uid: &str) -> Result<Vec<String>, Error> {
    let args = args![upload_uid];
    let rows: Vec<(String,)> = tx.all(queries::ENDED_PARTS_OF, args).await?;
    Ok(rows.into_iter().map(|(object,)| object).collect())
}

/// Forgets a piece that is gone from the store.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn forget_part(tx: &mut Tx, object: &str) -> Result<(), Error> {
    tx.execute(queries::DELETE_PART, args![object])
        .await
        .map(drop)
}
