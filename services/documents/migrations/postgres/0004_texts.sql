-- Texts, their versions, and uploads on their way in. The bytes are in the text store; here is what they must be.

-- The folder of this register within the text store, so that two registers in one place never touch each other's files.
CREATE TABLE text_stores (
    -- 1: there is one.
    number BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
    uid TEXT COLLATE "C" NOT NULL
);

-- Stored files, each once, whatever how many versions have it.
CREATE TABLE blobs (
    sha256 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- Where it is in the text store; never used again for another.
    object TEXT COLLATE "C" NOT NULL UNIQUE,
    size_bytes BIGINT NOT NULL,
    -- The SHA-256 of each MiB, one after the other; empty until it is stored.
    chunk_hashes BYTEA NOT NULL,
    integrity BIGINT NOT NULL,
    -- When it was last looked at in full.
    checked_us BIGINT NOT NULL,
    -- When a look at it last failed: others have their turn first.
    tried_us BIGINT NOT NULL,
    -- When an upload last laid claim to it: without a version it is removed a day after.
    claimed_us BIGINT NOT NULL
);

CREATE INDEX blobs_by_check ON blobs (checked_us);
CREATE INDEX blobs_by_integrity ON blobs (integrity, checked_us);
CREATE INDEX blobs_by_claim ON blobs (claimed_us);

CREATE TABLE texts (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    id TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    -- NULL: not known.
    authentic BOOLEAN,
    access_level BIGINT NOT NULL,
    version_count BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    UNIQUE (document_uid, id)
);

CREATE TABLE text_versions (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    text_uid TEXT COLLATE "C" NOT NULL REFERENCES texts (uid),
    number BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL REFERENCES blobs (sha256),
    -- Empty: nobody's original.
    party TEXT COLLATE "C" NOT NULL,
    source_uri TEXT COLLATE "C",
    source_note TEXT COLLATE "C" NOT NULL,
    extraction BIGINT NOT NULL,
    -- How often it was begun: a file that ends the process is not tried for ever.
    extraction_attempts BIGINT NOT NULL,
    -- Until when the replica that began it has it to itself.
    extraction_until_us BIGINT NOT NULL,
    extracted_chars BIGINT NOT NULL,
    -- SHA-256 of its words with one space between them; empty unless extracted.
    words_sha256 TEXT COLLATE "C" NOT NULL,
    created_us BIGINT NOT NULL,
    recorder TEXT COLLATE "C" NOT NULL,
    recorder_party TEXT COLLATE "C" NOT NULL,
    withdrawn_us BIGINT,
    withdrawal_reason TEXT COLLATE "C" NOT NULL,
    withdrawer TEXT COLLATE "C" NOT NULL,
    UNIQUE (text_uid, number)
);

CREATE INDEX text_versions_by_blob ON text_versions (sha256);
-- 1: not looked at yet.
CREATE INDEX text_versions_pending ON text_versions (created_us) WHERE extraction = 1 AND withdrawn_us IS NULL;

CREATE TABLE uploads (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    id TEXT COLLATE "C" NOT NULL,
    -- Whose it is.
    agency TEXT COLLATE "C" NOT NULL,
    agency_party TEXT COLLATE "C" NOT NULL,
    text_uid TEXT COLLATE "C" NOT NULL REFERENCES texts (uid),
    media_type TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    source_uri TEXT COLLATE "C",
    source_note TEXT COLLATE "C" NOT NULL,
    received_bytes BIGINT NOT NULL,
    state BIGINT NOT NULL,
    -- The version that it became; 0: none.
    version_number BIGINT NOT NULL,
    -- The stream that may send its bytes.
    lease TEXT COLLATE "C" NOT NULL,
    created_us BIGINT NOT NULL,
    -- When its last bytes came.
    touched_us BIGINT NOT NULL,
    UNIQUE (document_uid, id)
);

CREATE INDEX uploads_by_text ON uploads (text_uid);
CREATE INDEX uploads_by_state ON uploads (state, touched_us);

-- The durable pieces of an upload, in the order of their offsets without a gap.
CREATE TABLE upload_parts (
    upload_uid TEXT COLLATE "C" NOT NULL REFERENCES uploads (uid),
    offset_bytes BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- Where it is in the text store.
    object TEXT COLLATE "C" NOT NULL UNIQUE,
    PRIMARY KEY (upload_uid, offset_bytes)
);
