//! Figures in the database.

use std::collections::HashSet;

use aip::{Listing, Sql, Value};
use jiff::Timestamp;
use storage::{Error, Tx, args};

use super::{
    codes::Coded,
    rows::{ObservationRow, POSITIONS},
};
use crate::domain::{
    cell::{Commodity, Flow},
    observation::Observation,
    period::Window,
};

const FIELDS: &str = "o.release_uid, o.position, o.partner, o.flow, o.commodity, o.hs_edition, \
    o.region, o.period_window, o.period_year, o.period_month, o.value_cents, o.net_weight_grams, \
    o.status, o.qualifier, o.unit_cents, o.as_published";

/// The figures of finished imports of a release.
const OF_RELEASE: &str = " FROM observations o JOIN imports i ON i.release_uid = o.release_uid \
    AND i.number = o.position / 1000000000000";

/// The figures of a series whose releases count, each cell with the place of its release among them,
/// the latest vintage first; by the index `observations_of_series`.
const OF_SERIES: &str = ", ROW_NUMBER() OVER (PARTITION BY o.reporter, o.cell \
    ORDER BY r.publish_us DESC, r.publish_record_us DESC, r.name DESC) AS place \
    FROM observations o JOIN releases r ON r.uid = o.release_uid \
    WHERE o.partnership = $1 AND o.commodity = $2 AND o.hs_edition = $3 AND o.region = $4 \
    AND o.reporter IN ($5, $6) AND o.partner IN ($7, $8) AND o.flow IN ($9, $10, $11) \
    AND o.period_year BETWEEN $12 AND $13 AND r.publish_us <= $14 AND r.publish_record_us < $15 \
    AND (r.withdraw_us IS NULL OR r.withdraw_us > $14 OR r.withdraw_record_us >= $15)";

/// The columns as [`row`] gives them.
const COLUMNS: [&str; 19] = [
    "release_uid",
    "position",
    "cell",
    "partnership",
    "reporter",
    "partner",
    "flow",
    "commodity",
    "hs_edition",
    "region",
    "period_window",
    "period_year",
    "period_month",
    "value_cents",
    "net_weight_grams",
    "status",
    "qualifier",
    "unit_cents",
    "as_published",
];

/// How many cells one question for duplicates names.
const CELLS_AT_ONCE: usize = 500;

/// What figures of a batch have in common.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// The release that they belong to.
    pub release_uid: String,
    /// The partnership of the release.
    pub partnership: String,
    /// The reporter of the release.
    pub reporter: String,
    /// The number of the import that brings them.
    pub import_number: i64,
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
    pub known: Timestamp,
    /// Leaves out what was recorded then or later.
    pub recorded_before: Option<Timestamp>,
}

/// Returns those of `cells` for which the release has a figure already.
pub(crate) async fn taken(
    tx: &mut Tx,
    release_uid: &str,
    cells: &[String],
) -> Result<HashSet<String>, Error> {
    let mut taken = HashSet::new();
    for some in cells.chunks(CELLS_AT_ONCE) {
        let mut sql = Sql::new("SELECT cell FROM observations WHERE release_uid = ");
        sql.bind(release_uid).push(" AND cell IN (");
        for (index, cell) in some.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).bind(cell);
        }
        sql.push(")");
        let found = tx.all::<(String,)>(sql, Vec::new()).await?;
        taken.extend(found.into_iter().map(|(cell,)| cell));
    }
    Ok(taken)
}

/// Inserts figures.
pub(crate) async fn insert(
    tx: &mut Tx,
    batch: &Batch,
    observations: &[Observation],
) -> Result<(), Error> {
    let rows = observations
        .iter()
        .map(|observation| row(batch, observation))
        .collect();
    tx.insert_many("observations", &COLUMNS, rows).await?;
    Ok(())
}

/// Deletes the figures that an import has brought.
pub(crate) async fn delete(
    tx: &mut Tx,
    release_uid: &str,
    import_number: i64,
) -> Result<(), Error> {
    let first = import_number * POSITIONS;
    tx.execute(
        "DELETE FROM observations WHERE release_uid = $1 AND position >= $2 AND position < $3",
        args![release_uid, first, first + POSITIONS],
    )
    .await?;
    Ok(())
}

/// Returns one page of the figures of a release, each with the id of its import, and the token of the
/// next page.
pub(crate) async fn list(
    tx: &mut Tx,
    release_uid: &str,
    listing: &Listing,
) -> Result<(Vec<(String, Observation)>, String), Error> {
    let base = format!("SELECT {FIELDS}, i.name AS import_name{OF_RELEASE}");
    let conditions = [
        ("o.release_uid = {}", Value::from(release_uid)),
        (
            "i.state = {}",
            Value::from(crate::domain::import::State::Done.code()),
        ),
    ];
    let rows = tx
        .all::<ListedRow>(
            listing.sql(base.as_str(), &conditions, "o.position"),
            Vec::new(),
        )
        .await?;
    let (rows, next) = listing.page(
        rows,
        |_, _| Value::Null,
        |row| Value::from(row.row.position),
    );
    let observations = rows
        .into_iter()
        .map(|listed| Ok((listed.import_name, Observation::try_from(listed.row)?)))
        .collect::<Result<_, Error>>()?;
    Ok((observations, next))
}

/// Returns the figures of a series, with the uids of their releases: of superseded ones only those
/// that can still matter.
pub(crate) async fn of_series(
    tx: &mut Tx,
    series: &Series,
) -> Result<Vec<(String, Observation)>, Error> {
    tx.all::<ObservationRow>(series_sql(series), Vec::new())
        .await?
        .into_iter()
        .map(|row| Ok((row.release_uid.clone(), Observation::try_from(row)?)))
        .collect()
}

/// Figures of January to a month stay when they are superseded: two of them are subtracted inside one
/// release only, which may be an older one.
fn series_sql(series: &Series) -> Sql {
    let bound = series.recorded_before.map_or(i64::MAX, clock::to_micros);
    Sql {
        text: format!(
            "SELECT * FROM (SELECT {FIELDS}{OF_SERIES}) AS ranked \
             WHERE place = 1 OR period_window = $16"
        ),
        args: args![
            &series.partnership,
            series.commodity.code(),
            edition(&series.commodity),
            &series.region,
            &series.reporters[0],
            &series.reporters[1],
            &series.partners[0],
            &series.partners[1],
            Flow::Export.code(),
            Flow::Import.code(),
            Flow::Turnover.code(),
            i64::from(series.years.0),
            i64::from(series.years.1),
            clock::to_micros(series.known),
            bound,
            Window::JanuaryToMonth.code(),
        ],
    }
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

fn row(batch: &Batch, observation: &Observation) -> Vec<Value> {
    let cell = &observation.cell;
    args![
        &batch.release_uid,
        batch.import_number * POSITIONS + observation.line,
        cell.to_string(),
        &batch.partnership,
        &batch.reporter,
        &cell.partner,
        cell.flow.code(),
        cell.commodity.code(),
        edition(&cell.commodity),
        &cell.region,
        cell.period.window().code(),
        i64::from(cell.period.year()),
        i64::from(cell.period.last_month()),
        observation.value_cents,
        observation.net_weight_grams,
        observation.status.code().to_string(),
        observation.precision.qualifier.code(),
        observation.precision.unit_cents,
        &observation.as_published,
    ]
}

fn edition(commodity: &Commodity) -> i64 {
    commodity
        .edition()
        .map_or(-1, |edition| i64::from(edition.number()))
}

#[cfg(test)]
mod tests {
    use super::*;

    storage::row! {
        /// A line of SQLite's query plan.
        struct PlanRow {
            detail: String,
        }
    }

    #[tokio::test]
    async fn a_series_is_read_by_its_index() {
        storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
            if database.engine() != storage::Engine::Sqlite {
                // PostgreSQL reads tables this small from end to end, whatever the index.
                return;
            }
            let plan: Vec<PlanRow> = database
                .read(|tx| {
                    Box::pin(async move {
                        let mut sql = series_sql(&Series {
                            partnership: "uz-kz".to_owned(),
                            commodity: Commodity::Total,
                            region: String::new(),
                            reporters: ["UZ".to_owned(), "KZ".to_owned()],
                            partners: ["UZ".to_owned(), "KZ".to_owned()],
                            years: (2021, 2022),
                            known: Timestamp::UNIX_EPOCH,
                            recorded_before: None,
                        });
                        sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
                        tx.all::<PlanRow>(sql, Vec::new()).await
                    })
                })
                .await
                .unwrap();
            let plan: Vec<_> = plan.into_iter().map(|row| row.detail).collect();
            let is_read = |table: &str, index: &str| {
                plan.iter()
                    .any(|step| step.starts_with(&format!("SEARCH {table} USING INDEX {index}")))
            };
            assert!(is_read("o", "observations_of_series"), "{plan:?}");
            assert!(is_read("r", "sqlite_autoindex_releases"), "{plan:?}");
        })
        .await;
    }
}
