-- What is computed from acts and kept: what is awaited, and what comes to pass.

-- Documents whose derived rows must be written anew: those that were there before there were such rows,
-- and those whose rows a later migration puts in question. The service empties it at its start.
CREATE TABLE outdated_documents (
    document_uid TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES documents (uid)
);

INSERT INTO outdated_documents (document_uid) SELECT uid FROM documents;

-- Documents whose rule on entry into force names another one, by that one's name.
CREATE TABLE document_waits (
    document_uid TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES documents (uid),
    target TEXT COLLATE "C" NOT NULL
);

CREATE INDEX document_waits_by_target ON document_waits (target, document_uid);

-- What comes to pass in documents that are not deleted, by all acts recorded.
CREATE TABLE document_events (
    partnership_id TEXT COLLATE "C" NOT NULL,
    day BIGINT NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    PRIMARY KEY (partnership_id, day, document_id, kind)
);

CREATE INDEX document_events_by_document ON document_events (document_uid);

-- Documents, not deleted, in which a party owes something or may come to owe it without a further act.
-- Each has a row for every such party and one with the party ''.
CREATE TABLE pending_documents (
    partnership_id TEXT COLLATE "C" NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    PRIMARY KEY (partnership_id, party, document_id)
);

CREATE INDEX pending_documents_by_document ON pending_documents (document_uid);

-- How many documents that are not deleted have a sector, by who may read them: the parties are in order,
-- with a space around each, and '' where the level is public.
CREATE TABLE sector_counts (
    partnership_id TEXT COLLATE "C" NOT NULL,
    sector TEXT COLLATE "C" NOT NULL,
    access_level BIGINT NOT NULL,
    parties TEXT COLLATE "C" NOT NULL,
    document_count BIGINT NOT NULL,
    PRIMARY KEY (partnership_id, sector, access_level, parties)
);

INSERT INTO sector_counts (partnership_id, sector, access_level, parties, document_count)
SELECT d.partnership_id, s.sector, d.access_level,
       CASE d.access_level WHEN 1 THEN ''
       ELSE (SELECT ' ' || string_agg(p.party, ' ' ORDER BY p.party) || ' ' FROM document_parties p WHERE p.document_uid = d.uid) END AS parties,
       count(*)
FROM documents d JOIN document_sectors s ON s.document_uid = d.uid
WHERE d.deleted_us IS NULL
GROUP BY 1, 2, 3, 4;

-- Deleted documents of a partnership, the oldest deletion first.
CREATE INDEX documents_by_deletion ON documents (partnership_id, deleted_us, id) WHERE deleted_us IS NOT NULL;
