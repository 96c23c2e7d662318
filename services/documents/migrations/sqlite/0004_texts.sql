-- Texts, their versions, and uploads on their way in. The bytes are in the text store; here is what they must be.

-- The folder of this register within the text store, so that two registers in one place never touch each other's files.
CREATE TABLE text_stores (
    -- 1: there is one.
    number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
    uid TEXT NOT NULL
) STRICT;

-- Stored files, each once, whatever how many versions have it.
CREATE TABLE blobs (
    sha256 TEXT NOT NULL PRIMARY KEY,
    -- Where it is in the text store; never used again for another.
    object TEXT NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    -- The SHA-256 of each MiB, one after the other; empty until it is stored.
    chunk_hashes BLOB NOT NULL,
    integrity INTEGER NOT NULL,
    -- When it was last looked at in full.
    checked_us INTEGER NOT NULL,
    -- When a look at it last failed: others have their turn first.
    tried_us INTEGER NOT NULL,
    -- When an upload last laid claim to it: without a version it is removed a day after.
    claimed_us INTEGER NOT NULL
) STRICT;

CREATE INDEX blobs_by_check ON blobs (checked_us);
CREATE INDEX blobs_by_integrity ON blobs (integrity, checked_us);
CREATE INDEX blobs_by_claim ON blobs (claimed_us);

CREATE TABLE texts (
    uid TEXT NOT NULL PRIMARY KEY,
    document_uid TEXT NOT NULL REFERENCES documents (uid),
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    language TEXT NOT NULL,
    -- NULL: not known.
    authentic INTEGER CHECK (authentic IN (0, 1)),
    access_level INTEGER NOT NULL,
    version_count INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    UNIQUE (document_uid, id)
) STRICT;

CREATE TABLE text_versions (
    uid TEXT NOT NULL PRIMARY KEY,
    text_uid TEXT NOT NULL REFERENCES texts (uid),
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    -- Empty: nobody's original.
    party TEXT NOT NULL,
    source_uri TEXT,
    source_note TEXT NOT NULL,
    extraction INTEGER NOT NULL,
    -- How often it was begun: a file that ends the process is not tried for ever.
    extraction_attempts INTEGER NOT NULL,
    -- Until when the replica that began it has it to itself.
    extraction_until_us INTEGER NOT NULL,
    extracted_chars INTEGER NOT NULL,
    -- SHA-256 of its words with one space between them; empty unless extracted.
    words_sha256 TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    recorder TEXT NOT NULL,
    recorder_party TEXT NOT NULL,
    withdrawn_us INTEGER,
    withdrawal_reason TEXT NOT NULL,
    withdrawer TEXT NOT NULL,
    UNIQUE (text_uid, number)
) STRICT;

CREATE INDEX text_versions_by_blob ON text_versions (sha256);
-- 1: not looked at yet.
CREATE INDEX text_versions_pending ON text_versions (created_us) WHERE extraction = 1 AND withdrawn_us IS NULL;

CREATE TABLE uploads (
    uid TEXT NOT NULL PRIMARY KEY,
    document_uid TEXT NOT NULL REFERENCES documents (uid),
    id TEXT NOT NULL,
    -- Whose it is.
    agency TEXT NOT NULL,
    agency_party TEXT NOT NULL,
    text_uid TEXT NOT NULL REFERENCES texts (uid),
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    party TEXT NOT NULL,
    source_uri TEXT,
    source_note TEXT NOT NULL,
    received_bytes INTEGER NOT NULL,
    state INTEGER NOT NULL,
    -- The version that it became; 0: none.
    version_number INTEGER NOT NULL,
    -- The stream that may send its bytes.
    lease TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    -- When its last bytes came.
    touched_us INTEGER NOT NULL,
    UNIQUE (document_uid, id)
) STRICT;

CREATE INDEX uploads_by_text ON uploads (text_uid);
CREATE INDEX uploads_by_state ON uploads (state, touched_us);

-- The durable pieces of an upload, in the order of their offsets without a gap.
CREATE TABLE upload_parts (
    upload_uid TEXT NOT NULL REFERENCES uploads (uid),
    offset_bytes INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    -- Where it is in the text store.
    object TEXT NOT NULL UNIQUE,
    PRIMARY KEY (upload_uid, offset_bytes)
) STRICT;
