-- Commodity classifications. Editions are numbered 0 (H0) to 6 (H6).

-- The imported files by what they are about: nomenclatures (kind 1) by their edition, concordances (kind 2)
-- by the earlier of their editions.
CREATE TABLE classification_sources (
    kind BIGINT NOT NULL,
    edition BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    update_us BIGINT NOT NULL,
    PRIMARY KEY (kind, edition)
);

-- The entries of each edition. Position sorts sections first, then codes; search_text has the words of the name in
-- lower case, each after a space; name_edition -1 is none.
CREATE TABLE classification_items (
    edition BIGINT NOT NULL,
    position TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    level BIGINT NOT NULL,
    parent_code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    search_text TEXT COLLATE "C" NOT NULL,
    name_edition BIGINT NOT NULL,
    PRIMARY KEY (edition, position)
);

CREATE INDEX classification_items_by_parent
    ON classification_items (edition, parent_code, position);

-- What codes of an edition became in the next one. Pair is the earlier code and the later one.
CREATE TABLE correspondences (
    earlier_edition BIGINT NOT NULL,
    pair TEXT COLLATE "C" NOT NULL,
    earlier_code TEXT COLLATE "C" NOT NULL,
    later_code TEXT COLLATE "C" NOT NULL,
    relationship BIGINT NOT NULL,
    PRIMARY KEY (earlier_edition, pair)
);

CREATE INDEX correspondences_by_later ON correspondences (earlier_edition, later_code, pair);
