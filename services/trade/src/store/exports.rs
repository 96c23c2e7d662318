//! Figures in the order of their keys: all that match and stand, and those in which releases differ.

use aip::{Sql, filter::Filter};
use jiff::Timestamp;
use storage::{Error, Statement, Tx, args};

use super::{
    codes::Coded,
    key::{self, Key},
    observations::{FIELDS, list_of},
    releases::{Counting, SELECT},
    rows::{ObservationRow, ReleaseRow, figure},
    standing::stands,
};
use crate::domain::{
    cell::Flow, name::ReleaseName, observation::Observation, period::Window, release::Release,
};

/// Which figures are exported.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The partnership.
    pub partnership: String,
    /// Only this reporter; empty for all.
    pub reporter: String,
    /// Only this partner; empty for all.
    pub partner: String,
    /// Only these flows; empty for all.
    pub flows: Vec<Flow>,
    /// The first and the last year.
    pub years: (i16, i16),
    /// Only these windows; empty for all.
    pub windows: Vec<Window>,
    /// Only this code and what it takes in; empty for all.
    pub commodity: String,
    /// Only this region; empty for all.
    pub region: String,
    /// Only this release.
    pub release: Option<ReleaseName>,
    /// What else must hold, over the figure `o` and its release `r`.
    pub filter: Filter,
    /// As of when.
    pub known: Timestamp,
    /// Leaves out what was recorded then or later.
    pub recorded_before: Option<Timestamp>,
}

/// Which figures of a release are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range<'a> {
    /// The release.
    pub own: &'a Counting,
    /// Behind which key; in its year.
    pub after: Key,
    /// How many at most.
    pub limit: usize,
    /// Whether what was worked out about the releases may be newer than they.
    pub is_past: bool,
}

/// Returns all releases of a partnership that count, in the order of their numbers; with `began_us` those that
/// counted by what had been recorded then.
pub(crate) async fn counting(
    tx: &mut Tx,
    wanted: &Wanted,
    began_us: Option<i64>,
) -> Result<Vec<Counting>, Error> {
    let before = wanted.recorded_before.map_or(i64::MAX, clock::to_micros);
    let before = before.min(began_us.map_or(i64::MAX, |began| began.saturating_add(1)));
    let sql = Sql {
        text: format!(
            "{SELECT} WHERE r.partnership = $1 AND r.publish_record_us < $3 AND r.publish_us <= $2 \
             AND (r.withdraw_us IS NULL OR r.withdraw_us > $2 OR r.withdraw_record_us >= $3) \
             ORDER BY r.number"
        ),
        args: args![&wanted.partnership, clock::to_micros(wanted.known), before],
    };
    tx.all::<ReleaseRow>(sql, Vec::new())
        .await?
        .into_iter()
        .map(Counting::try_from)
        .collect()
}

/// Returns a number that grows whenever a release of a partnership is published or withdrawn, by the index
/// `releases_of_partnership`.
pub(crate) async fn versions(tx: &mut Tx, partnership: &str) -> Result<i64, Error> {
    let (versions,) = tx
        .one::<(i64,)>(
            "SELECT CAST(coalesce(sum(r.revision), 0) AS BIGINT) AS versions FROM releases r \
             WHERE r.partnership = $1 AND r.publish_record_us IS NOT NULL",
            args![partnership],
        )
        .await?;
    Ok(versions)
}

/// Returns figures of one year of a release, with their keys and in their order.
pub(crate) async fn page(
    tx: &mut Tx,
    wanted: &Wanted,
    releases: &[Counting],
    range: Range<'_>,
) -> Result<Vec<(Key, Observation)>, Error> {
    let reporter = range.own.release.publication.reporter.as_str();
    read(tx, page_sql(wanted, releases, range), reporter).await
}

pub(super) fn page_sql(wanted: &Wanted, releases: &[Counting], range: Range<'_>) -> Sql {
    let Range {
        own, after, limit, ..
    } = range;
    let release = &own.release;
    let reporter = release.publication.reporter.as_str();
    let strict = range.is_past || wanted.recorded_before.is_some() || !own.settled;
    let later: Vec<&Counting> = releases
        .iter()
        .filter(|other| {
            other.release.publication.reporter == reporter
                && other.release.vintage() > release.vintage()
        })
        .collect();
    let joined = if wanted.filter.is_empty() {
        ""
    } else {
        " JOIN releases r ON r.number = o.release"
    };
    let mut sql = Sql {
        text: format!(
            "SELECT {FIELDS} FROM observations o{joined} WHERE o.release = {} AND o.period_year = {} \
             AND (o.series, o.span) > ({}, {}){} AND {}",
            release.number,
            after.year,
            after.series,
            after.span,
            conditions(wanted),
            stands(release.number, strict.then_some(later.as_slice())),
        ),
        args: args![clock::to_micros(wanted.known)],
    };
    if !wanted.filter.is_empty() {
        sql.push(" AND ");
        wanted.filter.push_sql(&mut sql);
    }
    sql.push(&format!(" ORDER BY o.series, o.span LIMIT {limit}"));
    sql
}

async fn read(tx: &mut Tx, sql: Sql, reporter: &str) -> Result<Vec<(Key, Observation)>, Error> {
    tx.all::<ObservationRow>(Statement::from(sql).once(), Vec::new())
        .await?
        .into_iter()
        .map(|row| {
            let key = Key {
                year: row.period_year,
                series: row.series,
                span: row.span,
            };
            Ok((key, figure(row, reporter)?))
        })
        .collect()
}

fn conditions(wanted: &Wanted) -> String {
    let mut text = String::new();
    if !wanted.partner.is_empty() {
        let first = key::partner_code(&wanted.partner) << key::PARTNER_SHIFT;
        let last = first | ((1 << key::PARTNER_SHIFT) - 1);
        text.push_str(&format!(" AND o.series BETWEEN {first} AND {last}"));
    }
    if !wanted.region.is_empty() {
        let region = key::region_code(&wanted.region);
        text.push_str(&format!(
            " AND ((o.series >> {}) & {}) = {region}",
            key::REGION_SHIFT,
            key::REGION_MASK
        ));
    }
    if !wanted.flows.is_empty() {
        let flows = list_of(wanted.flows.iter().map(|flow| flow.code()));
        text.push_str(&format!(
            " AND ((o.series >> {}) & 7) IN ({flows})",
            key::FLOW_SHIFT
        ));
    }
    if !wanted.windows.is_empty() {
        let windows = list_of(wanted.windows.iter().map(|window| window.code()));
        text.push_str(&format!(" AND (o.span / 100) IN ({windows})"));
    }
    if !wanted.commodity.is_empty() {
        let (first, last) = key::commodity_range(&wanted.commodity);
        text.push_str(&format!(
            " AND (o.series & {}) BETWEEN {first} AND {last}",
            key::COMMODITY_MASK
        ));
    }
    text
}

/// Returns at most `limit` keys, in order, of cells behind `after` in which two releases differ: their
/// figures, weights, statuses or precision, or that only one has them.
pub(crate) async fn differing(
    tx: &mut Tx,
    earlier: &Release,
    later: &Release,
    after: Option<Key>,
    limit: usize,
) -> Result<Vec<Key>, Error> {
    let behind = after.map_or(String::new(), |after| {
        format!(
            " AND (o.period_year, o.series, o.span) > ({}, {}, {})",
            after.year, after.series, after.span
        )
    });
    let mut keys = Vec::new();
    for (own, other, which) in [
        (
            later.number,
            earlier.number,
            "p.release IS NULL OR p.value_cents IS DISTINCT FROM o.value_cents \
             OR p.net_weight_grams IS DISTINCT FROM o.net_weight_grams OR p.marks <> o.marks \
             OR p.unit_cents <> o.unit_cents",
        ),
        (earlier.number, later.number, "p.release IS NULL"),
    ] {
        let text = format!(
            "SELECT o.period_year, o.series, o.span FROM observations o LEFT JOIN observations p \
             ON p.release = {other} AND p.period_year = o.period_year AND p.series = o.series \
             AND p.span = o.span WHERE o.release = {own}{behind} AND ({which}) \
             ORDER BY o.period_year, o.series, o.span LIMIT {limit}"
        );
        let rows: Vec<(i64, i64, i64)> = tx
            .all(Statement::from(Sql::new(text)).once(), Vec::new())
            .await?;
        keys.extend(
            rows.into_iter()
                .map(|(year, series, span)| Key { year, series, span }),
        );
    }
    keys.sort_unstable();
    keys.truncate(limit);
    Ok(keys)
}

/// Returns at most `limit` figures of a release behind a key, in the order of their keys.
pub(crate) async fn of_release(
    tx: &mut Tx,
    release: &Release,
    after: Option<Key>,
    limit: usize,
) -> Result<Vec<(Key, Observation)>, Error> {
    let sql = of_release_sql(release.number, after, limit);
    read(tx, sql, &release.publication.reporter).await
}

/// By the primary key.
fn of_release_sql(release: i64, after: Option<Key>, limit: usize) -> Sql {
    let behind = after.map_or(String::new(), |after| {
        format!(
            " AND (o.period_year, o.series, o.span) > ({}, {}, {})",
            after.year, after.series, after.span
        )
    });
    Sql::new(format!(
        "SELECT {FIELDS} FROM observations o WHERE o.release = {release}{behind} \
         ORDER BY o.period_year, o.series, o.span LIMIT {limit}"
    ))
}

/// Returns the figures of a release about these cells, with their keys.
pub(crate) async fn at(
    tx: &mut Tx,
    release: &Release,
    keys: &[Key],
) -> Result<Vec<(Key, Observation)>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let tuples: Vec<String> = keys
        .iter()
        .map(|key| format!("({}, {}, {})", key.year, key.series, key.span))
        .collect();
    let text = format!(
        "SELECT {FIELDS} FROM (VALUES {}) AS asked JOIN observations o ON o.release = {} \
         AND o.period_year = asked.column1 AND o.series = asked.column2 AND o.span = asked.column3",
        tuples.join(", "),
        release.number,
    );
    read(tx, Sql::new(text), &release.publication.reporter).await
}

#[cfg(test)]
mod tests;
