-- Files of several formats, and what is doubtful about their rows.

-- What the caller says because the file does not; -1 is nothing said. The digests are hexadecimal, the
-- tallies reasons with their count and first line.
ALTER TABLE imports ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE imports ADD COLUMN flow INTEGER NOT NULL DEFAULT -1;
ALTER TABLE imports ADD COLUMN unit_mult INTEGER NOT NULL DEFAULT -1;
ALTER TABLE imports ADD COLUMN cumulative INTEGER NOT NULL DEFAULT -1;
ALTER TABLE imports ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN find_suspicious INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN left_out TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN doubtful TEXT NOT NULL DEFAULT '';

-- What is doubtful about the rows of an upload that were taken.
CREATE TABLE import_doubts (
    import_uid TEXT NOT NULL REFERENCES imports (uid),
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_number INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (import_uid, number)
) STRICT;
