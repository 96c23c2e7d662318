//! Every SQL text that is not a list's, each with the index that serves it.

pub(super) mod outline;

/// Partnerships.
pub(super) const PARTNERSHIPS: &str = "SELECT p.uid, p.id, p.revision, p.profile, p.created_us, p.updated_us, \
     p.document_count, p.registered_document_count FROM partnerships p";

/// One partnership, by its unique id.
pub(super) const PARTNERSHIP_BY_ID: &str = "SELECT p.uid, p.id, p.revision, p.profile, p.created_us, p.updated_us, \
     p.document_count, p.registered_document_count FROM partnerships p WHERE p.id = $1";

/// A new partnership.
pub(super) const INSERT_PARTNERSHIP: &str = "INSERT INTO partnerships \
     (uid, id, revision, profile, display_text, declared_document_count, document_count, registered_document_count, \
      created_us, updated_us) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// A changed partnership, if it still has the revision it was read with; by its primary key.
pub(super) const UPDATE_PARTNERSHIP: &str = "UPDATE partnerships \
     SET revision = $1, profile = $2, display_text = $3, declared_document_count = $4, updated_us = $5 \
     WHERE uid = $6 AND revision = $7";

/// The counts of a partnership after documents of it changed; by its unique id.
pub(super) const COUNT_DOCUMENTS: &str = "UPDATE partnerships \
     SET document_count = document_count + $1, registered_document_count = registered_document_count + $2 WHERE id = $3";

/// The parties of a partnership are written anew; by the primary key.
pub(super) const DELETE_PARTNERSHIP_PARTIES: &str =
    "DELETE FROM partnership_parties WHERE partnership_uid = $1";

/// The states that are parties of a partnership's documents, deleted ones too; by the primary key.
pub(super) const PARTIES_OF_DOCUMENTS: &str =
    "SELECT DISTINCT p.party FROM listed_parties p WHERE p.partnership_id = $1 ORDER BY p.party";

/// The document of a row of a set, by the primary key. SQLite takes the tables of a CROSS JOIN in their order; with the
/// expression, PostgreSQL does not walk through the documents beside the set.
pub(super) const OF_SET: &str =
    "d.partnership_id = s.partnership_id AND d.id = COALESCE(s.document_id, '')";

/// The titles of a listed document, one a line, by the primary key, as a column of a query that has a limit: what reads
/// it then has it once.
pub(super) const TITLES: &str = ", (SELECT t.titles FROM listed_titles t \
     WHERE t.partnership_id = d.partnership_id AND t.document_id = d.id LIMIT 1 OFFSET 0) AS title_text";

/// The ids of documents, with what lists filter and sort by; by the primary key.
pub(super) const LISTED_IDS: &str = "SELECT d.id FROM listed_documents d";

/// Documents.
pub(super) const DOCUMENTS: &str = "SELECT d.uid, d.partnership_id, d.id, d.revision, d.content, d.created_us, d.updated_us, \
     d.deleted_us FROM documents d";

/// The ids of documents, by the unique key of their names.
pub(super) const DOCUMENT_IDS: &str = "SELECT d.id FROM documents d";

/// One document, by the unique key of its name.
pub(super) const DOCUMENT_BY_ID: &str = "SELECT d.uid, d.partnership_id, d.id, d.revision, d.content, d.created_us, d.updated_us, \
     d.deleted_us FROM documents d WHERE d.partnership_id = $1 AND d.id = $2";

/// A changed document, if it still has the revision it was read with; by its primary key.
pub(super) const UPDATE_DOCUMENT: &str = "UPDATE documents \
     SET revision = $3, content = $4, access_level = $5, parties = $6, updated_us = $7, deleted_us = $8 \
     WHERE uid = $1 AND revision = $2";

/// What lists filter and sort a document by; by the primary key.
pub(super) const UPDATE_LISTED: &str = "UPDATE listed_documents \
     SET updated_us = $3, deleted_us = $4, item_number = $5, kind = $6, level = $7, access_level = $8, signature_day = $9, \
         title_known = $10, signature_place = $11, parties = $12, sectors = $13 \
     WHERE partnership_id = $1 AND id = $2";

/// The titles of a document, for lists; by the primary key.
pub(super) const UPDATE_LISTED_TITLES: &str =
    "UPDATE listed_titles SET titles = $3 WHERE partnership_id = $1 AND document_id = $2";

/// Who has an item number among the documents of a partnership that are not deleted; the partnership and the numbers
/// follow. By `documents_item_numbers`.
pub(super) const ITEM_NUMBER_HOLDERS: &str = "SELECT d.item_number, d.id FROM listed_documents d \
     WHERE d.item_number > 0 AND d.deleted_us IS NULL AND d.partnership_id = ";

/// The states that have recorded acts on a document; by `acts_by_party`.
pub(super) const PARTIES_OF_ACTS: &str =
    "SELECT DISTINCT a.party FROM acts a WHERE a.document_uid = $1 ORDER BY a.party";

/// Acts.
pub(super) const ACTS: &str = "SELECT a.uid, a.document_uid, a.id, a.revision, a.party, a.kind, a.day, a.receipt_day, \
     a.effective_day, a.notifying_party, a.reference, a.source_uri, a.source_note, a.publication_day, a.created_us, a.recorder, \
     a.retracted_us, a.retraction_reason, a.retractor FROM acts a";

/// One act, by the unique key of its document and id.
pub(super) const ACT_BY_ID: &str = "SELECT a.uid, a.document_uid, a.id, a.revision, a.party, a.kind, a.day, a.receipt_day, \
     a.effective_day, a.notifying_party, a.reference, a.source_uri, a.source_note, a.publication_day, a.created_us, a.recorder, \
     a.retracted_us, a.retraction_reason, a.retractor FROM acts a WHERE a.document_uid = $1 AND a.id = $2";

/// The end of the query for those of the wanted acts that there are; by the unique key of document and id.
pub(super) const EXISTING_ACTS: &str = ") SELECT a.document_uid, a.id, a.uid FROM wanted w \
     JOIN acts a ON a.document_uid = w.document_uid AND a.id = w.id";

/// A retracted act, if it still has the revision it was read with; by its primary key.
pub(super) const RETRACT_ACT: &str = "UPDATE acts \
     SET revision = $1, retracted_us = $2, retraction_reason = $3, retractor = $4 WHERE uid = $5 AND revision = $6";

/// The relations that are kept of some documents; a list of uids follows. By primary key.
pub(super) const KEPT_RELATIONS: &str = "SELECT r.document_uid, r.kind, r.target FROM document_relations r \
     WHERE r.document_uid IN ";

/// The relations of some documents are written anew; a list of uids follows. By primary key.
pub(super) const DELETE_RELATIONS: &str = "DELETE FROM document_relations WHERE document_uid IN ";

/// The relations that a document has.
pub(super) const OUTGOING_RELATIONS: &str =
    "SELECT r.kind, r.target AS resource FROM document_relations r";

/// The relations that documents have to another.
pub(super) const INCOMING_RELATIONS: &str = "SELECT r.kind, r.document AS resource FROM document_relations r \
     JOIN documents d ON d.uid = r.document_uid";

/// The relations of documents that are named by partnership and id; by the unique key of their names and the
/// primary key of relations.
pub(super) const RELATION_TARGETS: &str = "SELECT r.document, r.target FROM documents d \
     JOIN document_relations r ON r.document_uid = d.uid";

/// Documents that have a relation to a resource.
pub(super) const RELATED_DOCUMENTS: &str = "SELECT d.partnership_id, d.id FROM document_relations r \
     JOIN documents d ON d.uid = r.document_uid";

/// Documents that wait for another.
pub(super) const WAITING_DOCUMENTS: &str = "SELECT d.partnership_id, d.id FROM document_waits w \
     JOIN documents d ON d.uid = w.document_uid";
