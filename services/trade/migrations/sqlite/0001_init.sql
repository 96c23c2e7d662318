-- Publications. Nothing published is overwritten: a row changes while staging, then once when it is
-- published and once when it is withdrawn.
CREATE TABLE releases (
    uid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partnership TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state INTEGER NOT NULL,
    display_name TEXT NOT NULL,
    reporter TEXT NOT NULL,
    publisher TEXT NOT NULL,
    publish_us INTEGER,
    publish_basis INTEGER,
    publish_time_note TEXT NOT NULL,
    source_uri TEXT NOT NULL,
    complete INTEGER NOT NULL,
    partners TEXT NOT NULL,
    flows TEXT NOT NULL,
    windows TEXT NOT NULL,
    first_day INTEGER,
    last_day INTEGER,
    by_commodity INTEGER NOT NULL,
    by_region INTEGER NOT NULL,
    export_valuation INTEGER NOT NULL,
    import_valuation INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    hs_edition INTEGER,
    note TEXT NOT NULL,
    observation_count INTEGER NOT NULL,
    publish_record_us INTEGER,
    withdraw_us INTEGER,
    withdraw_record_us INTEGER,
    withdraw_reason TEXT NOT NULL,
    create_us INTEGER NOT NULL,
    update_us INTEGER NOT NULL
) STRICT;

CREATE INDEX releases_of_partnership ON releases (partnership, name);

-- The partners that a release covers, to find the pairs of parties of a partnership.
CREATE TABLE release_partners (
    release_uid TEXT NOT NULL REFERENCES releases (uid),
    partnership TEXT NOT NULL,
    reporter TEXT NOT NULL,
    partner TEXT NOT NULL,
    PRIMARY KEY (release_uid, partner)
) STRICT;

CREATE INDEX release_partners_of_partnership ON release_partners (partnership, reporter, partner);

-- Uploads into staging releases.
CREATE TABLE imports (
    uid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    release_uid TEXT NOT NULL REFERENCES releases (uid),
    number INTEGER NOT NULL,
    lease TEXT NOT NULL,
    state INTEGER NOT NULL,
    skip_bad_rows INTEGER NOT NULL,
    total_bytes INTEGER NOT NULL,
    received_bytes INTEGER NOT NULL,
    received_lines INTEGER NOT NULL,
    column_names TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    create_us INTEGER NOT NULL,
    update_us INTEGER NOT NULL,
    UNIQUE (release_uid, number)
) STRICT;

-- What is wrong with the rows of an upload.
CREATE TABLE import_problems (
    import_uid TEXT NOT NULL REFERENCES imports (uid),
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_number INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (import_uid, number)
) STRICT;

-- Figures. Position is the number of the import times 10^12 plus the line, so that it follows the
-- order of importing; cell is the key of what the figure is about. Edition -1 is none.
CREATE TABLE observations (
    release_uid TEXT NOT NULL REFERENCES releases (uid),
    position INTEGER NOT NULL,
    cell TEXT NOT NULL,
    partnership TEXT NOT NULL,
    reporter TEXT NOT NULL,
    partner TEXT NOT NULL,
    flow INTEGER NOT NULL,
    commodity TEXT NOT NULL,
    hs_edition INTEGER NOT NULL,
    region TEXT NOT NULL,
    period_window INTEGER NOT NULL,
    period_year INTEGER NOT NULL,
    period_month INTEGER NOT NULL,
    value_cents INTEGER,
    net_weight_grams INTEGER,
    status TEXT NOT NULL,
    qualifier INTEGER NOT NULL,
    unit_cents INTEGER NOT NULL,
    as_published TEXT NOT NULL,
    PRIMARY KEY (release_uid, position),
    UNIQUE (release_uid, cell)
) STRICT;

CREATE INDEX observations_of_series
    ON observations (partnership, commodity, hs_edition, region, reporter, partner, flow, period_year);

-- What the parties agreed to reach.
CREATE TABLE targets (
    uid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partnership TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state INTEGER NOT NULL,
    display_name TEXT NOT NULL,
    parties TEXT NOT NULL,
    value_cents INTEGER NOT NULL,
    due_day INTEGER NOT NULL,
    baseline_year INTEGER NOT NULL,
    baseline_cents INTEGER,
    method INTEGER NOT NULL,
    reporter TEXT NOT NULL,
    adopt_day INTEGER NOT NULL,
    basis_document TEXT NOT NULL,
    basis_note TEXT NOT NULL,
    source_uri TEXT NOT NULL,
    recorder TEXT NOT NULL,
    predecessor TEXT NOT NULL,
    successor TEXT NOT NULL,
    supersede_day INTEGER,
    create_us INTEGER NOT NULL,
    update_us INTEGER NOT NULL
) STRICT;

CREATE INDEX targets_of_partnership ON targets (partnership, name);
