-- Partnerships, documents and acts. What editors say is one JSON text per resource (`profile`,
-- `content`); the columns beside it repeat what lists filter and sort by. Days count from
-- 1970-01-01, instants are microseconds since then.

CREATE TABLE partnerships (
    uid TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    profile TEXT NOT NULL,
    display_text TEXT NOT NULL,
    declared_document_count INTEGER,
    -- How many documents are not deleted, and how many of them the partnership declared.
    document_count INTEGER NOT NULL,
    registered_document_count INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;

CREATE INDEX partnerships_by_created ON partnerships (created_us, id);
CREATE INDEX partnerships_by_updated ON partnerships (updated_us, id);

CREATE TABLE partnership_parties (
    partnership_uid TEXT NOT NULL REFERENCES partnerships (uid),
    party TEXT NOT NULL,
    PRIMARY KEY (partnership_uid, party)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    uid TEXT NOT NULL PRIMARY KEY,
    partnership_id TEXT NOT NULL REFERENCES partnerships (id),
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content TEXT NOT NULL,
    title_text TEXT NOT NULL,
    title_known INTEGER NOT NULL CHECK (title_known IN (0, 1)),
    -- 0: not in the list that the partnership declared.
    item_number INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    level INTEGER NOT NULL,
    access_level INTEGER NOT NULL,
    signature_place TEXT NOT NULL,
    -- -1000000: not known.
    signature_day INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    deleted_us INTEGER,
    UNIQUE (partnership_id, id)
) STRICT;

CREATE UNIQUE INDEX documents_item_numbers ON documents (partnership_id, item_number)
    WHERE item_number > 0 AND deleted_us IS NULL;
CREATE INDEX documents_by_item_number ON documents (partnership_id, item_number, id);
CREATE INDEX documents_by_kind ON documents (partnership_id, kind, id);
CREATE INDEX documents_by_level ON documents (partnership_id, level, id);
CREATE INDEX documents_by_signature ON documents (partnership_id, signature_day, id);
CREATE INDEX documents_by_created ON documents (partnership_id, created_us, id);
CREATE INDEX documents_by_updated ON documents (partnership_id, updated_us, id);

CREATE TABLE document_parties (
    document_uid TEXT NOT NULL REFERENCES documents (uid),
    party TEXT NOT NULL,
    PRIMARY KEY (document_uid, party)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_sectors (
    document_uid TEXT NOT NULL REFERENCES documents (uid),
    sector TEXT NOT NULL,
    PRIMARY KEY (document_uid, sector)
) STRICT, WITHOUT ROWID;

CREATE TABLE acts (
    uid TEXT NOT NULL PRIMARY KEY,
    document_uid TEXT NOT NULL REFERENCES documents (uid),
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    party TEXT NOT NULL,
    kind INTEGER NOT NULL,
    day INTEGER NOT NULL,
    receipt_day INTEGER,
    effective_day INTEGER,
    notifying_party TEXT,
    reference TEXT NOT NULL,
    source_uri TEXT NOT NULL,
    source_note TEXT NOT NULL,
    publication_day INTEGER,
    created_us INTEGER NOT NULL,
    recorder TEXT NOT NULL,
    retracted_us INTEGER,
    retraction_reason TEXT NOT NULL,
    retractor TEXT NOT NULL,
    UNIQUE (document_uid, id)
) STRICT;

CREATE INDEX acts_by_day ON acts (document_uid, day, id);
CREATE INDEX acts_by_party ON acts (document_uid, party, id);
CREATE INDEX acts_by_kind ON acts (document_uid, kind, id);
CREATE INDEX acts_by_created ON acts (document_uid, created_us, id);
