-- What plans say beside days and weights, and both sides' words on the values of indicators.
-- A permanent measure has the deadline form 5 and the day 2932896 (9999-12-31), which stands for none.

ALTER TABLE measures ADD COLUMN details TEXT NOT NULL DEFAULT '{}'; -- JSON: {notes, indicators, commitments}

-- Only ever appended.
CREATE TABLE indicator_actuals (
    measure_uid      TEXT NOT NULL REFERENCES measures (uid),
    number           INTEGER NOT NULL,
    indicator        TEXT NOT NULL,
    starts_day       INTEGER NOT NULL,
    ends_day         INTEGER NOT NULL,
    side             INTEGER NOT NULL,
    agency           TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    value_millionths INTEGER NOT NULL,
    source_uri       TEXT NOT NULL,
    source_note      TEXT NOT NULL,
    recorded_us      INTEGER NOT NULL,
    PRIMARY KEY (measure_uid, number),
    CHECK (starts_day <= ends_day)
) STRICT;
CREATE UNIQUE INDEX indicator_actuals_by_period ON indicator_actuals
    (measure_uid, indicator, starts_day, ends_day, side, revision);
