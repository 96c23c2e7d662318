//! What is computed from acts and kept, the counts of sectors, and what can be purged.

/// For which documents some documents wait is written anew; by the primary key. A list of uids follows.
pub(in crate::store) const DELETE_WAITS: &str = "DELETE FROM document_waits WHERE document_uid IN ";

/// The uids of documents that wait for others, by `document_waits_by_target` alone. Which targets follows, with order and
/// limit.
pub(in crate::store) const WAITING_FOR: &str =
    "SELECT w.target, w.document_uid FROM document_waits w WHERE w.target ";

/// What is left to be followed is no less than it was; by the primary key.
pub(in crate::store) const LEAVE_WAITS: &str = " ON CONFLICT (target) DO UPDATE SET after_uid = CASE WHEN excluded.after_uid < outdated_waits.after_uid \
     THEN excluded.after_uid ELSE outdated_waits.after_uid END, depth = CASE WHEN excluded.depth < outdated_waits.depth \
     THEN excluded.depth ELSE outdated_waits.depth END RETURNING target";

/// Some of what is left to be followed, by the primary key.
pub(in crate::store) const OUTDATED_WAITS: &str = "SELECT target, after_uid, depth FROM outdated_waits WHERE target > '' ORDER BY target LIMIT 500";

/// It is about to be followed; by the primary key. A list of names follows.
pub(in crate::store) const TAKE_WAITS: &str = "DELETE FROM outdated_waits WHERE target IN ";

/// Whether anything is left to be followed, by the primary key.
pub(in crate::store) const ANY_OUTDATED_WAIT: &str =
    "SELECT target FROM outdated_waits WHERE target > '' ORDER BY target LIMIT 1";

/// What is kept to come to pass in some documents, by `document_events_by_document`. A list of uids follows.
pub(in crate::store) const KEPT_EVENTS: &str =
    "SELECT document_uid, day, kind FROM document_events WHERE document_uid IN ";

/// What comes to pass in some documents is written anew; by `document_events_by_document`. A list of uids
/// follows.
pub(in crate::store) const DELETE_EVENTS: &str =
    "DELETE FROM document_events WHERE document_uid IN ";

/// Who is kept to owe something on some documents, by `pending_documents_by_document`. A list of uids follows.
pub(in crate::store) const KEPT_DEBTORS: &str =
    "SELECT document_uid, party FROM pending_documents WHERE document_uid IN ";

/// A party owes nothing any more on some documents; by `pending_documents_by_document`. The party and a list of
/// uids follow.
pub(in crate::store) const DELETE_DEBTORS: &str = "DELETE FROM pending_documents WHERE party = ";

/// What comes to pass and in which documents. Some rows of `document_events` follow, then [`DOCUMENTS_OF_EVENTS`].
pub(in crate::store) const EVENTS: &str = "SELECT e.day, e.kind, d.uid, d.partnership_id, d.id, d.revision, d.content, d.created_us, d.updated_us, \
     d.deleted_us FROM (";

/// The documents of some events, by the primary key: SQLite takes the tables of a CROSS JOIN in this order.
/// Conditions follow.
pub(in crate::store) const DOCUMENTS_OF_EVENTS: &str =
    ") e CROSS JOIN documents d WHERE d.uid = e.document_uid";

/// Those of some events whose documents wait for no other; by the primary key. With the OFFSET, PostgreSQL looks up each
/// document, here and in [`HAVING_DOCUMENTS`]: without, it reads all of them.
pub(in crate::store) const DRAWN_FROM_NO_OTHER: &str = ") e WHERE NOT EXISTS \
     (SELECT 1 FROM document_waits w WHERE w.document_uid = e.document_uid LIMIT 1 OFFSET 0)";

/// And whose documents fulfil the conditions that follow; by the primary key.
pub(in crate::store) const HAVING_DOCUMENTS: &str =
    " AND EXISTS (SELECT 1 FROM documents d WHERE d.uid = e.document_uid";

/// What comes to pass, by the primary key of `document_events`. The partnership and conditions follow.
pub(in crate::store) const LOOKED_AT: &str = "SELECT e.day, e.document_id, e.kind, e.document_uid FROM document_events e \
     WHERE e.partnership_id = ";

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
    "SELECT DISTINCT d.partnership_id FROM listed_documents d WHERE d.deleted_us <= $1";
