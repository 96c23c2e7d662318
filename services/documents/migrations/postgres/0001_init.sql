-- Partnerships, documents and acts. What editors say is one JSON text per resource (`profile`,
-- `content`); the columns beside it repeat what lists filter and sort by. Days count from
-- 1970-01-01, instants are microseconds since then.

CREATE TABLE partnerships (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    revision BIGINT NOT NULL,
    profile TEXT COLLATE "C" NOT NULL,
    display_text TEXT COLLATE "C" NOT NULL,
    declared_document_count BIGINT,
    -- How many documents are not deleted, and how many of them the partnership declared.
    document_count BIGINT NOT NULL,
    registered_document_count BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL
);

CREATE INDEX partnerships_by_created ON partnerships (created_us, id);
CREATE INDEX partnerships_by_updated ON partnerships (updated_us, id);

CREATE TABLE partnership_parties (
    partnership_uid TEXT COLLATE "C" NOT NULL REFERENCES partnerships (uid),
    party TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (partnership_uid, party)
);

CREATE TABLE documents (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partnership_id TEXT COLLATE "C" NOT NULL REFERENCES partnerships (id),
    id TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    title_text TEXT COLLATE "C" NOT NULL,
    title_known BOOLEAN NOT NULL,
    -- 0: not in the list that the partnership declared.
    item_number BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    level BIGINT NOT NULL,
    access_level BIGINT NOT NULL,
    signature_place TEXT COLLATE "C" NOT NULL,
    -- -1000000: not known.
    signature_day BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    deleted_us BIGINT,
    UNIQUE (partnership_id, id)
);

CREATE UNIQUE INDEX documents_item_numbers ON documents (partnership_id, item_number)
    WHERE item_number > 0 AND deleted_us IS NULL;
CREATE INDEX documents_by_item_number ON documents (partnership_id, item_number, id);
CREATE INDEX documents_by_kind ON documents (partnership_id, kind, id);
CREATE INDEX documents_by_level ON documents (partnership_id, level, id);
CREATE INDEX documents_by_signature ON documents (partnership_id, signature_day, id);
CREATE INDEX documents_by_created ON documents (partnership_id, created_us, id);
CREATE INDEX documents_by_updated ON documents (partnership_id, updated_us, id);

CREATE TABLE document_parties (
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    party TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (document_uid, party)
);

CREATE TABLE document_sectors (
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    sector TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (document_uid, sector)
);

CREATE TABLE acts (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    id TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    day BIGINT NOT NULL,
    receipt_day BIGINT,
    effective_day BIGINT,
    notifying_party TEXT COLLATE "C",
    reference TEXT COLLATE "C" NOT NULL,
    source_uri TEXT COLLATE "C" NOT NULL,
    source_note TEXT COLLATE "C" NOT NULL,
    publication_day BIGINT,
    created_us BIGINT NOT NULL,
    recorder TEXT COLLATE "C" NOT NULL,
    retracted_us BIGINT,
    retraction_reason TEXT COLLATE "C" NOT NULL,
    retractor TEXT COLLATE "C" NOT NULL,
    UNIQUE (document_uid, id)
);

CREATE INDEX acts_by_day ON acts (document_uid, day, id);
CREATE INDEX acts_by_party ON acts (document_uid, party, id);
CREATE INDEX acts_by_kind ON acts (document_uid, kind, id);
CREATE INDEX acts_by_created ON acts (document_uid, created_us, id);
