//! Both sides' words on the values of indicators: appended, never changed.

use aip::{Listing, Sql};
use jiff::{Timestamp, civil::Date};
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{cells::At, codes::Coded as _, queries};
use crate::domain::{decimal::Decimal, indicator::Actual, roadmap::Source, side::Side};

storage::row! {
    /// A word on a value.
    struct ActualRow {
        measure_uid: String,
        number: i64,
        indicator: String,
        starts_day: i64,
        ends_day: i64,
        side: i64,
        agency: String,
        revision: i64,
        value_millionths: i64,
        source_uri: String,
        source_note: String,
        recorded_us: i64,
    }
}

impl TryFrom<ActualRow> for Actual {
    type Error = Error;

    fn try_from(row: ActualRow) -> Result<Self, Error> {
        let at = At {
            table: "indicator_actuals",
            row: &row.measure_uid,
        };
        Ok(Self {
            number: row.number,
            starts_on: clock::from_days(row.starts_day),
            ends_on: clock::from_days(row.ends_day),
            side: at.coded("side", row.side)?,
            revision: row.revision,
            value: Decimal::from_millionths(row.value_millionths),
            at: clock::from_micros(row.recorded_us),
            indicator: row.indicator,
            agency: row.agency,
            source: Source {
                uri: row.source_uri,
                note: row.source_note,
            },
        })
    }
}

/// Which numbers the next word on an indicator and period of a measure by a side gets: in the measure, and over
/// that side's words on the period.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn next_numbers(
    tx: &mut Tx,
    measure: Uuid,
    indicator: &str,
    (starts_on, ends_on): (Date, Date),
    side: Side,
) -> Result<(i64, i64), Error> {
    let (number,): (i64,) = tx.one(queries::LAST_ACTUAL, args![measure]).await?;
    let (revision,): (i64,) = tx
        .one(
            queries::LAST_ACTUAL_REVISION,
            args![
                measure,
                indicator,
                clock::to_days(starts_on),
                clock::to_days(ends_on),
                side.code(),
            ],
        )
        .await?;
    Ok((number + 1, revision + 1))
}

/// Appends a word.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn append(tx: &mut Tx, measure: Uuid, actual: &Actual) -> Result<(), Error> {
    tx.execute(
        queries::INSERT_ACTUAL,
        args![
            measure,
            actual.number,
            actual.indicator.as_str(),
            clock::to_days(actual.starts_on),
            clock::to_days(actual.ends_on),
            actual.side.code(),
            actual.agency.as_str(),
            actual.revision,
            actual.value.millionths(),
            actual.source.uri.as_str(),
            actual.source.note.as_str(),
            clock::to_micros(actual.at),
        ],
    )
    .await?;
    Ok(())
}

/// Reads a page of a measure's words, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    measure: Uuid,
) -> Result<Vec<Actual>, Error> {
    let conditions = [("a.measure_uid = {}", measure.into())];
    let sql = listing.sql(queries::ACTUALS, &conditions, "a.number");
    let rows: Vec<ActualRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Actual::try_from).collect()
}

/// Reads the newest word of each side on each period, as known at a moment: at most `limit` of them, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn newest(
    tx: &mut Tx,
    measure: Uuid,
    known: Timestamp,
    limit: usize,
) -> Result<Vec<Actual>, Error> {
    let rows: Vec<ActualRow> = tx
        .all(newest_sql(measure, known, limit), Vec::new())
        .await?;
    rows.into_iter().map(Actual::try_from).collect()
}

fn newest_sql(measure: Uuid, known: Timestamp, limit: usize) -> Sql {
    let mut sql = Sql::new(queries::ACTUALS);
    sql.push(" WHERE a.measure_uid = ")
        .bind(measure)
        .push(" AND a.recorded_us <= ")
        .bind(clock::to_micros(known))
        .push(queries::NO_NEWER_ACTUAL)
        .bind(clock::to_micros(known))
        .push(&format!(") LIMIT {}", limit + 1));
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan;

    #[tokio::test]
    async fn the_newest_words_are_read_by_the_keys_of_the_measure() {
        let plan = plan::of(newest_sql(Uuid::nil(), Timestamp::UNIX_EPOCH, 10)).await;
        assert!(
            plan.iter().all(|step| !step.starts_with("SCAN")),
            "{plan:?}"
        );
        assert!(
            plan.iter()
                .any(|step| step.contains("indicator_actuals_by_period")),
            "{plan:?}"
        );
    }
}
