-- The hash of a version's words is kept only where they are all the words of its file, so that originals are never called
-- the same for what is alike at their beginnings. 500000 characters: that many are taken from a file at most.

UPDATE text_versions SET words_sha256 = '' WHERE extracted_chars >= 500000;

-- Whether each page of a PDF gave words was not noted, and words that are divided at the ends of its lines were not joined
-- for search: PDFs are looked at anew.
UPDATE text_versions SET extraction = 1, extraction_attempts = 0, extraction_until_us = 0, words_sha256 = ''
WHERE extraction = 2 AND withdrawn_us IS NULL AND LOWER(media_type) LIKE 'application/pdf%';

-- An amendment that one party has agreed to is now awaited of the others: what follows from those acts is computed anew at
-- the next start. 12: an amendment.
INSERT INTO outdated_documents (document_uid)
SELECT d.uid FROM documents d
WHERE EXISTS (SELECT 1 FROM acts a WHERE a.document_uid = d.uid AND a.kind = 12)
    AND NOT EXISTS (SELECT 1 FROM outdated_documents o WHERE o.document_uid = d.uid);
