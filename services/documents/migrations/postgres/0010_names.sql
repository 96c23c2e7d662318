-- What the index knows a document by, so that lists by parts of titles sort names without reading documents.

ALTER TABLE search_documents ADD COLUMN document_id TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE search_documents SET document_id = (SELECT d.id FROM documents d WHERE d.uid = search_documents.uid);
