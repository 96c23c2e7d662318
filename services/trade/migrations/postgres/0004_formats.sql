-- Files of several formats, and what is doubtful about their rows.

-- What the caller says because the file does not; -1 is nothing said. The digests are hexadecimal, the
-- tallies reasons with their count and first line.
ALTER TABLE imports ADD COLUMN format BIGINT NOT NULL DEFAULT 1;
ALTER TABLE imports ADD COLUMN flow BIGINT NOT NULL DEFAULT -1;
ALTER TABLE imports ADD COLUMN unit_mult BIGINT NOT NULL DEFAULT -1;
ALTER TABLE imports ADD COLUMN cumulative BIGINT NOT NULL DEFAULT -1;
ALTER TABLE imports ADD COLUMN sha256 TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN find_suspicious BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE imports ADD COLUMN digest TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN left_out TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN doubtful TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What is doubtful about the rows of an upload that were taken.
CREATE TABLE import_doubts (
    import_uid TEXT COLLATE "C" NOT NULL REFERENCES imports (uid),
    number BIGINT NOT NULL,
    line BIGINT NOT NULL,
    column_number BIGINT NOT NULL,
    column_name TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import_uid, number)
);
