//! The SQL texts about texts, each with the index that serves it.

/// Texts.
pub(super) const TEXTS: &str = "SELECT t.uid, t.id, t.revision, t.language, t.authentic, t.access_level, t.version_count, \
     t.created_us, t.updated_us FROM texts t";

/// One text, by the unique key of its document and id.
pub(super) const TEXT_BY_ID: &str = "SELECT t.uid, t.id, t.revision, t.language, t.authentic, t.access_level, t.version_count, \
     t.created_us, t.updated_us FROM texts t WHERE t.document_uid = $1 AND t.id = $2";

/// A new text.
pub(super) const INSERT_TEXT: &str = "INSERT INTO texts \
     (uid, document_uid, id, revision, language, authentic, access_level, version_count, created_us, updated_us) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// A changed text, if it still has the revision before; by its primary key.
pub(super) const UPDATE_TEXT: &str = "UPDATE texts \
     SET revision = $1, authentic = $2, access_level = $3, version_count = $4, updated_us = $5 \
     WHERE uid = $6 AND revision = $7";

/// The newest standing versions of some texts, one for each party; by the unique key of text and number.
pub(super) const STANDING_BEGIN: &str = "SELECT v.text_uid, v.party, v.number, v.sha256, v.words_sha256 FROM text_versions v \
     JOIN (SELECT n.text_uid AS text_uid, max(n.number) AS number FROM text_versions n \
           WHERE n.withdrawn_us IS NULL AND n.text_uid IN (";
/// Its end.
pub(super) const STANDING_END: &str = ") GROUP BY n.text_uid, n.party) newest ON newest.text_uid = v.text_uid AND newest.number = v.number";

/// The folder of a register that has none yet.
pub(super) const INSERT_STORE: &str =
    "INSERT INTO text_stores (number, uid) VALUES (1, $1) ON CONFLICT (number) DO NOTHING";

/// The folder of the register.
pub(super) const STORE: &str = "SELECT s.uid FROM text_stores s WHERE s.number = 1";

/// Versions, each with what is known of its file.
pub(super) const VERSIONS: &str = "SELECT v.uid, v.text_uid, v.number, v.revision, v.media_type, b.size_bytes, v.sha256, v.party, \
     v.source_uri, v.source_note, v.extraction, v.extracted_chars, v.words_sha256, b.integrity, b.checked_us, v.created_us, v.recorder, \
     v.recorder_party, v.withdrawn_us, v.withdrawal_reason, v.withdrawer \
     FROM text_versions v JOIN blobs b ON b.sha256 = v.sha256";

/// One version, by the unique key of its text and number.
pub(super) const VERSION_BY_NUMBER: &str = "SELECT v.uid, v.text_uid, v.number, v.revision, v.media_type, b.size_bytes, v.sha256, \
     v.party, v.source_uri, v.source_note, v.extraction, v.extracted_chars, v.words_sha256, b.integrity, b.checked_us, v.created_us, v.recorder, \
     v.recorder_party, v.withdrawn_us, v.withdrawal_reason, v.withdrawer \
     FROM text_versions v JOIN blobs b ON b.sha256 = v.sha256 WHERE v.text_uid = $1 AND v.number = $2";

/// A new version; the rest has the value of a version that stands and has not been looked at.
pub(super) const INSERT_VERSION: &str = "INSERT INTO text_versions \
     (uid, text_uid, number, revision, media_type, sha256, party, source_uri, source_note, extraction, extraction_attempts, \
      extraction_until_us, extracted_chars, words_sha256, created_us, recorder, recorder_party, withdrawal_reason, withdrawer) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, '', $11, $12, $13, '', '')";

/// A withdrawn version, if it still has the revision before; by its primary key.
pub(super) const WITHDRAW_VERSION: &str = "UPDATE text_versions \
     SET revision = $1, withdrawn_us = $2, withdrawal_reason = $3, withdrawer = $4 WHERE uid = $5 AND revision = $6";

/// The newest version that was not looked at for words and that nobody looks at now, so that a new file need not wait for many
/// that are looked at anew; by `text_versions_pending`.
pub(super) const NEXT_PENDING: &str = "SELECT v.uid, v.number, v.media_type, v.sha256, v.extraction_attempts, t.id AS text_id, \
     d.partnership_id, d.id AS document_id \
     FROM text_versions v JOIN texts t ON t.uid = v.text_uid JOIN documents d ON d.uid = t.document_uid \
     WHERE v.extraction = 1 AND v.withdrawn_us IS NULL AND v.extraction_until_us <= $1 ORDER BY v.created_us DESC LIMIT 1";

/// One more attempt at the words of a version, by one replica at a time; by its primary key.
pub(super) const BEGIN_EXTRACTION: &str = "UPDATE text_versions \
     SET extraction_attempts = extraction_attempts + 1, extraction_until_us = $1 \
     WHERE uid = $2 AND extraction = 1 AND withdrawn_us IS NULL AND extraction_until_us <= $3";

/// An attempt that was broken off, and does not count; by its primary key.
pub(super) const GIVE_BACK_EXTRACTION: &str = "UPDATE text_versions \
     SET extraction_attempts = extraction_attempts - 1, extraction_until_us = 0 \
     WHERE uid = $1 AND extraction = 1 AND extraction_until_us = $2";

/// Whether an attempt is still its replica's, and wanted; by the primary key.
pub(super) const HOLDS_EXTRACTION: &str = "SELECT v.uid FROM text_versions v \
     WHERE v.uid = $1 AND v.extraction = 1 AND v.withdrawn_us IS NULL AND v.extraction_until_us = $2";

/// What an attempt came to, unless another was quicker; by its primary key.
pub(super) const END_EXTRACTION: &str = "UPDATE text_versions SET extraction = $1, extracted_chars = $2, words_sha256 = $3 \
     WHERE uid = $4 AND extraction = 1 AND withdrawn_us IS NULL";

/// A stored file, by its primary key.
pub(super) const BLOB: &str = "SELECT b.sha256, b.object, b.size_bytes, b.chunk_hashes, b.integrity, b.checked_us FROM blobs b WHERE b.sha256 = $1";

/// A claim to a file that is to be stored; the object is the first claim's.
pub(super) const CLAIM_BLOB: &str = "INSERT INTO blobs \
     (sha256, object, size_bytes, chunk_hashes, integrity, checked_us, tried_us, claimed_us) VALUES ($1, $2, $3, $4, $5, $6, 0, $6) \
     ON CONFLICT (sha256) DO UPDATE SET claimed_us = excluded.claimed_us RETURNING object";

/// A file that is stored now and has just been read in full, unless the claim has lapsed; by its primary key.
pub(super) const STORE_BLOB: &str = "UPDATE blobs \
     SET size_bytes = $1, chunk_hashes = $2, integrity = 1, checked_us = $3, tried_us = 0, claimed_us = $3 \
     WHERE sha256 = $4 AND object = $5";

/// What a full look at a file found, unless it was stored or looked at anew meanwhile; by its primary key.
pub(super) const CHECK_BLOB: &str = "UPDATE blobs SET integrity = $1, checked_us = $2, tried_us = 0 \
     WHERE sha256 = $3 AND object = $4 AND checked_us = $5";

/// A look at a file that failed; by its primary key.
pub(super) const TRY_BLOB: &str = "UPDATE blobs SET tried_us = $1 WHERE sha256 = $2";

/// What a partial look at a file found, unless it was stored or looked at anew meanwhile; by its primary key.
pub(super) const DOUBT_BLOB: &str =
    "UPDATE blobs SET integrity = $1 WHERE sha256 = $2 AND object = $3 AND checked_us = $4";

/// The file that was not looked at for longest, of those that are stored; by `blobs_by_check`.
pub(super) const NEXT_UNCHECKED: &str = "SELECT b.sha256, b.object, b.size_bytes, b.chunk_hashes, b.integrity, b.checked_us \
     FROM blobs b WHERE b.checked_us < $1 AND b.tried_us < $2 AND length(b.chunk_hashes) > 0 ORDER BY b.checked_us LIMIT 1";

/// The damaged file that was not looked at for longest; by `blobs_by_integrity`.
pub(super) const NEXT_DAMAGED: &str = "SELECT b.sha256, b.object, b.size_bytes, b.chunk_hashes, b.integrity, b.checked_us \
     FROM blobs b WHERE b.integrity IN (2, 3) AND b.checked_us < $1 AND b.tried_us < $1 ORDER BY b.checked_us LIMIT 1";

/// How many files are known to be damaged, by how; by `blobs_by_integrity`.
pub(super) const DAMAGED_BLOBS: &str =
    "SELECT b.integrity, count(*) FROM blobs b WHERE b.integrity IN (2, 3) GROUP BY b.integrity";

/// A page of the files that no upload has claimed lately, in the order of their claims, each with a version that has it
/// or nothing; by `blobs_by_claim` and `text_versions_by_blob`.
pub(super) const CLAIMED_BLOBS: &str = "SELECT b.claimed_us, b.sha256, b.object, \
     COALESCE((SELECT v.uid FROM text_versions v WHERE v.sha256 = b.sha256 LIMIT 1), '') \
     FROM blobs b WHERE b.claimed_us >= $1 AND (b.claimed_us > $1 OR b.sha256 > $2) AND b.claimed_us < $3 \
     ORDER BY b.claimed_us, b.sha256 LIMIT $4";

/// Forgets a file that is still unused; by its primary key.
pub(super) const DELETE_BLOB: &str = "DELETE FROM blobs WHERE sha256 = $1 AND object = $2 AND claimed_us < $3 \
     AND NOT EXISTS (SELECT 1 FROM text_versions v WHERE v.sha256 = blobs.sha256)";

/// Which of some objects are known.
pub(super) const KNOWN_BLOBS: &str = "SELECT b.object FROM blobs b WHERE b.object IN (";
/// Which of some objects are pieces of uploads.
pub(super) const KNOWN_PARTS: &str = "SELECT p.object FROM upload_parts p WHERE p.object IN (";

/// One upload, by the unique key of its document and id.
pub(super) const UPLOAD_BY_ID: &str = "SELECT u.uid, u.id, u.agency, u.agency_party, u.text_uid, t.id AS text_id, u.media_type, \
     u.size_bytes, u.sha256, u.party, u.source_uri, u.source_note, u.received_bytes, u.state, u.version_number, u.created_us, \
     u.touched_us FROM uploads u JOIN texts t ON t.uid = u.text_uid WHERE u.document_uid = $1 AND u.id = $2";

/// A new upload.
pub(super) const INSERT_UPLOAD: &str = "INSERT INTO uploads \
     (uid, document_uid, id, agency, agency_party, text_uid, media_type, size_bytes, sha256, party, source_uri, source_note, \
      received_bytes, state, version_number, lease, created_us, touched_us) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1, 0, '', $13, $13)";

/// The upload becomes one stream's; by its primary key.
pub(super) const LEASE_UPLOAD: &str =
    "UPDATE uploads SET lease = $1 WHERE uid = $2 AND state = 1 AND received_bytes = $3";

/// Whether the upload is still one stream's; by its primary key.
pub(super) const LEASED: &str =
    "SELECT u.uid FROM uploads u WHERE u.uid = $1 AND u.lease = $2 AND u.state = 1";

/// More of the upload is durable, if it is still the stream's; by its primary key.
pub(super) const RECEIVE: &str = "UPDATE uploads SET received_bytes = received_bytes + $1, touched_us = $2 \
     WHERE uid = $3 AND lease = $4 AND state = 1 AND received_bytes = $5";

/// A durable piece.
pub(super) const INSERT_PART: &str = "INSERT INTO upload_parts (upload_uid, offset_bytes, size_bytes, object) VALUES ($1, $2, $3, $4)";

/// How many pieces an upload has, up to a limit; by the primary key.
pub(super) const PART_COUNT: &str = "SELECT count(*) FROM \
     (SELECT p.offset_bytes FROM upload_parts p WHERE p.upload_uid = $1 LIMIT $2) counted";

/// How many uploads of an agency receive, up to a limit; by `uploads_by_state`.
pub(super) const OPEN_OF_AGENCY: &str = "SELECT count(*) FROM \
     (SELECT u.uid FROM uploads u WHERE u.state = 1 AND u.agency = $1 AND u.agency_party = $2 LIMIT $3) counted";

/// How many uploads for a document receive, up to a limit; by the unique key of document and id.
pub(super) const OPEN_OF_DOCUMENT: &str = "SELECT count(*) FROM \
     (SELECT u.uid FROM uploads u WHERE u.document_uid = $1 AND u.state = 1 LIMIT $2) counted";

/// The pieces of an upload in their order; by the primary key.
pub(super) const PARTS: &str = "SELECT p.object, p.offset_bytes, p.size_bytes FROM upload_parts p WHERE p.upload_uid = $1 \
     ORDER BY p.offset_bytes";

/// Whether an upload receives; by its primary key.
pub(super) const RECEIVES: &str = "SELECT u.uid FROM uploads u WHERE u.uid = $1 AND u.state = 1";

/// The end of an upload that receives; by its primary key.
pub(super) const END_UPLOAD: &str =
    "UPDATE uploads SET state = $1, version_number = $2 WHERE uid = $3 AND state = 1";

/// The uploads that got no bytes for too long; by `uploads_by_state`.
pub(super) const GIVE_UP: &str = "UPDATE uploads SET state = 4 WHERE state = 1 AND touched_us < $1";

/// Pieces of uploads that have ended; by `uploads_by_state` and the primary key.
pub(super) const ENDED_PARTS: &str = "SELECT p.object FROM uploads u JOIN upload_parts p ON p.upload_uid = u.uid \
     WHERE u.state > 1 LIMIT 100";

/// Pieces of one upload, if it has ended; by the primary keys.
pub(super) const ENDED_PARTS_OF: &str = "SELECT p.object FROM uploads u JOIN upload_parts p ON p.upload_uid = u.uid \
     WHERE u.uid = $1 AND u.state > 1";

/// Forgets a piece; by its unique key.
pub(super) const DELETE_PART: &str = "DELETE FROM upload_parts WHERE object = $1";

/// Forgets some uploads that ended long ago; by `uploads_by_state`.
pub(super) const DELETE_ENDED: &str = "DELETE FROM uploads WHERE uid IN (SELECT u.uid FROM uploads u \
     WHERE u.state IN (2, 3, 4) AND u.touched_us < $1 \
     AND NOT EXISTS (SELECT 1 FROM upload_parts p WHERE p.upload_uid = u.uid) LIMIT $2)";
