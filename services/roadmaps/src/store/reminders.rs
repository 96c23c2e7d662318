//! Which deadlines are to be looked at for a reminder, and which reminders were recorded.

use jiff::{Timestamp, civil::Date};
use storage::{Cells, Error, Row, Tx, args};
use uuid::Uuid;

use super::{queries, rows::MeasureRow};
use crate::domain::{
    measure::Measure,
    reminder::{Lead, Leads},
};

/// A day that never comes: when all reminders of a deadline are recorded.
const NEVER: i64 = 4_000_000;

/// A deadline that is to be looked at.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    /// The measure.
    pub(crate) measure: Measure,
    /// The deadline's last day.
    pub(crate) last_day: Date,
    /// Counts the measure's deadlines.
    pub(crate) revision: i64,
    /// The day from which on nobody has looked at it. Nothing in databases that were upgraded, until the first look.
    pub(crate) since: Option<Date>,
}

struct WaitingRow {
    measure: MeasureRow,
    queued_day: i64,
    queued_revision: i64,
    looked_from_day: i64,
}

impl Row for WaitingRow {
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            measure: MeasureRow::from_cells(cells)?,
            queued_day: cells.get("queued_day")?,
            queued_revision: cells.get("queued_revision")?,
            looked_from_day: cells.get("looked_from_day")?,
        })
    }
}

/// Says whether any deadline is to be looked at by a day.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn wait(tx: &mut Tx, today: Date) -> Result<bool, Error> {
    let found: Option<(i64,)> = tx
        .optional(queries::REMINDERS_WAIT, args![clock::to_days(today)])
        .await?;
    Ok(found.is_some())
}

/// Reads the first `most` deadlines that are to be looked at by a day.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn waiting(tx: &mut Tx, today: Date, most: i64) -> Result<Vec<Waiting>, Error> {
    let rows: Vec<WaitingRow> = tx
        .all(queries::DUE_REMINDERS, args![clock::to_days(today), most])
        .await?;
    let waiting = |row: WaitingRow| {
        Ok(Waiting {
            measure: Measure::try_from(row.measure)?,
            last_day: clock::from_days(row.queued_day),
            revision: row.queued_revision,
            since: (row.looked_from_day > 0).then(|| clock::from_days(row.looked_from_day)),
        })
    };
    rows.into_iter().map(waiting).collect()
}

/// Notes a reminder; answers whether it is the first of its kind.
pub(crate) async fn note(
    tx: &mut Tx,
    waiting: &Waiting,
    lead: Lead,
    at: Timestamp,
) -> Result<bool, Error> {
    let values = args![
        waiting.measure.uid,
        waiting.revision,
        lead.days_left(),
        clock::to_micros(at)
    ];
    Ok(tx.execute(queries::INSERT_REMINDER, values).await? > 0)
}

/// Says when a deadline is to be looked at next, by these lead times; never when there is no day.
pub(crate) async fn look_again(
    tx: &mut Tx,
    measure: Uuid,
    day: Option<Date>,
    leads: &Leads,
) -> Result<(), Error> {
    let day = day.map_or(NEVER, clock::to_days);
    tx.execute(queries::LOOK_AGAIN, args![measure, day, leads.to_string()])
        .await?;
    Ok(())
}

/// Has every deadline looked at today whose next day was found by other lead times.
pub(crate) async fn begin_with(tx: &mut Tx, leads: &Leads, today: Date) -> Result<(), Error> {
    let values = args![leads.to_string(), clock::to_days(today)];
    tx.execute(queries::LOOK_BY_OTHER_LEADS, values).await?;
    Ok(())
}
