-- Sums in pages, which the batches of imports bring along.

DROP TABLE sums;

-- Sums over the figures of a release, thousands in one row. What stands of a sum at a moment is what its
-- pages up to that moment add up to: one for all figures, and further ones that take out those that were
-- eclipsed from then on, or bring them back. `series` is the first of the page, which has sums of one
-- partner and region only; `last_span` is the greatest. `store/sums.rs` says what the sums are.
CREATE TABLE sum_pages (
    release INTEGER NOT NULL,
    level INTEGER NOT NULL,
    period_year INTEGER NOT NULL,
    series INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    last_span INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (release, level, period_year, series, at_us)
) STRICT;

-- The sums over single batches of imports, until the release is published. `before_batch` is how many
-- figures of the import were durable before.
CREATE TABLE import_sums (
    release INTEGER NOT NULL,
    level INTEGER NOT NULL,
    period_year INTEGER NOT NULL,
    series INTEGER NOT NULL,
    import_number INTEGER NOT NULL,
    before_batch INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (release, level, period_year, series, import_number, before_batch)
) STRICT;

-- Of how many figures of an import there are such sums, how large these figures are together (values,
-- weights and units of rounding), and their years.
ALTER TABLE imports ADD COLUMN summed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN magnitude INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN first_year INTEGER;
ALTER TABLE imports ADD COLUMN last_year INTEGER;

-- What stands is worked out anew for all releases, with the sums: at the next start, and until then by
-- each question.
DELETE FROM eclipses;
UPDATE releases SET settled = 0, first_year = NULL, last_year = NULL, hidden_us = NULL WHERE settled;
