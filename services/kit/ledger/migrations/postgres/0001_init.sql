-- The log of one service. The one row of ledger_head is the lock that every mutation takes first;
-- it has the number and the time of the newest entry, before which no later one is recorded.
CREATE TABLE ledger_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    record_time_us BIGINT NOT NULL
);

INSERT INTO ledger_head (id, sequence, record_time_us) VALUES (1, 0, 0);

CREATE TABLE ledger_entries (
    sequence BIGINT PRIMARY KEY,
    record_time_us BIGINT NOT NULL,
    resource TEXT COLLATE "C" NOT NULL,
    resource_type TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    actor_party TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    leaf BYTEA NOT NULL,
    leaf_hash BYTEA NOT NULL CHECK (length(leaf_hash) = 32)
);

CREATE UNIQUE INDEX ledger_entries_by_resource ON ledger_entries (resource, sequence);
CREATE INDEX ledger_entries_by_time ON ledger_entries (record_time_us);
CREATE INDEX ledger_entries_by_request ON ledger_entries (request_id) WHERE request_id <> '';

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the ledger never change';
END
$$;

CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- The newest entry of each resource.
CREATE TABLE ledger_resources (
    resource TEXT COLLATE "C" PRIMARY KEY,
    sequence BIGINT NOT NULL REFERENCES ledger_entries (sequence)
);

-- Answers kept for retries.
CREATE TABLE ledger_requests (
    subject TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    expire_time_us BIGINT NOT NULL,
    PRIMARY KEY (subject, request_id)
);

CREATE INDEX ledger_requests_by_expiry ON ledger_requests (expire_time_us);
