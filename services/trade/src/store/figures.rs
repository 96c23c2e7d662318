//! The published figures behind a figure, and what other releases say about the same cells.

use aip::Sql;
use jiff::Timestamp;
use storage::{Error, Statement, Tx, args};

use super::{
    groups::Node,
    key::{self, Key},
    observations::{FIELDS, list_of},
    releases::{Counting, SELECT},
    rows::{ObservationRow, ReleaseRow, figure},
    standing::stands,
};
use crate::domain::{cell::Commodity, observation::Observation, period::Period, release::Release};

/// The releases of a reporter that have been published, withdrawn ones too; by the index
/// `releases_of_partnership`.
const PUBLISHED: &str =
    " WHERE r.partnership = $1 AND r.reporter = $2 AND r.publish_record_us IS NOT NULL";

/// Series of one group, and how many digits the codes of figures about each period have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The first and the last series.
    pub series: (i64, i64),
    /// Digits and spans.
    pub spans: Vec<(u8, i64)>,
}

/// Figures of one release about a group in one year, in the order of their keys.
#[derive(Clone, Debug)]
pub(crate) struct Batch<'a> {
    /// The release.
    pub own: &'a Release,
    /// The releases of later vintages that count, in the strict reading.
    pub later: Option<&'a [&'a Counting]>,
    /// The year.
    pub year: i64,
    /// The series; their ranges do not overlap.
    pub ranges: Vec<Range>,
    /// Whether only what stands is wanted.
    pub standing: bool,
    /// As of when.
    pub known: Timestamp,
}

/// Returns the releases of a reporter that have been published, the earliest vintage first.
pub(crate) async fn published(
    tx: &mut Tx,
    partnership: &str,
    reporter: &str,
) -> Result<Vec<Counting>, Error> {
    let sql = Sql {
        text: format!("{SELECT}{PUBLISHED}"),
        args: args![partnership, reporter],
    };
    let mut releases = tx
        .all::<ReleaseRow>(sql, Vec::new())
        .await?
        .into_iter()
        .map(Counting::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    releases.sort_by(|a, b| a.release.vintage().cmp(&b.release.vintage()));
    Ok(releases)
}

/// Returns the first and the last series of a group: all that its code takes in, or with `alone` only itself.
pub(crate) fn series_of(node: &Node, partner: &str, alone: bool) -> (i64, i64) {
    let base = key::series(partner, &node.region, node.flow, &Commodity::Total);
    let edition = node
        .edition
        .map_or(0, |edition| i64::from(edition.number()) + 1);
    let base = base | edition << key::COMMODITY_BITS;
    let (first, last) = if alone {
        let code = key::commodity_code(&node.commodity);
        (code, code)
    } else {
        key::commodity_range(&node.commodity)
    };
    (base | first, base | last)
}

/// How many figures one query looks at.
const WINDOW: usize = 1_000;

/// Returns at most `limit` figures of a batch behind a series and span.
pub(crate) async fn page(
    tx: &mut Tx,
    batch: &Batch<'_>,
    after: (i64, i64),
    limit: usize,
) -> Result<Vec<(Key, Observation)>, Error> {
    let reporter = batch.own.publication.reporter.as_str();
    let mut ranges: Vec<&Range> = batch.ranges.iter().collect();
    ranges.sort_by_key(|range| range.series);
    let mut found = Vec::new();
    for range in ranges {
        // What is before the range need not be looked at.
        let mut after = after.max((range.series.0.saturating_sub(1), i64::MAX));
        loop {
            let sql = page_sql(batch, range, after, limit - found.len());
            let rows: Vec<ObservationRow> = tx.all(Statement::from(sql).once(), vec![]).await?;
            for row in rows {
                found.push((key_of(&row), figure(row, reporter)?));
            }
            if found.len() >= limit {
                return Ok(found);
            }
            let sql = end_sql(batch, range, after);
            match tx.optional(Statement::from(sql).once(), vec![]).await? {
                Some(end) => after = end,
                None => break,
            }
        }
    }
    Ok(found)
}

/// Those of a window that are wanted. PostgreSQL expects that hardly any is, and would sort all that there are: a
/// window is read in order, by the primary key.
pub(super) fn page_sql(batch: &Batch<'_>, range: &Range, after: (i64, i64), limit: usize) -> Sql {
    let stands = if batch.standing {
        stands(batch.own.number, batch.later)
    } else {
        "$1 = $1".to_owned()
    };
    let spans = range.spans.iter();
    let spans = list_of(spans.map(|(digits, span)| i64::from(*digits) * 10_000 + span));
    Sql {
        text: format!(
            "SELECT {FIELDS} FROM (SELECT * {} LIMIT {WINDOW}) o \
             WHERE (o.series & 7) * 10000 + o.span IN ({spans}) AND {stands} ORDER BY o.series, o.span LIMIT {limit}",
            window(batch, range, after),
        ),
        args: args![clock::to_micros(batch.known)],
    }
}

/// The last series and span of a window that is full, by the primary key.
pub(super) fn end_sql(batch: &Batch<'_>, range: &Range, after: (i64, i64)) -> Sql {
    let window = window(batch, range, after);
    let before = WINDOW - 1;
    Sql::new(format!(
        "SELECT o.series, o.span {window} LIMIT 1 OFFSET {before}"
    ))
}

fn window(batch: &Batch<'_>, range: &Range, after: (i64, i64)) -> String {
    format!(
        "FROM observations o WHERE o.release = {} AND o.period_year = {} AND (o.series, o.span) > ({}, {}) \
         AND o.series <= {} ORDER BY o.series, o.span",
        batch.own.number, batch.year, after.0, after.1, range.series.1,
    )
}

/// Returns what releases of one reporter, given by their numbers, say about cells: each figure with the
/// number of its release.
pub(crate) async fn at(
    tx: &mut Tx,
    releases: &[i64],
    reporter: &str,
    keys: &[Key],
) -> Result<Vec<(i64, Key, Observation)>, Error> {
    if releases.is_empty() || keys.is_empty() {
        return Ok(Vec::new());
    }
    read(tx, at_sql(releases, keys), reporter).await
}

/// By the primary key, cell by cell.
pub(super) fn at_sql(releases: &[i64], keys: &[Key]) -> Sql {
    let tuples: Vec<String> = keys
        .iter()
        .map(|key| format!("({}, {}, {})", key.year, key.series, key.span))
        .collect();
    Sql::new(format!(
        "SELECT {FIELDS} FROM (VALUES {}) AS asked JOIN observations o ON o.release IN ({}) \
         AND o.period_year = asked.column1 AND o.series = asked.column2 AND o.span = asked.column3",
        tuples.join(", "),
        list_of(releases.iter().copied()),
    ))
}

/// Which figures could have served where one is missing: those of releases of one reporter about some series in
/// some periods of one year.
#[derive(Clone, Debug)]
pub(crate) struct Candidates<'a> {
    /// The releases by their numbers.
    pub releases: &'a [i64],
    /// Their reporter.
    pub reporter: &'a str,
    /// The first and the last series.
    pub series: (i64, i64),
    /// The periods.
    pub periods: &'a [Period],
}

/// Returns at most `limit` of such figures, those of the releases recorded last first.
pub(crate) async fn candidates(
    tx: &mut Tx,
    asked: &Candidates<'_>,
    limit: usize,
) -> Result<Vec<(i64, Key, Observation)>, Error> {
    if asked.periods.is_empty() || asked.releases.is_empty() {
        return Ok(Vec::new());
    }
    read(tx, candidates_sql(asked, limit), asked.reporter).await
}

/// By the primary key, release by release, so that no more of each is read than is wanted of all.
pub(super) fn candidates_sql(asked: &Candidates<'_>, limit: usize) -> Sql {
    let year = asked.periods.first().map_or(0, |period| period.year());
    let (first, last) = asked.series;
    let spans = list_of(
        asked
            .periods
            .iter()
            .map(|period| key::span(period.window(), period.last_month())),
    );
    let of_release = |release: &i64| {
        format!(
            "SELECT {FIELDS} FROM observations o WHERE o.release = {release} AND o.period_year = {year} \
             AND o.series BETWEEN {first} AND {last} AND o.span IN ({spans}) ORDER BY o.series, o.span LIMIT {limit}"
        )
    };
    let parts: Vec<String> = asked
        .releases
        .iter()
        .map(|release| format!("SELECT * FROM ({}) AS part", of_release(release)))
        .collect();
    Sql::new(format!(
        "{} ORDER BY release DESC, series, span LIMIT {limit}",
        parts.join(" UNION ALL ")
    ))
}

async fn read(
    tx: &mut Tx,
    sql: Sql,
    reporter: &str,
) -> Result<Vec<(i64, Key, Observation)>, Error> {
    tx.all::<ObservationRow>(Statement::from(sql).once(), Vec::new())
        .await?
        .into_iter()
        .map(|row| Ok((row.release, key_of(&row), figure(row, reporter)?)))
        .collect()
}

fn key_of(row: &ObservationRow) -> Key {
    Key {
        year: row.period_year,
        series: row.series,
        span: row.span,
    }
}

#[cfg(test)]
mod tests;
