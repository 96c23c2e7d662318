-- Lists that ask for a part of a title read the names of up to a thousand documents that lie anywhere in the index: from rows
-- that are short, many of them stand on one page.
CREATE TABLE search_names (
    document_no INTEGER NOT NULL PRIMARY KEY,
    document_id TEXT NOT NULL
) STRICT;

INSERT INTO search_names (document_no, document_id)
SELECT s.document_no, s.document_id FROM search_documents s ORDER BY s.document_no;

ALTER TABLE search_documents DROP COLUMN document_id;
