-- Roadmaps, their sides and measures, and everything that happened to the measures.
-- Instants are microseconds and days are days since 1970-01-01. Enums have the numbers of the contract.

CREATE TABLE roadmaps (
    uid              TEXT PRIMARY KEY,
    name             TEXT NOT NULL UNIQUE,
    partnership      TEXT NOT NULL,
    titles           TEXT NOT NULL,                       -- JSON: [{language_code, text}]
    period_start_day INTEGER NOT NULL,
    period_end_day   INTEGER NOT NULL,
    signed_day       INTEGER,
    source_document  TEXT,
    sources          TEXT NOT NULL,                       -- JSON: [{uri, note}]
    plan_revision    INTEGER NOT NULL,
    state            INTEGER NOT NULL,                     -- follows from the sides' consents
    revision         INTEGER NOT NULL,
    created_us       INTEGER NOT NULL,
    updated_us       INTEGER NOT NULL,
    deleted_us       INTEGER,
    CHECK (period_start_day <= period_end_day)
) STRICT;
CREATE INDEX roadmaps_by_partnership ON roadmaps (partnership, name);

CREATE TABLE roadmap_sides (
    roadmap_uid  TEXT NOT NULL REFERENCES roadmaps (uid),
    position     INTEGER NOT NULL CHECK (position IN (0, 1)),
    party        TEXT NOT NULL,
    region_code  TEXT NOT NULL,
    region_name  TEXT NOT NULL,
    signing_body TEXT NOT NULL,
    adopted_us   INTEGER,
    closed_us    INTEGER,
    PRIMARY KEY (roadmap_uid, position),
    UNIQUE (roadmap_uid, party)
) STRICT;

-- Every code that a roadmap is found by: those that its two regions have or had.
CREATE TABLE roadmap_region_codes (
    code        TEXT NOT NULL,
    roadmap_uid TEXT NOT NULL REFERENCES roadmaps (uid),
    PRIMARY KEY (code, roadmap_uid)
) STRICT;
CREATE INDEX roadmap_region_codes_by_roadmap ON roadmap_region_codes (roadmap_uid);

CREATE TABLE measures (
    uid                TEXT PRIMARY KEY,
    name               TEXT NOT NULL UNIQUE,
    roadmap_uid        TEXT NOT NULL REFERENCES roadmaps (uid),
    partnership        TEXT NOT NULL,
    titles             TEXT NOT NULL,                     -- JSON: [{language_code, text}]
    section            TEXT NOT NULL,
    order_number       INTEGER NOT NULL,
    expected_result    TEXT NOT NULL,
    form_of_completion TEXT NOT NULL,
    executors          TEXT NOT NULL,                     -- JSON: [{party, lead_body, co_executing_bodies}]
    starts_day         INTEGER,
    deadline_form      INTEGER NOT NULL,                   -- 1 day, 2 quarter, 3 half-year
    deadline_day       INTEGER NOT NULL,                   -- the last day
    weight             INTEGER NOT NULL CHECK (weight > 0),
    state              INTEGER NOT NULL,                   -- what the events add up to, like the rest below
    reports            INTEGER NOT NULL,
    report_revision    INTEGER,
    report_side        INTEGER,
    proposal_side      INTEGER,
    words              TEXT NOT NULL,                     -- JSON: the standing report, the verdict, the proposal
    events             INTEGER NOT NULL,
    revision           INTEGER NOT NULL,
    created_us         INTEGER NOT NULL,
    updated_us         INTEGER NOT NULL,
    deleted_us         INTEGER,
    CHECK ((report_revision IS NULL) = (report_side IS NULL)),
    CHECK (state <> 6 OR report_revision IS NOT NULL)     -- complete only with a report
) STRICT;
CREATE INDEX measures_in_order ON measures (roadmap_uid, order_number, name);
CREATE INDEX measures_of_partnership_in_order ON measures (partnership, order_number, name);
CREATE INDEX measures_of_all_in_order ON measures (order_number, name);
CREATE INDEX measures_by_deadline ON measures (partnership, deadline_day, name);

CREATE TABLE measure_bodies (
    measure_uid TEXT NOT NULL REFERENCES measures (uid),
    party       TEXT NOT NULL,
    body        TEXT NOT NULL,
    leads       INTEGER NOT NULL,
    PRIMARY KEY (measure_uid, party, body)
) STRICT;
CREATE INDEX measure_bodies_by_body ON measure_bodies (body, measure_uid);

-- Only ever appended.
CREATE TABLE measure_events (
    measure_uid     TEXT NOT NULL REFERENCES measures (uid),
    number          INTEGER NOT NULL,
    roadmap_uid     TEXT NOT NULL REFERENCES roadmaps (uid),
    recorded_us     INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    side            INTEGER NOT NULL,
    agency          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    report_revision INTEGER,
    state           INTEGER NOT NULL,
    section         TEXT,                                 -- of events of the plan, with the next two
    weight          INTEGER,
    deadline_day    INTEGER,
    completed_day   INTEGER,                              -- of reports, with the next one
    claim           TEXT,                                 -- JSON: {completed_day, note, evidence}
    PRIMARY KEY (measure_uid, number)
) STRICT;
CREATE INDEX measure_events_of_roadmap ON measure_events (roadmap_uid, measure_uid, number);
