-- Frozen plans, proposals to change them, and what measures have become.

ALTER TABLE roadmaps ADD COLUMN baselines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE roadmaps ADD COLUMN rebaselines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE roadmaps ADD COLUMN rebaseline_side INTEGER;              -- of the open one
ALTER TABLE measures ADD COLUMN successor TEXT;
ALTER TABLE measures ADD COLUMN predecessors TEXT NOT NULL DEFAULT '[]'; -- JSON: names
ALTER TABLE measure_events ADD COLUMN rebaseline INTEGER;
ALTER TABLE measure_events ADD COLUMN successor TEXT;
CREATE INDEX measures_by_successor ON measures (successor) WHERE successor IS NOT NULL;

-- Only ever appended, like the next table.
CREATE TABLE baselines (
    roadmap_uid      TEXT NOT NULL REFERENCES roadmaps (uid),
    number           INTEGER NOT NULL,
    frozen_us        INTEGER NOT NULL,
    plan_revision    INTEGER NOT NULL,
    rebaseline       INTEGER,
    period_start_day INTEGER NOT NULL,
    period_end_day   INTEGER NOT NULL,
    measures         INTEGER NOT NULL,
    weight           INTEGER NOT NULL,
    PRIMARY KEY (roadmap_uid, number)
) STRICT;

CREATE TABLE baseline_measures (
    roadmap_uid        TEXT NOT NULL REFERENCES roadmaps (uid),
    baseline           INTEGER NOT NULL,
    name               TEXT NOT NULL,
    measure_uid        TEXT NOT NULL REFERENCES measures (uid),
    titles             TEXT NOT NULL,
    section            TEXT NOT NULL,
    order_number       INTEGER NOT NULL,
    expected_result    TEXT NOT NULL,
    form_of_completion TEXT NOT NULL,
    executors          TEXT NOT NULL,
    starts_day         INTEGER,
    deadline_form      INTEGER NOT NULL,
    deadline_day       INTEGER NOT NULL,
    weight             INTEGER NOT NULL,
    details            TEXT NOT NULL,
    working_days       INTEGER,
    dependencies       TEXT NOT NULL,
    state              INTEGER NOT NULL,
    PRIMARY KEY (roadmap_uid, baseline, name)
) STRICT;

CREATE TABLE rebaselines (
    roadmap_uid TEXT NOT NULL REFERENCES roadmaps (uid),
    number      INTEGER NOT NULL,
    side        INTEGER NOT NULL,
    agency      TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    proposed_us INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    end_agency  TEXT,
    end_reason  TEXT,
    end_us      INTEGER,
    baseline    INTEGER,
    PRIMARY KEY (roadmap_uid, number),
    CHECK ((state = 1) = (end_us IS NULL)),
    CHECK ((state = 2) = (baseline IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX rebaselines_open ON rebaselines (roadmap_uid) WHERE state = 1;

CREATE TABLE rebaseline_changes (
    roadmap_uid TEXT NOT NULL REFERENCES roadmaps (uid),
    rebaseline  INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    measure     TEXT NOT NULL,
    successor   TEXT,
    plan        TEXT,                                     -- JSON
    PRIMARY KEY (roadmap_uid, rebaseline, position)
) STRICT;

-- A plan that was adopted before has not changed since: it is baseline 1.
UPDATE roadmaps SET baselines = 1 WHERE state IN (2, 3);

INSERT INTO baseline_measures
    (roadmap_uid, baseline, name, measure_uid, titles, section, order_number, expected_result, form_of_completion,
     executors, starts_day, deadline_form, deadline_day, weight, details, working_days,
     dependencies, state)
SELECT m.roadmap_uid, 1, m.name, m.uid, m.titles, m.section, m.order_number, m.expected_result, m.form_of_completion,
    m.executors, m.starts_day, m.deadline_form, m.deadline_day, m.weight, m.details,
    m.working_days, m.dependencies, 1
FROM measures m JOIN roadmaps r ON r.uid = m.roadmap_uid
WHERE r.baselines = 1 AND m.deleted_us IS NULL;

INSERT INTO baselines
    (roadmap_uid, number, frozen_us, plan_revision, rebaseline, period_start_day, period_end_day, measures, weight)
SELECT r.uid, 1,
    (SELECT MAX(s.adopted_us) FROM roadmap_sides s WHERE s.roadmap_uid = r.uid),
    r.plan_revision, NULL, r.period_start_day, r.period_end_day,
    (SELECT COUNT(*) FROM baseline_measures b WHERE b.roadmap_uid = r.uid),
    (SELECT CAST(COALESCE(SUM(b.weight), 0) AS BIGINT) FROM baseline_measures b WHERE b.roadmap_uid = r.uid)
FROM roadmaps r WHERE r.baselines = 1;
