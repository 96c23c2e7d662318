-- What plans say beside days and weights, and both sides' words on the values of indicators.
-- A permanent measure has the deadline form 5 and the day 2932896 (9999-12-31), which stands for none.

ALTER TABLE measures ADD COLUMN details TEXT NOT NULL DEFAULT '{}'; -- JSON: {notes, indicators, commitments}

-- Only ever appended.
CREATE TABLE indicator_actuals (
    measure_uid      TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    number           BIGINT NOT NULL,
    indicator        TEXT COLLATE "C" NOT NULL,
    starts_day       BIGINT NOT NULL,
    ends_day         BIGINT NOT NULL,
    side             BIGINT NOT NULL,
    agency           TEXT NOT NULL,
    revision         BIGINT NOT NULL,
    value_millionths BIGINT NOT NULL,
    source_uri       TEXT NOT NULL,
    source_note      TEXT NOT NULL,
    recorded_us      BIGINT NOT NULL,
    PRIMARY KEY (measure_uid, number),
    CHECK (starts_day <= ends_day)
);
CREATE UNIQUE INDEX indicator_actuals_by_period ON indicator_actuals
    (measure_uid, indicator, starts_day, ends_day, side, revision);
