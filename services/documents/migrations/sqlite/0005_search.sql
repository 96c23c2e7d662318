-- The words of titles and texts, and where they stand. The same tables on both engines: what is found
-- does not depend on an engine's own full-text search.

-- What the index has of a document. Words of deleted documents stay, where nobody finds them.
CREATE TABLE search_documents (
    document_no INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    partnership_id TEXT NOT NULL,
    -- Who finds it, and a hash of its titles, as they were indexed.
    audience TEXT NOT NULL,
    titles_hash TEXT NOT NULL
) STRICT;

-- The texts that are indexed. 0 in `source_no` elsewhere means the titles.
CREATE TABLE search_sources (
    source_no INTEGER NOT NULL PRIMARY KEY,
    version_uid TEXT NOT NULL UNIQUE,
    document_no INTEGER NOT NULL,
    text_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    language TEXT NOT NULL,
    access_level INTEGER NOT NULL
) STRICT;

CREATE INDEX search_sources_by_document ON search_sources (document_no, text_id, source_no);

-- The words taken from a version, in pieces of equal length.
CREATE TABLE text_contents (
    source_no INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (source_no, piece)
) STRICT;

CREATE TABLE search_words (
    word_id INTEGER NOT NULL PRIMARY KEY,
    partnership_id TEXT NOT NULL,
    word TEXT NOT NULL,
    -- How many public documents have it in a title, and how many public texts have it.
    uses INTEGER NOT NULL,
    UNIQUE (partnership_id, word)
) STRICT;

-- The ways to write a word, and their endings of three letters and more: a word is found by the beginning of
-- one of these.
CREATE TABLE search_spellings (
    partnership_id TEXT NOT NULL,
    spelling TEXT NOT NULL,
    word_id INTEGER NOT NULL,
    PRIMARY KEY (partnership_id, spelling, word_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_endings (
    partnership_id TEXT NOT NULL,
    ending TEXT NOT NULL,
    word_id INTEGER NOT NULL,
    PRIMARY KEY (partnership_id, ending, word_id)
) STRICT, WITHOUT ROWID;

-- Where words stand, read from the end: the weightiest first, of equal ones the newest document. A lane says who finds
-- it, and whether it is a title or a text; `place` is the first code point of the first occurrence.
CREATE TABLE search_postings (
    word_id INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    impact INTEGER NOT NULL,
    document_no INTEGER NOT NULL,
    source_no INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (word_id, lane, impact, document_no, source_no)
) STRICT, WITHOUT ROWID;

CREATE INDEX search_postings_by_document ON search_postings (document_no, word_id, lane, impact, source_no);
