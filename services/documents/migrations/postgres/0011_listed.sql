-- What lists filter and sort by stands apart from what documents say. A page may look at a thousand documents, and a
-- thousand of these short rows are read much faster than a thousand whole documents.

DROP INDEX documents_item_numbers;
DROP INDEX documents_by_item_number;
DROP INDEX documents_by_kind;
DROP INDEX documents_by_level;
DROP INDEX documents_by_signature;
DROP INDEX documents_by_created;
DROP INDEX documents_by_updated;
DROP INDEX documents_by_deletion;
DROP INDEX documents_by_access_level;
DROP INDEX documents_by_title_known;
DROP INDEX documents_by_signature_place;

CREATE TABLE listed_documents (
    partnership_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    deleted_us BIGINT,
    -- 0: not in the list that the partnership declared.
    item_number INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    level INTEGER NOT NULL,
    access_level INTEGER NOT NULL,
    -- -1000000: not known.
    signature_day INTEGER NOT NULL,
    title_known BOOLEAN NOT NULL,
    signature_place TEXT COLLATE "C" NOT NULL,
    -- In order, with a space around each; empty if there are none.
    parties TEXT COLLATE "C" NOT NULL,
    sectors TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (partnership_id, id)
);

INSERT INTO listed_documents (partnership_id, id, created_us, updated_us, deleted_us, item_number, kind, level, access_level,
    signature_day, title_known, signature_place, parties, sectors)
SELECT d.partnership_id, d.id, d.created_us, d.updated_us, d.deleted_us, d.item_number, d.kind, d.level, d.access_level,
    d.signature_day, d.title_known, d.signature_place,
    COALESCE((SELECT ' ' || string_agg(p.party, ' ' ORDER BY p.party) || ' '
        FROM document_parties p WHERE p.document_uid = d.uid), ''),
    COALESCE((SELECT ' ' || string_agg(s.sector, ' ' ORDER BY s.sector) || ' '
        FROM document_sectors s WHERE s.document_uid = d.uid), '')
FROM documents d;

CREATE UNIQUE INDEX documents_item_numbers ON listed_documents (partnership_id, item_number)
    WHERE item_number > 0 AND deleted_us IS NULL;
CREATE INDEX documents_by_item_number ON listed_documents (partnership_id, item_number, id);
CREATE INDEX documents_by_kind ON listed_documents (partnership_id, kind, id);
CREATE INDEX documents_by_level ON listed_documents (partnership_id, level, id);
CREATE INDEX documents_by_signature ON listed_documents (partnership_id, signature_day, id);
CREATE INDEX documents_by_created ON listed_documents (partnership_id, created_us, id);
CREATE INDEX documents_by_updated ON listed_documents (partnership_id, updated_us, id);
CREATE INDEX documents_by_access_level ON listed_documents (partnership_id, access_level, id);
CREATE INDEX documents_by_title_known ON listed_documents (partnership_id, title_known, id);
CREATE INDEX documents_by_signature_place ON listed_documents (partnership_id, signature_place, id);
-- Deleted documents of a partnership, the oldest deletion first.
CREATE INDEX documents_by_deletion ON listed_documents (partnership_id, deleted_us, id) WHERE deleted_us IS NOT NULL;

-- All titles of a document, one a line, for filters that no index of words answers.
CREATE TABLE listed_titles (
    partnership_id TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    titles TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (partnership_id, document_id)
);

INSERT INTO listed_titles (partnership_id, document_id, titles)
SELECT d.partnership_id, d.id, d.title_text FROM documents d;

-- Each party and sector with the documents that have it, in the order of their names.
CREATE TABLE listed_parties (
    partnership_id TEXT COLLATE "C" NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (partnership_id, party, document_id)
);

INSERT INTO listed_parties (partnership_id, party, document_id)
SELECT p.partnership_id, p.party, p.document_id FROM document_parties p ORDER BY 1, 2, 3;

CREATE TABLE listed_sectors (
    partnership_id TEXT COLLATE "C" NOT NULL,
    sector TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (partnership_id, sector, document_id)
);

INSERT INTO listed_sectors (partnership_id, sector, document_id)
SELECT s.partnership_id, s.sector, s.document_id FROM document_sectors s ORDER BY 1, 2, 3;

DROP TABLE document_parties;
DROP TABLE document_sectors;

-- As in `listed_documents`: who may read a document is told by its own row.
ALTER TABLE documents ADD COLUMN parties TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE documents SET parties = (SELECT l.parties FROM listed_documents l
    WHERE l.partnership_id = documents.partnership_id AND l.id = documents.id);
ALTER TABLE documents
    DROP COLUMN title_text,
    DROP COLUMN title_known,
    DROP COLUMN item_number,
    DROP COLUMN kind,
    DROP COLUMN level,
    DROP COLUMN signature_place,
    DROP COLUMN signature_day;
