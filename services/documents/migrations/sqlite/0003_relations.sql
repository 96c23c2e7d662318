-- Relations, read from either end. The names of both ends never change; `document` is the name of the
-- document that has the relation, `target` that of any resource.

CREATE TABLE document_relations (
    document_uid TEXT NOT NULL REFERENCES documents (uid),
    kind INTEGER NOT NULL,
    target TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (document_uid, kind, target)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_relations_by_target ON document_relations (target, kind, document);
