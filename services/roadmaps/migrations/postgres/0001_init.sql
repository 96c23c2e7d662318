-- Roadmaps, their sides and measures, and everything that happened to the measures.
-- Instants are microseconds and days are days since 1970-01-01. Enums have the numbers of the contract.

CREATE TABLE roadmaps (
    uid              TEXT COLLATE "C" PRIMARY KEY,
    name             TEXT COLLATE "C" NOT NULL UNIQUE,
    partnership      TEXT COLLATE "C" NOT NULL,
    titles           TEXT NOT NULL,                       -- JSON: [{language_code, text}]
    period_start_day BIGINT NOT NULL,
    period_end_day   BIGINT NOT NULL,
    signed_day       BIGINT,
    source_document  TEXT COLLATE "C",
    sources          TEXT NOT NULL,                       -- JSON: [{uri, note}]
    plan_revision    BIGINT NOT NULL,
    state            BIGINT NOT NULL,                     -- follows from the sides' consents
    revision         BIGINT NOT NULL,
    created_us       BIGINT NOT NULL,
    updated_us       BIGINT NOT NULL,
    deleted_us       BIGINT,
    CHECK (period_start_day <= period_end_day)
);
CREATE INDEX roadmaps_by_partnership ON roadmaps (partnership, name);

CREATE TABLE roadmap_sides (
    roadmap_uid  TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    position     BIGINT NOT NULL CHECK (position IN (0, 1)),
    party        TEXT COLLATE "C" NOT NULL,
    region_code  TEXT COLLATE "C" NOT NULL,
    region_name  TEXT NOT NULL,
    signing_body TEXT NOT NULL,
    adopted_us   BIGINT,
    closed_us    BIGINT,
    PRIMARY KEY (roadmap_uid, position),
    UNIQUE (roadmap_uid, party)
);

-- Every code that a roadmap is found by: those that its two regions have or had.
CREATE TABLE roadmap_region_codes (
    code        TEXT COLLATE "C" NOT NULL,
    roadmap_uid TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    PRIMARY KEY (code, roadmap_uid)
);
CREATE INDEX roadmap_region_codes_by_roadmap ON roadmap_region_codes (roadmap_uid);

CREATE TABLE measures (
    uid                TEXT COLLATE "C" PRIMARY KEY,
    name               TEXT COLLATE "C" NOT NULL UNIQUE,
    roadmap_uid        TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    partnership        TEXT COLLATE "C" NOT NULL,
    titles             TEXT NOT NULL,                     -- JSON: [{language_code, text}]
    section            TEXT COLLATE "C" NOT NULL,
    order_number       BIGINT NOT NULL,
    expected_result    TEXT NOT NULL,
    form_of_completion TEXT NOT NULL,
    executors          TEXT NOT NULL,                     -- JSON: [{party, lead_body, co_executing_bodies}]
    starts_day         BIGINT,
    deadline_form      BIGINT NOT NULL,                   -- 1 day, 2 quarter, 3 half-year
    deadline_day       BIGINT NOT NULL,                   -- the last day
    weight             BIGINT NOT NULL CHECK (weight > 0),
    state              BIGINT NOT NULL,                   -- what the events add up to, like the rest below
    reports            BIGINT NOT NULL,
    report_revision    BIGINT,
    report_side        BIGINT,
    proposal_side      BIGINT,
    words              TEXT NOT NULL,                     -- JSON: the standing report, the verdict, the proposal
    events             BIGINT NOT NULL,
    revision           BIGINT NOT NULL,
    created_us         BIGINT NOT NULL,
    updated_us         BIGINT NOT NULL,
    deleted_us         BIGINT,
    CHECK ((report_revision IS NULL) = (report_side IS NULL)),
    CHECK (state <> 6 OR report_revision IS NOT NULL)     -- complete only with a report
);
CREATE INDEX measures_in_order ON measures (roadmap_uid, order_number, name);
CREATE INDEX measures_of_partnership_in_order ON measures (partnership, order_number, name);
CREATE INDEX measures_of_all_in_order ON measures (order_number, name);
CREATE INDEX measures_by_deadline ON measures (partnership, deadline_day, name);

CREATE TABLE measure_bodies (
    measure_uid TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    party       TEXT COLLATE "C" NOT NULL,
    body        TEXT COLLATE "C" NOT NULL,
    leads       BOOLEAN NOT NULL,
    PRIMARY KEY (measure_uid, party, body)
);
CREATE INDEX measure_bodies_by_body ON measure_bodies (body, measure_uid);

-- Only ever appended.
CREATE TABLE measure_events (
    measure_uid     TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    number          BIGINT NOT NULL,
    roadmap_uid     TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    recorded_us     BIGINT NOT NULL,
    kind            BIGINT NOT NULL,
    side            BIGINT NOT NULL,
    agency          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    report_revision BIGINT,
    state           BIGINT NOT NULL,
    section         TEXT,                                 -- of events of the plan, with the next two
    weight          BIGINT,
    deadline_day    BIGINT,
    completed_day   BIGINT,                               -- of reports, with the next one
    claim           TEXT,                                 -- JSON: {completed_day, note, evidence}
    PRIMARY KEY (measure_uid, number)
);
CREATE INDEX measure_events_of_roadmap ON measure_events (roadmap_uid, measure_uid, number);
