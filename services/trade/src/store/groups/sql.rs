//! The questions about figures of one release, and the series of the groups that figures are in.

use super::{Asked, which::Which};
use crate::{
    domain::group::Level,
    store::{
        key::COMMODITY_MASK,
        observations::{self, list_of},
        releases::Counting,
    },
};

/// Sums over the figures of one release, by the primary key.
pub(in crate::store) fn figures_sql(
    asked: &Asked,
    partner: &str,
    counting: &Counting,
    stands: &str,
    spans: &str,
) -> String {
    sums_sql(asked, partner, counting, stands, &node(asked.level), spans)
}

/// The same code by code.
pub(super) fn codes_sql(asked: &Asked, partner: &str, counting: &Counting, stands: &str) -> String {
    sums_sql(asked, partner, counting, stands, "o.series", "")
}

fn sums_sql(
    asked: &Asked,
    partner: &str,
    counting: &Counting,
    stands: &str,
    series: &str,
    spans: &str,
) -> String {
    let number = counting.release.number;
    let years = list_of(observations::years(
        asked.years,
        std::slice::from_ref(counting),
    ));
    let part = |which: &Which| {
        format!(
            "SELECT {number} AS release, o.period_year, {series} AS series, o.span, o.marks, 1 AS whole, \
             CASE WHEN {stands} THEN 1 ELSE 0 END AS stands, {MEASURES} FROM observations o \
             WHERE o.release = {number} AND o.period_year IN ({years}) AND {}{spans} GROUP BY 2, 3, 4, 5, 7",
            which.sql(),
        )
    };
    // Between the flows of one code there are all other codes.
    let parts: Vec<String> = Which::new(asked, partner)
        .by_flow()
        .iter()
        .map(part)
        .collect();
    parts.join(" UNION ALL ")
}

/// What figures add up to.
const MEASURES: &str = "count(*), CAST(coalesce(sum(o.value_cents), 0) AS BIGINT), \
    CAST(sum(CASE WHEN o.marks / 256 = 2 THEN o.unit_cents / 2 + o.unit_cents % 2 ELSE 0 END) AS BIGINT), \
    count(o.net_weight_grams), CAST(coalesce(sum(o.net_weight_grams), 0) AS BIGINT), \
    CAST(sum(CASE WHEN o.net_weight_grams IS NULL THEN 0 ELSE coalesce(o.value_cents, 0) END) AS BIGINT)";

/// The series of the group that a figure is in: the code of the level, with the number of digits of the
/// figure's own.
fn node(level: Option<Level>) -> String {
    let Some(width) = level.map(width) else {
        return "o.series".to_owned();
    };
    format!(
        "o.series - (o.series & 8388607) + (o.series & 8388607) / {width} * {width} + (o.series & 7)"
    )
}

/// The series of the group that a series is in, as [`node`] says.
pub(super) fn node_series(series: i64, level: Option<Level>) -> i64 {
    let (rest, code) = (series & !COMMODITY_MASK, series & COMMODITY_MASK);
    let Some(width) = level.map(width) else {
        return series;
    };
    rest + code / width * width + (code & 7)
}

/// How many codes of series one code of the level takes in.
fn width(level: Level) -> i64 {
    match level {
        Level::Section | Level::Chapter => 80_000,
        Level::Heading => 800,
        Level::Subheading => 8,
    }
}
