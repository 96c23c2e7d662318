-- The words of a document's titles are kept with it, in one short text. A search reads there which of the other words a
-- document has, and a change what is to be taken away; the places of words by document are then needed for texts alone.

ALTER TABLE search_documents ADD COLUMN words TEXT NOT NULL DEFAULT '';

DROP INDEX search_postings_by_document;
ALTER TABLE search_postings RENAME TO search_postings_before;

-- Where words stand, read from the end: the weightiest first, of equal ones the newest document. A lane says who finds
-- it, and whether it is a title or a text; `place` is the first code point of the first occurrence.
CREATE TABLE search_postings (
    word_id INTEGER NOT NULL,
    document_no INTEGER NOT NULL,
    -- 0: the titles.
    source_no INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    impact INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (word_id, lane, impact, document_no, source_no)
) STRICT, WITHOUT ROWID;

INSERT INTO search_postings (word_id, document_no, source_no, lane, impact, place)
SELECT p.word_id, p.document_no, p.source_no, p.lane, p.impact, p.place
FROM search_postings_before p WHERE p.source_no > 0;
DROP TABLE search_postings_before;

CREATE INDEX search_postings_of_texts ON search_postings (document_no, word_id, lane, impact, source_no)
    WHERE source_no > 0;

-- Titles are indexed anew at the next start; until then the words of public texts (lane 1) are all that is used.
UPDATE search_words SET uses = (SELECT COUNT(*) FROM search_postings p WHERE p.word_id = search_words.word_id AND p.lane = 1);
UPDATE search_documents SET titles_hash = '';
INSERT INTO outdated_documents (document_uid)
SELECT d.uid FROM documents d
WHERE NOT EXISTS (SELECT 1 FROM outdated_documents o WHERE o.document_uid = d.uid);
