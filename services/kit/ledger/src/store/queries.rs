//! Every SQL text of the log, with the index that serves it.

/// Takes the log's lock and reads where it ends. On SQLite the transaction of a writer
/// is the lock. By primary key.
pub(super) const LOCK_SQLITE: &str =
    "SELECT sequence, record_time_us FROM ledger_head WHERE id = 1";
/// As [`LOCK_SQLITE`]; held until the transaction ends.
pub(super) const LOCK_POSTGRES: &str =
    "SELECT sequence, record_time_us FROM ledger_head WHERE id = 1 FOR UPDATE";
/// Reads where the log ends, and which entry that is. By primary keys.
pub(super) const NEWEST: &str = "SELECT h.sequence, e.leaf_hash FROM ledger_head h \
    LEFT JOIN ledger_entries e ON e.sequence = h.sequence WHERE h.id = 1";
/// Which entry stands at a place. By primary key.
pub(super) const HASH: &str = "SELECT leaf_hash FROM ledger_entries WHERE sequence = $1";
/// Moves the end of the log. By primary key.
pub(super) const ADVANCE: &str =
    "UPDATE ledger_head SET sequence = $1, record_time_us = $2 WHERE id = 1";

/// The numbers and sizes of entries that a filter picks; an entry's size is known without reading it.
pub(super) const LIST: &str =
    "SELECT sequence, CAST(octet_length(leaf) AS BIGINT) AS bytes FROM ledger_entries";
/// Entries by their numbers, which follow, with a closing parenthesis. By primary key.
pub(super) const READ: &str = "SELECT sequence, leaf, leaf_hash, access_level, reader_parties \
    FROM ledger_entries WHERE sequence IN (";
/// The entries after a position, up to the newest of the snapshot; conditions, order and limit
/// follow. By primary key.
pub(super) const CHANGES: &str = "SELECT e.sequence, e.leaf, e.leaf_hash, \
    e.access_level, e.reader_parties FROM ledger_entries e \
    WHERE e.sequence > $1 AND e.sequence <= $2";
/// The entry that was the newest of each resource at $1, for resources named after $2; conditions,
/// order and limit follow. By primary key of `ledger_resources`, then of `ledger_entries`; for the few
/// resources that have changed since, by `ledger_entries_by_resource`.
pub(super) const STATES: &str = "SELECT e.sequence, e.leaf, e.leaf_hash, e.access_level, e.reader_parties \
    FROM ledger_resources r JOIN ledger_entries e ON e.sequence = CASE \
    WHEN r.sequence <= $1 THEN r.sequence ELSE (SELECT max(p.sequence) FROM ledger_entries p \
    WHERE p.resource = r.resource AND p.sequence <= $1) END \
    WHERE r.resource > $2";

/// The newest entry recorded before $1: record times do not run against the sequence. By
/// `ledger_entries_by_time`.
pub(super) const NEWEST_BEFORE: &str = "SELECT sequence FROM ledger_entries \
    WHERE record_time_us < $1 ORDER BY record_time_us DESC, sequence DESC LIMIT 1";
/// The entry that was the newest of each resource at $1; the resources' names follow. By primary key of
/// `ledger_resources`, then of `ledger_entries`; for those that have changed since, by
/// `ledger_entries_by_resource`.
pub(super) const STATES_OF: &str = "SELECT e.sequence, e.leaf, e.leaf_hash, e.access_level, e.reader_parties \
    FROM ledger_resources r JOIN ledger_entries e ON e.sequence = CASE \
    WHEN r.sequence <= $1 THEN r.sequence ELSE (SELECT max(p.sequence) FROM ledger_entries p \
    WHERE p.resource = r.resource AND p.sequence <= $1) END";

/// The answer that a caller was given for a request id. By primary key.
pub(super) const FIND: &str = "SELECT digest, answer FROM ledger_requests \
    WHERE subject = $1 AND request_id = $2 AND expire_time_us > $3";
/// Keeps an answer, in place of an expired one. By primary key.
pub(super) const REMEMBER: &str = "INSERT INTO ledger_requests \
    (subject, request_id, digest, answer, expire_time_us) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (subject, request_id) DO UPDATE SET digest = excluded.digest, \
    answer = excluded.answer, expire_time_us = excluded.expire_time_us";
/// Removes some expired answers. By `ledger_requests_by_expiry`.
pub(super) const FORGET: &str = "DELETE FROM ledger_requests WHERE (subject, request_id) IN \
    (SELECT subject, request_id FROM ledger_requests WHERE expire_time_us <= $1 \
    ORDER BY expire_time_us LIMIT $2)";
