//! Stored files in the database: where each is, and what its bytes must hash to.

use aip::Sql;
use jiff::Timestamp;
use storage::{Error, Tx, args};

use super::queries;
use crate::{domain::Integrity, text_store::Chunks};

storage::row! {
    /// A stored file.
    struct BlobRow {
        sha256: String,
        object: String,
        size_bytes: i64,
        chunk_hashes: Vec<u8>,
        integrity: i64,
        checked_us: i64,
    }
}

/// A stored file.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    pub(crate) sha256: String,
    /// Its key in the text store.
    pub(crate) object: String,
    pub(crate) chunks: Chunks,
    pub(crate) integrity: Integrity,
    /// When it was last stored or looked at in full.
    pub(crate) checked: Timestamp,
}

/// A file that is due for a look.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    Blob(Blob),
    /// What is known of it makes no sense.
    Senseless {
        sha256: String,
    },
}

impl TryFrom<BlobRow> for Blob {
    type Error = Error;

    fn try_from(row: BlobRow) -> Result<Self, Error> {
        let corrupt = |column| Error::corrupt("blobs", column, &row.sha256, "means nothing");
        let size = u64::try_from(row.size_bytes).map_err(|_| corrupt("size_bytes"))?;
        Ok(Self {
            integrity: Integrity::from_code(row.integrity).ok_or_else(|| corrupt("integrity"))?,
            chunks: Chunks::new(size, row.chunk_hashes).ok_or_else(|| corrupt("chunk_hashes"))?,
            checked: clock::from_micros(row.checked_us),
            sha256: row.sha256,
            object: row.object,
        })
    }
}

/// Reads the stored file of that hash; one that is only claimed is [`Error::Corrupt`].
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get(tx: &mut Tx, sha256: &str) -> Result<Option<Blob>, Error> {
    let row: Option<BlobRow> = tx.optional(queries::BLOB, args![sha256]).await?;
    row.map(Blob::try_from).transpose()
}

/// Lays claim to a file that is about to be stored, so that it is not swept, and returns its key: `fresh` unless it
/// has one.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn claim(
    tx: &mut Tx,
    sha256: &str,
    fresh: &str,
    size_bytes: i64,
    now: Timestamp,
) -> Result<String, Error> {
    let nothing: &[u8] = &[];
    let args = args![
        sha256,
        fresh,
        size_bytes,
        nothing,
        Integrity::Intact.code(),
        clock::to_micros(now),
    ];
    let (object,): (String,) = tx.one(queries::CLAIM_BLOB, args).await?;
    Ok(object)
}

/// Notes that a claimed file is stored, of how many bytes, and was just read in full; false if the claim has lapsed.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn stored(
    tx: &mut Tx,
    sha256: &str,
    object: &str,
    size_bytes: i64,
    chunk_hashes: &[u8],
    now: Timestamp,
) -> Result<bool, Error> {
    let now = clock::to_micros(now);
    let args = args![size_bytes, chunk_hashes, now, sha256, object];
    Ok(tx.execute(queries::STORE_BLOB, args).await? == 1)
}

/// Notes what a look at the whole file found; nothing if the file was stored or looked at anew since `blob` was read.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn checked(
    tx: &mut Tx,
    blob: &Blob,
    found: Integrity,
    now: Timestamp,
) -> Result<(), Error> {
    let args = args![
        found.code(),
        clock::to_micros(now),
        blob.sha256.as_str(),
        blob.object.as_str(),
        clock::to_micros(blob.checked),
    ];
    tx.execute(queries::CHECK_BLOB, args).await.map(drop)
}

/// Notes that a look at a file failed.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn tried(tx: &mut Tx, sha256: &str, now: Timestamp) -> Result<(), Error> {
    let args = args![clock::to_micros(now), sha256];
    tx.execute(queries::TRY_BLOB, args).await.map(drop)
}

/// Notes that a part of the file was found damaged, or the file gone; nothing if the file was stored or looked at anew
/// since `blob` was read.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn doubted(tx: &mut Tx, blob: &Blob, found: Integrity) -> Result<(), Error> {
    let args = args![
        found.code(),
        blob.sha256.as_str(),
        blob.object.as_str(),
        clock::to_micros(blob.checked),
    ];
    tx.execute(queries::DOUBT_BLOB, args).await.map(drop)
}

/// Reads the file that is due for a look: a damaged one that was not looked at since `damaged_before`, else the one
/// that was not looked at for longest, if not since `before`. One that a look failed at since `damaged_before` waits.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn due(
    tx: &mut Tx,
    before: Timestamp,
    damaged_before: Timestamp,
) -> Result<Option<Due>, Error> {
    let damaged = args![clock::to_micros(damaged_before)];
    let mut row: Option<BlobRow> = tx.optional(queries::NEXT_DAMAGED, damaged).await?;
    if row.is_none() {
        let unchecked = args![clock::to_micros(before), clock::to_micros(damaged_before)];
        row = tx.optional(queries::NEXT_UNCHECKED, unchecked).await?;
    }
    Ok(row.map(|row| {
        let sha256 = row.sha256.clone();
        Blob::try_from(row).map_or(Due::Senseless { sha256 }, Due::Blob)
    }))
}

/// Counts the files that are known to be corrupt, and those known to be missing.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn damaged(tx: &mut Tx) -> Result<(u64, u64), Error> {
    let rows: Vec<(i64, i64)> = tx.all(queries::DAMAGED_BLOBS, vec![]).await?;
    let of = |integrity: Integrity| {
        let code = i64::from(integrity.code());
        let found = rows.iter().find(|(found, _)| *found == code);
        found.map_or(0, |(_, count)| u64::try_from(*count).unwrap_or(0))
    };
    Ok((of(Integrity::Corrupt), of(Integrity::Missing)))
}

/// A file that no version has and no upload has claimed lately.
#[derive(Clone, Debug)]
pub(crate) struct Unused {
    pub(crate) sha256: String,
    pub(crate) object: String,
}

/// Where a walk over the files in the order of their claims stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walk {
    claimed_us: i64,
    sha256: String,
}

/// How many files a walk looks at in one transaction.
const PAGE: usize = 500;

/// Reads which of the next files are unused, of those that no upload has claimed since `before`, and where the walk
/// stands then; nothing once it is at its end.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn unused(
    tx: &mut Tx,
    walk: &Walk,
    before: Timestamp,
) -> Result<Option<(Vec<Unused>, Walk)>, Error> {
    let args = args![
        walk.claimed_us,
        walk.sha256.as_str(),
        clock::to_micros(before),
        i64::try_from(PAGE).unwrap_or(i64::MAX),
    ];
    let rows: Vec<(i64, String, String, String)> = tx.all(queries::CLAIMED_BLOBS, args).await?;
    let Some((claimed_us, sha256, ..)) = rows.last().cloned() else {
        return Ok(None);
    };
    let without = rows.into_iter().filter(|(.., version)| version.is_empty());
    let unused = without.map(|(_, sha256, object, _)| Unused { sha256, object });
    Ok(Some((unused.collect(), Walk { claimed_us, sha256 })))
}

/// Forgets a file that is unused; false if an upload has claimed it since `before`, or a version has it by now.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn forget(tx: &mut Tx, unused: &Unused, before: Timestamp) -> Result<bool, Error> {
    let args = args![
        unused.sha256.as_str(),
        unused.object.as_str(),
        clock::to_micros(before),
    ];
    Ok(tx.execute(queries::DELETE_BLOB, args).await? == 1)
}

/// Returns which of some keys belong to files or to pieces of uploads.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn known(tx: &mut Tx, keys: &[String]) -> Result<Vec<String>, Error> {
    let mut known = Vec::new();
    for query in [queries::KNOWN_BLOBS, queries::KNOWN_PARTS] {
        let mut sql = Sql::new(query);
        for (index, key) in keys.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).bind(key);
        }
        sql.push(")");
        let rows: Vec<(String,)> = tx.all(sql, vec![]).await?;
        known.extend(rows.into_iter().map(|(key,)| key));
    }
    Ok(known)
}
