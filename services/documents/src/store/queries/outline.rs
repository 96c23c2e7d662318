//! What is computed from acts and kept, the counts of sectors, and what can be purged.

/// For which documents some documents wait is written anew; by the primary key. A list of uids follows.
pub(in crate::store) const DELETE_WAITS: &str = "DELETE FROM document_waits WHERE document_uid IN ";

/// The documents that wait for some others, by `document_waits_by_target` and the primary key. A list of
/// names follows.
pub(in crate::store) const WAITING_FOR: &str = "SELECT d.partnership_id, d.id FROM document_waits w JOIN documents d ON d.uid = w.document_uid \
     WHERE w.target IN ";

/// What comes to pass in some documents is written anew; by `document_events_by_document`. A list of uids
/// follows.
pub(in crate::store) const DELETE_EVENTS: &str =
    "DELETE FROM document_events WHERE document_uid IN ";

/// Who owes something on some documents is written anew; by `pending_documents_by_document`. A list of
/// uids follows.
pub(in crate::store) const DELETE_PENDING: &str =
    "DELETE FROM pending_documents WHERE document_uid IN ";

/// What comes to pass and in which documents, by the primary key of `document_events`: SQLite takes the tables of
/// a CROSS JOIN in this order. Conditions follow, the first that `d.uid = e.document_uid`.
pub(in crate::store) const EVENTS: &str = "SELECT e.day, e.kind, d.uid, d.partnership_id, d.id, d.revision, d.content, d.created_us, d.updated_us, \
     d.deleted_us FROM document_events e CROSS JOIN documents d";

/// Documents on which something may be owed, by the primary key of `pending_documents`. Conditions follow, the first
/// that `d.uid = p.document_uid`.
pub(in crate::store) const PENDING: &str = "SELECT d.uid, d.partnership_id, d.id, d.revision, d.content, d.created_us, d.updated_us, \
     d.deleted_us FROM pending_documents p CROSS JOIN documents d";

/// Some documents whose derived rows must be written anew, by the primary key.
pub(in crate::store) const OUTDATED: &str = "SELECT d.uid, d.partnership_id, d.id, d.revision, d.content, d.created_us, d.updated_us, \
     d.deleted_us FROM outdated_documents o JOIN documents d ON d.uid = o.document_uid \
     ORDER BY o.document_uid LIMIT 500";

/// Some documents are up to date; by the primary key. A list of uids follows.
pub(in crate::store) const SETTLE: &str = "DELETE FROM outdated_documents WHERE document_uid IN ";

/// A sector that no document of this audience has any more is forgotten; by the primary key.
pub(in crate::store) const DELETE_SECTOR: &str = "DELETE FROM sector_counts WHERE partnership_id = $1 AND sector = $2 AND access_level = $3 \
     AND parties = $4 AND document_count = 0";

/// The sectors of a partnership, by the primary key of `sector_counts`. Conditions follow.
pub(in crate::store) const SECTORS: &str = "SELECT s.sector, CAST(sum(s.document_count) AS BIGINT) AS document_count FROM sector_counts s \
     WHERE s.partnership_id = ";

/// The partnerships that have documents which were deleted long ago, by `documents_by_deletion`.
pub(in crate::store) const PURGEABLE: &str =
    "SELECT DISTINCT d.partnership_id FROM documents d WHERE d.deleted_us <= $1";
