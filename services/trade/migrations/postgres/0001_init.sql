-- Publications. Nothing published is overwritten: a row changes while staging, then once when it is
-- published and once when it is withdrawn.
CREATE TABLE releases (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    partnership TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    state BIGINT NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    reporter TEXT COLLATE "C" NOT NULL,
    publisher TEXT COLLATE "C" NOT NULL,
    publish_us BIGINT,
    publish_basis BIGINT,
    publish_time_note TEXT COLLATE "C" NOT NULL,
    source_uri TEXT COLLATE "C" NOT NULL,
    complete BOOLEAN NOT NULL,
    partners TEXT COLLATE "C" NOT NULL,
    flows TEXT COLLATE "C" NOT NULL,
    windows TEXT COLLATE "C" NOT NULL,
    first_day BIGINT,
    last_day BIGINT,
    by_commodity BOOLEAN NOT NULL,
    by_region BOOLEAN NOT NULL,
    export_valuation BIGINT NOT NULL,
    import_valuation BIGINT NOT NULL,
    scope BIGINT NOT NULL,
    hs_edition BIGINT,
    note TEXT COLLATE "C" NOT NULL,
    observation_count BIGINT NOT NULL,
    publish_record_us BIGINT,
    withdraw_us BIGINT,
    withdraw_record_us BIGINT,
    withdraw_reason TEXT COLLATE "C" NOT NULL,
    create_us BIGINT NOT NULL,
    update_us BIGINT NOT NULL
);

CREATE INDEX releases_of_partnership ON releases (partnership, name);

-- The partners that a release covers, to find the pairs of parties of a partnership.
CREATE TABLE release_partners (
    release_uid TEXT COLLATE "C" NOT NULL REFERENCES releases (uid),
    partnership TEXT COLLATE "C" NOT NULL,
    reporter TEXT COLLATE "C" NOT NULL,
    partner TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (release_uid, partner)
);

CREATE INDEX release_partners_of_partnership ON release_partners (partnership, reporter, partner);

-- Uploads into staging releases.
CREATE TABLE imports (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    release_uid TEXT COLLATE "C" NOT NULL REFERENCES releases (uid),
    number BIGINT NOT NULL,
    lease TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    skip_bad_rows BOOLEAN NOT NULL,
    total_bytes BIGINT NOT NULL,
    received_bytes BIGINT NOT NULL,
    received_lines BIGINT NOT NULL,
    column_names TEXT COLLATE "C" NOT NULL,
    accepted BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    create_us BIGINT NOT NULL,
    update_us BIGINT NOT NULL,
    UNIQUE (release_uid, number)
);

-- What is wrong with the rows of an upload.
CREATE TABLE import_problems (
    import_uid TEXT COLLATE "C" NOT NULL REFERENCES imports (uid),
    number BIGINT NOT NULL,
    line BIGINT NOT NULL,
    column_number BIGINT NOT NULL,
    column_name TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import_uid, number)
);

-- Figures. Position is the number of the import times 10^12 plus the line, so that it follows the
-- order of importing; cell is the key of what the figure is about. Edition -1 is none.
CREATE TABLE observations (
    release_uid TEXT COLLATE "C" NOT NULL REFERENCES releases (uid),
    position BIGINT NOT NULL,
    cell TEXT COLLATE "C" NOT NULL,
    partnership TEXT COLLATE "C" NOT NULL,
    reporter TEXT COLLATE "C" NOT NULL,
    partner TEXT COLLATE "C" NOT NULL,
    flow BIGINT NOT NULL,
    commodity TEXT COLLATE "C" NOT NULL,
    hs_edition BIGINT NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    period_window BIGINT NOT NULL,
    period_year BIGINT NOT NULL,
    period_month BIGINT NOT NULL,
    value_cents BIGINT,
    net_weight_grams BIGINT,
    status TEXT COLLATE "C" NOT NULL,
    qualifier BIGINT NOT NULL,
    unit_cents BIGINT NOT NULL,
    as_published TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (release_uid, position),
    UNIQUE (release_uid, cell)
);

CREATE INDEX observations_of_series
    ON observations (partnership, commodity, hs_edition, region, reporter, partner, flow, period_year);

-- What the parties agreed to reach.
CREATE TABLE targets (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    partnership TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    state BIGINT NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    parties TEXT COLLATE "C" NOT NULL,
    value_cents BIGINT NOT NULL,
    due_day BIGINT NOT NULL,
    baseline_year BIGINT NOT NULL,
    baseline_cents BIGINT,
    method BIGINT NOT NULL,
    reporter TEXT COLLATE "C" NOT NULL,
    adopt_day BIGINT NOT NULL,
    basis_document TEXT COLLATE "C" NOT NULL,
    basis_note TEXT COLLATE "C" NOT NULL,
    source_uri TEXT COLLATE "C" NOT NULL,
    recorder TEXT COLLATE "C" NOT NULL,
    predecessor TEXT COLLATE "C" NOT NULL,
    successor TEXT COLLATE "C" NOT NULL,
    supersede_day BIGINT,
    create_us BIGINT NOT NULL,
    update_us BIGINT NOT NULL
);

CREATE INDEX targets_of_partnership ON targets (partnership, name);
