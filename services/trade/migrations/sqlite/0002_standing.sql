-- Figures under keys of whole numbers, what stands of them in known time, and their sums.

-- Releases get a number, by which their figures are kept, and what has been worked out about them when
-- they were published: the years of their figures, and from when on none of these stands any more.
ALTER TABLE releases ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE releases ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE releases ADD COLUMN first_year INTEGER;
ALTER TABLE releases ADD COLUMN last_year INTEGER;
ALTER TABLE releases ADD COLUMN hidden_us INTEGER;

UPDATE releases SET number = numbered.number
FROM (SELECT uid, row_number() OVER (ORDER BY create_us, uid) AS number FROM releases) AS numbered
WHERE numbered.uid = releases.uid;

CREATE UNIQUE INDEX releases_by_number ON releases (number);

DROP INDEX observations_of_series;
ALTER TABLE observations RENAME TO observations_before;

-- The series packs partner, region, flow, edition and commodity, the span window and last month, the
-- marks status and qualifier; `store/key.rs` says how. Position is the number of the import times
-- 10^12 plus the line, so that it follows the order of importing.
CREATE TABLE observations (
    release INTEGER NOT NULL,
    period_year INTEGER NOT NULL,
    series INTEGER NOT NULL,
    span INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value_cents INTEGER,
    net_weight_grams INTEGER,
    marks INTEGER NOT NULL,
    unit_cents INTEGER NOT NULL,
    as_published TEXT,
    PRIMARY KEY (release, period_year, series, span)
) STRICT, WITHOUT ROWID;

INSERT INTO observations
SELECT r.number, o.period_year,
    ((unicode(substr(o.partner, 1, 1)) - 65) * 26 + unicode(substr(o.partner, 2, 1)) - 65) * 35184372088832
        + CASE WHEN length(o.region) > 3
            THEN instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(o.region, 4, 1)) * 1369 ELSE 0 END * 536870912
        + CASE WHEN length(o.region) > 4
            THEN instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(o.region, 5, 1)) * 37 ELSE 0 END * 536870912
        + CASE WHEN length(o.region) > 5
            THEN instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(o.region, 6, 1)) ELSE 0 END * 536870912
        + o.flow * 67108864
        + (o.hs_edition + 1) * 8388608
        + CASE WHEN o.commodity = 'TOTAL' THEN 0
            ELSE CAST(substr(o.commodity || '0000', 1, 6) AS INTEGER) * 8 + length(o.commodity) END,
    o.period_window * 100 + o.period_month, o.position, o.value_cents, o.net_weight_grams,
    o.qualifier * 256 + unicode(o.status), o.unit_cents, nullif(o.as_published, '')
FROM observations_before o JOIN releases r ON r.uid = o.release_uid
ORDER BY 1, 2, 3, 4;

DROP TABLE observations_before;

CREATE INDEX observations_in_order ON observations (release, position);

-- When a figure does not stand although its release counts: from `from_us` until `to_us` in known time
-- a release with a later time of publication has the same cell or has removed it. The spans of one
-- figure do not overlap.
CREATE TABLE eclipses (
    release INTEGER NOT NULL,
    period_year INTEGER NOT NULL,
    series INTEGER NOT NULL,
    span INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    later INTEGER NOT NULL,
    PRIMARY KEY (release, period_year, series, span, from_us)
) STRICT, WITHOUT ROWID;

CREATE INDEX eclipses_by_later ON eclipses (later, release);

-- Sums over the figures of a release, one row for each mark. What stands of a node at a moment is the
-- sum of its rows up to that moment: one for all figures, and further ones that take out those that
-- were eclipsed from then on, or bring them back. `store/sums.rs` says what the nodes are.
CREATE TABLE sums (
    release INTEGER NOT NULL,
    level INTEGER NOT NULL,
    period_year INTEGER NOT NULL,
    series INTEGER NOT NULL,
    span INTEGER NOT NULL,
    marks INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    figures INTEGER NOT NULL,
    value_cents INTEGER NOT NULL,
    half_units INTEGER NOT NULL,
    weighed INTEGER NOT NULL,
    net_weight_grams INTEGER NOT NULL,
    weighed_cents INTEGER NOT NULL,
    PRIMARY KEY (release, level, period_year, series, span, marks, at_us)
) STRICT, WITHOUT ROWID;
