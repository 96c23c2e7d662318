-- Lists by `titles` go by the words of the search: documents that were registered before there was an index of
-- words are indexed at the next start.
INSERT INTO outdated_documents (document_uid)
SELECT d.uid FROM documents d
WHERE NOT EXISTS (SELECT 1 FROM search_documents s WHERE s.uid = d.uid)
    AND NOT EXISTS (SELECT 1 FROM outdated_documents o WHERE o.document_uid = d.uid);
