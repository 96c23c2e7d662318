-- Commodity classifications. Editions are numbered 0 (H0) to 6 (H6).

-- The imported files by what they are about: nomenclatures (kind 1) by their edition, concordances (kind 2)
-- by the earlier of their editions.
CREATE TABLE classification_sources (
    kind INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    source TEXT NOT NULL,
    update_us INTEGER NOT NULL,
    PRIMARY KEY (kind, edition)
) STRICT, WITHOUT ROWID;

-- The entries of each edition. Position sorts sections first, then codes; search_text has the words of the name in
-- lower case, each after a space; name_edition -1 is none.
CREATE TABLE classification_items (
    edition INTEGER NOT NULL,
    position TEXT NOT NULL,
    code TEXT NOT NULL,
    level INTEGER NOT NULL,
    parent_code TEXT NOT NULL,
    name TEXT NOT NULL,
    search_text TEXT NOT NULL,
    name_edition INTEGER NOT NULL,
    PRIMARY KEY (edition, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX classification_items_by_parent
    ON classification_items (edition, parent_code, position);

-- What codes of an edition became in the next one. Pair is the earlier code and the later one.
CREATE TABLE correspondences (
    earlier_edition INTEGER NOT NULL,
    pair TEXT NOT NULL,
    earlier_code TEXT NOT NULL,
    later_code TEXT NOT NULL,
    relationship INTEGER NOT NULL,
    PRIMARY KEY (earlier_edition, pair)
) STRICT, WITHOUT ROWID;

CREATE INDEX correspondences_by_later ON correspondences (earlier_edition, later_code, pair);
