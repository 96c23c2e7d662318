-- The log of one service. The one row of ledger_head is the lock that every mutation takes first;
-- it has the number and the time of the newest entry, before which no later one is recorded.
CREATE TABLE ledger_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    record_time_us INTEGER NOT NULL
) STRICT;

INSERT INTO ledger_head (id, sequence, record_time_us) VALUES (1, 0, 0);

CREATE TABLE ledger_entries (
    sequence INTEGER PRIMARY KEY,
    record_time_us INTEGER NOT NULL,
    resource TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    kind INTEGER NOT NULL,
    actor_party TEXT NOT NULL,
    request_id TEXT NOT NULL,
    leaf BLOB NOT NULL,
    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)
) STRICT;

CREATE UNIQUE INDEX ledger_entries_by_resource ON ledger_entries (resource, sequence);
CREATE INDEX ledger_entries_by_time ON ledger_entries (record_time_us);
CREATE INDEX ledger_entries_by_request ON ledger_entries (request_id) WHERE request_id <> '';

CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'entries of the ledger never change');
END;

CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'entries of the ledger never change');
END;

-- The newest entry of each resource.
CREATE TABLE ledger_resources (
    resource TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL REFERENCES ledger_entries (sequence)
) STRICT, WITHOUT ROWID;

-- Answers kept for retries.
CREATE TABLE ledger_requests (
    subject TEXT NOT NULL,
    request_id TEXT NOT NULL,
    digest BLOB NOT NULL,
    answer BLOB NOT NULL,
    expire_time_us INTEGER NOT NULL,
    PRIMARY KEY (subject, request_id)
) STRICT;

CREATE INDEX ledger_requests_by_expiry ON ledger_requests (expire_time_us);
