//! Figures in the database.

use std::collections::{HashMap, HashSet};

use aip::{Listing, Sql, Value};
use storage::{Bulk, Engine, Error, Statement, Tx, args};

use super::{
    codes::Coded,
    key::{self, Key},
    releases::Counting,
    rows::{ObservationRow, POSITIONS, figure, position},
    sums,
};
use crate::domain::{
    cell::{Commodity, Flow},
    import,
    observation::Observation,
    period::YEARS,
    release::Release,
};

/// Everything of a figure.
pub(crate) const FIELDS: &str = "o.release, o.period_year, o.series, o.span, o.position, \
    o.value_cents, o.net_weight_grams, o.marks, o.unit_cents, o.as_published";

/// The figures of finished imports of a release.
const OF_RELEASE: &str = " FROM observations o JOIN releases r ON r.number = o.release \
    JOIN imports i ON i.release_uid = r.uid AND i.number = o.position / 1000000000000";

/// By the primary key.
const NEXT_YEAR: &str =
    "SELECT min(period_year) AS year FROM observations WHERE release = $1 AND period_year > $2";

const TABLE: &str = "observations";

/// The columns as [`row`] gives them.
const COLUMNS: [&str; 10] = [
    "release",
    "period_year",
    "series",
    "span",
    "position",
    "value_cents",
    "net_weight_grams",
    "marks",
    "unit_cents",
    "as_published",
];

/// How many cells one question for duplicates names.
const CELLS_AT_ONCE: usize = 500;

/// What figures of a batch have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch {
    /// The number of the release that they belong to.
    pub release: i64,
    /// The number of the import that brings them.
    pub import: i64,
}

/// Which figures a series is computed from.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// The partnership.
    pub partnership: String,
    /// What is traded.
    pub commodity: Commodity,
    /// The region; empty for whole countries.
    pub region: String,
    /// The reporters; twice the same for one.
    pub reporters: [String; 2],
    /// The partners, in any order.
    pub partners: [String; 2],
    /// The first and the last year.
    pub years: (i16, i16),
    /// As of when.
    pub known: jiff::Timestamp,
    /// Leaves out what was recorded then or later.
    pub recorded_before: Option<jiff::Timestamp>,
}

/// Returns those of `keys` for which the release has a figure already.
pub(crate) async fn taken(tx: &mut Tx, release: i64, keys: &[Key]) -> Result<HashSet<Key>, Error> {
    let mut taken = HashSet::new();
    for some in keys.chunks(CELLS_AT_ONCE) {
        let tuples: Vec<String> = some
            .iter()
            .map(|key| format!("({}, {}, {})", key.year, key.series, key.span))
            .collect();
        let sql = Sql::new(format!(
            "SELECT o.period_year, o.series, o.span FROM (VALUES {}) AS asked \
             JOIN observations o ON o.release = {release} AND o.period_year = asked.column1 \
             AND o.series = asked.column2 AND o.span = asked.column3",
            tuples.join(", ")
        ));
        let found = tx
            .all::<(i64, i64, i64)>(Statement::from(sql).once(), Vec::new())
            .await?;
        taken.extend(
            found
                .into_iter()
                .map(|(year, series, span)| Key { year, series, span }),
        );
    }
    Ok(taken)
}

/// Puts figures into the form in which they load fastest; they should be in the order of their keys.
pub(crate) fn bulk<'a>(
    engine: Engine,
    batch: Batch,
    figures: impl ExactSizeIterator<Item = (Key, &'a Observation)>,
) -> Bulk {
    let mut bulk = Bulk::new(engine, TABLE, &COLUMNS, figures.len());
    for (key, observation) in figures {
        bulk.push(row(batch, key, observation));
    }
    bulk
}

/// Makes sure that there is room for figures of a year, in a transaction of its own: where it has to be
/// made, others who make some wait for its end.
pub(crate) async fn ensure_year(tx: &mut Tx, year: i16) -> Result<(), Error> {
    tx.ensure_year(TABLE, year).await
}

/// Returns the first year after `year` of which a release has figures.
pub(crate) async fn next_year(tx: &mut Tx, release: i64, year: i64) -> Result<Option<i64>, Error> {
    let (next,) = tx
        .one::<(Option<i64>,)>(NEXT_YEAR, args![release, year])
        .await?;
    Ok(next)
}

/// Looks at the next `limit` figures of a year of a release behind one of them, in the order of their keys.
/// Returns those that an import has brought, and the key of the last that was looked at.
pub(crate) async fn of_import(
    tx: &mut Tx,
    release: &Release,
    import_number: i64,
    after: Key,
    limit: usize,
) -> Result<(Vec<Observation>, Option<Key>), Error> {
    let sql = Sql::new(next_sql(release.number, after, limit));
    let rows = tx
        .all::<ObservationRow>(Statement::from(sql).once(), Vec::new())
        .await?;
    let last = rows.last().map(|row| Key {
        year: row.period_year,
        series: row.series,
        span: row.span,
    });
    let figures = rows
        .into_iter()
        .filter(|row| row.position / POSITIONS == import_number)
        .map(|row| figure(row, &release.publication.reporter))
        .collect::<Result<_, _>>()?;
    Ok((figures, last))
}

/// By the primary key. A condition on the position would have PostgreSQL expect few rows, and sort all that
/// are left for each page.
fn next_sql(release: i64, after: Key, limit: usize) -> String {
    format!(
        "SELECT {FIELDS} FROM observations o WHERE o.release = {release} AND o.period_year = {year} \
         AND (o.series, o.span) > ({series}, {span}) ORDER BY o.series, o.span LIMIT {limit}",
        year = after.year,
        series = after.series,
        span = after.span,
    )
}

/// Deletes the figures that an import has brought, and the sums over them. All figures of the release are looked at.
pub(crate) async fn delete(tx: &mut Tx, release: i64, import_number: i64) -> Result<(), Error> {
    let first = import_number * POSITIONS;
    tx.execute(
        "DELETE FROM observations WHERE release = $1 AND position >= $2 AND position < $3",
        args![release, first, first + POSITIONS],
    )
    .await?;
    sums::forget(tx, release, import_number).await
}

/// Returns one page of the figures of a release behind one of them, each with the id of its import, and the token
/// of the next page.
pub(crate) async fn list(
    tx: &mut Tx,
    release: i64,
    reporter: &str,
    listing: &Listing,
    after: Option<Key>,
) -> Result<(Vec<(String, Observation)>, String), Error> {
    let sql = Statement::from(list_sql(release, listing, after)).once();
    let rows = tx.all::<ListedRow>(sql, Vec::new()).await?;
    let (rows, next) = listing.page(
        rows,
        |_, _| Value::Null,
        |listed| {
            let row = &listed.row;
            Value::from(format!("{}/{}/{}", row.period_year, row.series, row.span))
        },
    );
    let observations = rows
        .into_iter()
        .map(|listed| Ok((listed.import_name, figure(listed.row, reporter)?)))
        .collect::<Result<_, Error>>()?;
    Ok((observations, next))
}

/// Reads the key behind which a page begins from what its token keeps.
pub(crate) fn listed_key(value: &Value) -> Option<Key> {
    let Value::Text(text) = value else {
        return None;
    };
    let mut numbers = text.split('/').map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    Some(Key {
        year: next()?,
        series: next()?,
        span: next()?,
    })
}

/// One page and one figure more, in the order of the primary key, by which it is read.
pub(super) fn list_sql(release: i64, listing: &Listing, after: Option<Key>) -> Sql {
    let mut sql = Sql::new(format!(
        "SELECT {FIELDS}, i.name AS import_name{OF_RELEASE} WHERE o.release = {release} AND i.state = {}",
        import::State::Done.code()
    ));
    if let Some(Key { year, series, span }) = after {
        // The year by itself leaves out the parts before it.
        sql.push(&format!(
            " AND o.period_year >= {year} AND (o.period_year, o.series, o.span) > ({year}, {series}, {span})"
        ));
    }
    if !listing.filter().is_empty() {
        sql.push(" AND ");
        listing.filter().push_sql(&mut sql);
    }
    sql.push(&format!(
        " ORDER BY o.period_year, o.series, o.span LIMIT {}",
        listing.page_size() + 1
    ));
    sql
}

/// Returns the figures of a series in the releases that count, with the uids of these. Superseded ones are
/// among them: two figures of January to a month are subtracted inside one release, which may be an older
/// one, and what was removed is told from what was never published.
pub(crate) async fn of_series(
    tx: &mut Tx,
    series: &Series,
    releases: &[Counting],
) -> Result<Vec<(String, Observation)>, Error> {
    if releases.is_empty() {
        return Ok(Vec::new());
    }
    let by_number: HashMap<i64, &Release> = releases
        .iter()
        .map(|counting| (counting.release.number, &counting.release))
        .collect();
    let sql = Statement::from(series_sql(series, releases)).once();
    tx.all::<ObservationRow>(sql, Vec::new())
        .await?
        .into_iter()
        .map(|row| {
            let release = by_number.get(&row.release).ok_or(Error::NotFound)?;
            let figure = figure(row, &release.publication.reporter)?;
            Ok((release.uid.clone(), figure))
        })
        .collect()
}

/// Every part of the primary key but the span is named one by one, so that few rows are looked at.
pub(super) fn series_sql(series: &Series, releases: &[Counting]) -> Sql {
    let mut numbers = Vec::new();
    for partner in &series.partners {
        for flow in [Flow::Export, Flow::Import, Flow::Turnover] {
            let number = key::series(partner, &series.region, flow, &series.commodity);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
    }
    Sql::new(format!(
        "SELECT {FIELDS} FROM observations o WHERE o.release IN ({}) AND o.period_year IN ({}) \
         AND o.series IN ({})",
        list_of(releases.iter().map(|counting| counting.release.number)),
        list_of(years(series.years, releases)),
        list_of(numbers),
    ))
}

/// The years asked for that releases have figures about.
pub(crate) fn years(
    (first, last): (i16, i16),
    releases: &[Counting],
) -> std::ops::RangeInclusive<i64> {
    let known = |counting: &Counting| {
        counting
            .years
            .unwrap_or((i64::from(*YEARS.start()), i64::from(*YEARS.end())))
    };
    let earliest = releases.iter().map(|counting| known(counting).0).min();
    let latest = releases.iter().map(|counting| known(counting).1).max();
    let first = i64::from(first).max(earliest.unwrap_or_default());
    let last = i64::from(last).min(latest.unwrap_or_default());
    // An empty list is no SQL: a year of which there is nothing stands for it.
    first..=last.max(first)
}

/// A list of numbers for `IN`.
pub(crate) fn list_of(numbers: impl IntoIterator<Item = i64>) -> String {
    let numbers: Vec<String> = numbers
        .into_iter()
        .map(|number| number.to_string())
        .collect();
    numbers.join(", ")
}

/// A figure with the name of its import.
struct ListedRow {
    import_name: String,
    row: ObservationRow,
}

impl storage::Row for ListedRow {
    fn from_cells(cells: &storage::Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            import_name: cells.get("import_name")?,
            row: ObservationRow::from_cells(cells)?,
        })
    }
}

fn row(batch: Batch, key: Key, observation: &Observation) -> [Value; 10] {
    let precision = observation.precision;
    let words = observation.as_published.as_str();
    [
        Value::from(batch.release),
        Value::from(key.year),
        Value::from(key.series),
        Value::from(key.span),
        Value::from(position(batch.import, observation)),
        Value::from(observation.value_cents),
        Value::from(observation.net_weight_grams),
        Value::from(key::marks(observation.status, precision.qualifier)),
        Value::from(precision.unit_cents),
        if words.is_empty() {
            Value::Null
        } else {
            Value::from(words)
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::release::tests::release;

    storage::row! {
        /// A line of SQLite's query plan.
        struct PlanRow {
            detail: String,
        }
    }

    async fn plan_of(tx: &mut Tx, mut sql: Sql) -> Vec<String> {
        sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
        let plan = tx.all::<PlanRow>(sql, Vec::new()).await.unwrap();
        plan.into_iter().map(|row| row.detail).collect()
    }

    #[tokio::test]
    async fn figures_of_an_import_and_their_years_are_read_by_the_primary_key() {
        storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
            if database.engine() != storage::Engine::Sqlite {
                // PostgreSQL reads tables this small from end to end, whatever the index.
                return;
            }
            let plans = database
                .read(|tx| {
                    Box::pin(async move {
                        let after = Key {
                            year: 2022,
                            series: -1,
                            span: 0,
                        };
                        let figures = plan_of(tx, Sql::new(next_sql(1, after, 5))).await;
                        let years = Sql {
                            text: NEXT_YEAR.to_owned(),
                            args: args![1_i64, 2022_i64],
                        };
                        Ok::<_, Error>((figures, plan_of(tx, years).await))
                    })
                })
                .await
                .unwrap();
            let wanted = [
                "SEARCH o USING PRIMARY KEY (release=? AND period_year=? AND (series,span)>(?,?))",
            ];
            assert_eq!(plans.0, wanted);
            let wanted = "USING PRIMARY KEY (release=? AND period_year>?)";
            assert!(
                plans.1.iter().all(|step| step.contains(wanted)),
                "{:?}",
                plans.1
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_series_is_read_by_the_primary_key() {
        storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
            if database.engine() != storage::Engine::Sqlite {
                // PostgreSQL reads tables this small from end to end, whatever the index.
                return;
            }
            let plan: Vec<PlanRow> = database
                .read(|tx| {
                    Box::pin(async move {
                        let series = Series {
                            partnership: "uz-kz".to_owned(),
                            commodity: Commodity::Total,
                            region: String::new(),
                            reporters: ["UZ".to_owned(), "KZ".to_owned()],
                            partners: ["UZ".to_owned(), "KZ".to_owned()],
                            years: (2021, 2022),
                            known: jiff::Timestamp::UNIX_EPOCH,
                            recorded_before: None,
                        };
                        let counting = Counting::from(release("r", "UZ", "2024-01-01"));
                        let mut sql = series_sql(&series, &[counting]);
                        sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
                        tx.all::<PlanRow>(sql, Vec::new()).await
                    })
                })
                .await
                .unwrap();
            let plan: Vec<_> = plan.into_iter().map(|row| row.detail).collect();
            let wanted = "USING PRIMARY KEY (release=? AND period_year=? AND series=?)";
            assert!(plan.iter().any(|step| step.contains(wanted)), "{plan:?}");
        })
        .await;
    }
}
