//! Sums over the figures of a release, kept so that questions about many of them need not read them.
//!
//! There are two kinds, which the column `level` tells apart. [`CHAPTERS`]: all figures about codes of
//! one length in one chapter, for each span as published; the series of such a sum has the code of the
//! chapter, and the number of digits of what was added up. [`MONTHS_OF_YEARS`]: the months of one series
//! in one calendar year. Either is kept once for each mark, so that a sum tells how many figures in it
//! are rounded, bounds, provisional or missing.
//!
//! What was eclipsed is taken out by further rows, at the moment from which on it did not stand.

use aip::Sql;
use storage::{Error, Statement, Tx, args};

/// Sums over chapters, by span as published.
pub(crate) const CHAPTERS: i64 = 1;
/// Sums over the months of a year, by series.
pub(crate) const MONTHS_OF_YEARS: i64 = 2;

/// From when on a sum over all figures of a release holds: always, as the release has its own times.
pub(crate) const WHOLE: i64 = i64::MIN;

/// The moment that never comes.
pub(crate) const NEVER: i64 = i64::MAX;

/// The span of sums over the months of a year.
#[cfg(test)]
pub(crate) const YEAR_OF_MONTHS: i64 = 300;

/// What is summed up, times the sign `{s}`: the number of figures, their values, half the units of
/// rounded ones, and of those with a weight the number, the weights and the values.
const MEASURES: &str = "CAST(sum({s}) AS BIGINT), \
    CAST(sum({s} * coalesce(o.value_cents, 0)) AS BIGINT), \
    CAST(sum(CASE WHEN o.marks / 256 = 2 THEN {s} * (o.unit_cents / 2 + o.unit_cents % 2) ELSE 0 END) AS BIGINT), \
    CAST(sum(CASE WHEN o.net_weight_grams IS NULL THEN 0 ELSE {s} END) AS BIGINT), \
    CAST(sum({s} * coalesce(o.net_weight_grams, 0)) AS BIGINT), \
    CAST(sum(CASE WHEN o.net_weight_grams IS NULL THEN 0 ELSE {s} * coalesce(o.value_cents, 0) END) AS BIGINT)";

/// The columns that [`MEASURES`] fills, behind the key.
const INTO: &str = "INSERT INTO sums (release, level, period_year, series, span, marks, at_us, figures, \
    value_cents, half_units, weighed, net_weight_grams, weighed_cents)";

/// The chapter of a series, with the number of digits of its code.
const CHAPTER: &str =
    "o.series - (o.series & 8388607) + (o.series & 8388607) / 80000 * 80000 + (o.series & 7)";

/// Each level with the series and the span of its sums, and the figures that enter them.
const LEVELS: [(i64, &str, &str, &str); 2] = [
    (CHAPTERS, CHAPTER, "o.span", "(o.series & 8388607) > 0"),
    (
        MONTHS_OF_YEARS,
        "o.series",
        "300",
        "o.span BETWEEN 101 AND 112",
    ),
];

/// When figures of a release begin and cease to be eclipsed.
const EVENTS: &str = "(SELECT period_year, series, span, from_us AS at_us, -1 AS sign FROM eclipses \
    WHERE release = $1 UNION ALL SELECT period_year, series, span, to_us, 1 FROM eclipses \
    WHERE release = $1 AND to_us < $2) AS v";

/// Sums up all figures of a release.
pub(crate) async fn add_whole(tx: &mut Tx, release: i64) -> Result<(), Error> {
    for (level, series, span, which) in LEVELS {
        let text = format!(
            "{INTO} SELECT {release}, {level}, o.period_year, {series}, {span}, o.marks, $2, {} \
             FROM observations o WHERE o.release = $1 AND {which} GROUP BY 3, 4, 5, 6",
            MEASURES.replace("{s}", "1")
        );
        run(tx, text, [release, WHOLE]).await?;
    }
    Ok(())
}

/// Works out anew what is taken out of the sums of a release because it was eclipsed.
pub(crate) async fn refresh(tx: &mut Tx, release: i64) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM sums WHERE release = $1 AND at_us > $2",
        args![release, WHOLE],
    )
    .await?;
    for (level, series, span, which) in LEVELS {
        let text = format!(
            "{INTO} SELECT {release}, {level}, o.period_year, {series}, {span}, o.marks, v.at_us, {} \
             FROM {EVENTS} JOIN observations o ON o.release = $1 AND o.period_year = v.period_year \
             AND o.series = v.series AND o.span = v.span WHERE {which} GROUP BY 3, 4, 5, 6, 7",
            MEASURES.replace("{s}", "v.sign")
        );
        run(tx, text, [release, NEVER]).await?;
    }
    Ok(())
}

/// Tells whether the figures of a release are so large that sums over them might not fit: together more
/// than 10^18 cents, grams or units, thousands of times what the world trades in a year.
pub(crate) async fn is_too_large(tx: &mut Tx, release: i64) -> Result<bool, Error> {
    let (too_large,) = tx
        .one::<(bool,)>(
            "SELECT coalesce(sum(CAST(coalesce(value_cents, 0) AS DOUBLE PRECISION) \
             + coalesce(net_weight_grams, 0) + unit_cents), 0) > 1e18 AS too_large \
             FROM observations WHERE release = $1",
            args![release],
        )
        .await?;
    Ok(too_large)
}

async fn run(tx: &mut Tx, text: String, values: [i64; 2]) -> Result<(), Error> {
    let args = values.into_iter().map(aip::Value::from).collect();
    // The best plan depends on the release.
    tx.execute(Statement::from(Sql { text, args }).once(), Vec::new())
        .await?;
    Ok(())
}
