-- What the parties say about the gaps between their figures. A row changes when the other party answers and when its
-- author withdraws it. First and last month are years times 12 plus the month from 0; edition -1 is none.
CREATE TABLE explanations (
    uid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    partnership TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    state BIGINT NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    agency TEXT COLLATE "C" NOT NULL,
    exporter TEXT COLLATE "C" NOT NULL,
    importer TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    first_month BIGINT NOT NULL,
    last_month BIGINT NOT NULL,
    commodity TEXT COLLATE "C" NOT NULL,
    hs_edition BIGINT NOT NULL,
    category BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    amount_cents BIGINT,
    document TEXT COLLATE "C" NOT NULL,
    source_uri TEXT COLLATE "C" NOT NULL,
    export_cents BIGINT,
    import_cents BIGINT,
    releases TEXT COLLATE "C" NOT NULL,
    dispute_agency TEXT COLLATE "C" NOT NULL,
    dispute_reason TEXT COLLATE "C" NOT NULL,
    dispute_us BIGINT,
    accept_agency TEXT COLLATE "C" NOT NULL,
    accept_reason TEXT COLLATE "C" NOT NULL,
    accept_us BIGINT,
    withdraw_agency TEXT COLLATE "C" NOT NULL,
    withdraw_reason TEXT COLLATE "C" NOT NULL,
    withdraw_us BIGINT,
    create_us BIGINT NOT NULL,
    update_us BIGINT NOT NULL
);

CREATE INDEX explanations_of_partnership ON explanations (partnership, name);

CREATE INDEX explanations_of_cell
    ON explanations (partnership, exporter, importer, commodity, hs_edition, first_month, last_month);
