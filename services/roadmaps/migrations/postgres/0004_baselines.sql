-- Frozen plans, proposals to change them, and what measures have become.

ALTER TABLE roadmaps ADD COLUMN baselines BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roadmaps ADD COLUMN rebaselines BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roadmaps ADD COLUMN rebaseline_side BIGINT;              -- of the open one
ALTER TABLE measures ADD COLUMN successor TEXT COLLATE "C";
ALTER TABLE measures ADD COLUMN predecessors TEXT NOT NULL DEFAULT '[]'; -- JSON: names
ALTER TABLE measure_events ADD COLUMN rebaseline BIGINT;
ALTER TABLE measure_events ADD COLUMN successor TEXT COLLATE "C";
CREATE INDEX measures_by_successor ON measures (successor) WHERE successor IS NOT NULL;

-- Only ever appended, like the next table.
CREATE TABLE baselines (
    roadmap_uid      TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    number           BIGINT NOT NULL,
    frozen_us        BIGINT NOT NULL,
    plan_revision    BIGINT NOT NULL,
    rebaseline       BIGINT,
    period_start_day BIGINT NOT NULL,
    period_end_day   BIGINT NOT NULL,
    measures         BIGINT NOT NULL,
    weight           BIGINT NOT NULL,
    PRIMARY KEY (roadmap_uid, number)
);

CREATE TABLE baseline_measures (
    roadmap_uid        TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    baseline           BIGINT NOT NULL,
    name               TEXT COLLATE "C" NOT NULL,
    measure_uid        TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    titles             TEXT NOT NULL,
    section            TEXT COLLATE "C" NOT NULL,
    order_number       BIGINT NOT NULL,
    expected_result    TEXT NOT NULL,
    form_of_completion TEXT NOT NULL,
    executors          TEXT NOT NULL,
    starts_day         BIGINT,
    deadline_form      BIGINT NOT NULL,
    deadline_day       BIGINT NOT NULL,
    weight             BIGINT NOT NULL,
    details            TEXT NOT NULL,
    working_days       BIGINT,
    dependencies       TEXT NOT NULL,
    state              BIGINT NOT NULL,
    PRIMARY KEY (roadmap_uid, baseline, name)
);

CREATE TABLE rebaselines (
    roadmap_uid TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    number      BIGINT NOT NULL,
    side        BIGINT NOT NULL,
    agency      TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    reason      TEXT NOT NULL,
    proposed_us BIGINT NOT NULL,
    state       BIGINT NOT NULL,
    end_agency  TEXT,
    end_reason  TEXT,
    end_us      BIGINT,
    baseline    BIGINT,
    PRIMARY KEY (roadmap_uid, number),
    CHECK ((state = 1) = (end_us IS NULL)),
    CHECK ((state = 2) = (baseline IS NOT NULL))
);
CREATE UNIQUE INDEX rebaselines_open ON rebaselines (roadmap_uid) WHERE state = 1;

CREATE TABLE rebaseline_changes (
    roadmap_uid TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    rebaseline  BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    kind        BIGINT NOT NULL,
    measure     TEXT COLLATE "C" NOT NULL,
    successor   TEXT COLLATE "C",
    plan        TEXT,                                     -- JSON
    PRIMARY KEY (roadmap_uid, rebaseline, position)
);

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
