-- Relations, read from either end. The names of both ends never change; `document` is the name of the
-- document that has the relation, `target` that of any resource.

CREATE TABLE document_relations (
    document_uid TEXT COLLATE "C" NOT NULL REFERENCES documents (uid),
    kind BIGINT NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (document_uid, kind, target)
);

CREATE INDEX document_relations_by_target ON document_relations (target, kind, document);
