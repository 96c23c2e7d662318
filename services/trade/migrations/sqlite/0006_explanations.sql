-- What the parties say about the gaps between their figures. A row changes when the other party answers and when its
-- author withdraws it. First and last month are years times 12 plus the month from 0; edition -1 is none.
CREATE TABLE explanations (
    uid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partnership TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state INTEGER NOT NULL,
    party TEXT NOT NULL,
    agency TEXT NOT NULL,
    exporter TEXT NOT NULL,
    importer TEXT NOT NULL,
    period TEXT NOT NULL,
    first_month INTEGER NOT NULL,
    last_month INTEGER NOT NULL,
    commodity TEXT NOT NULL,
    hs_edition INTEGER NOT NULL,
    category INTEGER NOT NULL,
    reason TEXT NOT NULL,
    amount_cents INTEGER,
    document TEXT NOT NULL,
    source_uri TEXT NOT NULL,
    export_cents INTEGER,
    import_cents INTEGER,
    releases TEXT NOT NULL,
    dispute_agency TEXT NOT NULL,
    dispute_reason TEXT NOT NULL,
    dispute_us INTEGER,
    accept_agency TEXT NOT NULL,
    accept_reason TEXT NOT NULL,
    accept_us INTEGER,
    withdraw_agency TEXT NOT NULL,
    withdraw_reason TEXT NOT NULL,
    withdraw_us INTEGER,
    create_us INTEGER NOT NULL,
    update_us INTEGER NOT NULL
) STRICT;

CREATE INDEX explanations_of_partnership ON explanations (partnership, name);

CREATE INDEX explanations_of_cell
    ON explanations (partnership, exporter, importer, commodity, hs_edition, first_month, last_month);
