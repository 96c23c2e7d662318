//! Deadlines in the database: derived rows in the order of lists, kept up with every change of a measure or a
//! roadmap.

use aip::{Listing, Sql, Value};
use jiff::{Timestamp, civil::Date, tz::Offset};
use storage::{Cells, Error, Row, Tx, args};
use uuid::Uuid;

use super::{queries, rows::MeasureRow};
use crate::domain::measure::Measure;

/// Which deadlines are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// The partnership's id.
    pub(crate) partnership: String,
    /// The first last day.
    pub(crate) first: Option<Date>,
    /// The last one.
    pub(crate) last: Option<Date>,
    /// Only of this body; all when empty.
    pub(crate) body: String,
    /// Only of bodies of this party; all when empty.
    pub(crate) party: String,
    /// Whether closed ones are wanted too.
    pub(crate) with_closed: bool,
}

/// The deadline of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The measure.
    pub(crate) measure: Measure,
    /// Whether something is still to be done.
    pub(crate) open: bool,
}

struct DueRow {
    measure: MeasureRow,
    is_open: bool,
}

impl Row for DueRow {
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            measure: MeasureRow::from_cells(cells)?,
            is_open: cells.get("is_open")?,
        })
    }
}

/// Reads a page of deadlines, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(tx: &mut Tx, listing: &Listing, asked: &Asked) -> Result<Vec<Due>, Error> {
    let rows: Vec<DueRow> = tx.all(list_sql(listing, asked), Vec::new()).await?;
    let due = |row: DueRow| {
        Ok(Due {
            measure: Measure::try_from(row.measure)?,
            open: row.is_open,
        })
    };
    rows.into_iter().map(due).collect()
}

fn list_sql(listing: &Listing, asked: &Asked) -> Sql {
    let partnership = &asked.partnership;
    let carrier = match (asked.body.as_str(), asked.party.as_str()) {
        ("", "") => partnership.clone(),
        ("", party) => format!("{partnership} p:{party}"),
        (body, _) => format!("{partnership} b:{body}"),
    };
    let mut conditions: Vec<(&str, Value)> = vec![("d.carrier = {}", carrier.into())];
    if !asked.with_closed {
        conditions.push(("d.is_open = TRUE", Value::Null));
    }
    if let Some(day) = asked.first {
        conditions.push(("d.last_day >= {}", clock::to_days(day).into()));
    }
    if let Some(day) = asked.last {
        conditions.push(("d.last_day <= {}", clock::to_days(day).into()));
    }
    let mut base = Sql::new(queries::DEADLINES);
    if !asked.body.is_empty() && !asked.party.is_empty() {
        base.push(queries::AND_BODY_OF_PARTY)
            .bind(asked.body.as_str());
        base.push(" AND o.party = ").bind(asked.party.as_str());
    }
    listing.sql(base, &conditions, "d.measure_name")
}

/// Derives the deadline of a measure anew. A draft's measures have none and never had: a plan does not go back to one.
pub(super) async fn refresh_measure(
    tx: &mut Tx,
    measure: Uuid,
    now: Timestamp,
) -> Result<(), Error> {
    let agreed: Option<(i64,)> = tx.optional(queries::IS_AGREED, args![measure]).await?;
    if agreed.is_none() {
        return Ok(());
    }
    tx.execute(queries::DELETE_DEADLINE_OF_MEASURE, args![measure])
        .await?;
    refresh(tx, "m.uid = $1", measure, now).await
}

/// Derives the deadlines of a roadmap's measures anew.
pub(super) async fn refresh_roadmap(
    tx: &mut Tx,
    roadmap: Uuid,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(queries::DELETE_DEADLINES_OF_ROADMAP, args![roadmap])
        .await?;
    refresh(tx, "m.roadmap_uid = $1", roadmap, now).await
}

/// Derives deadlines that were deleted, and when they are to be looked at for reminders; `of` tells whose.
async fn refresh(tx: &mut Tx, of: &str, uid: Uuid, now: Timestamp) -> Result<(), Error> {
    let today = clock::to_days(Offset::UTC.to_datetime(now).date());
    for (template, values) in [
        (queries::INSERT_DEADLINES, args![uid]),
        (queries::QUEUE_REMINDERS, args![uid, today]),
        (queries::STOP_REMINDERS, args![uid]),
    ] {
        tx.execute(Sql::new(template.replace("{of}", of)), values)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod plans;
