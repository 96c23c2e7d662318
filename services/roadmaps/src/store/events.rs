//! What happened to measures, in the database: appended, never changed.

use aip::Listing;
use jiff::Timestamp;
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{
    cells::{self, ClaimCell},
    codes::Coded as _,
    queries,
    rows::EventRow,
};
use crate::domain::event::Event;

/// Appends an event of a measure of a roadmap.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn append(
    tx: &mut Tx,
    roadmap: Uuid,
    measure: Uuid,
    event: &Event,
) -> Result<(), Error> {
    let stakes = event.stakes.as_ref();
    tx.execute(
        queries::INSERT_EVENT,
        args![
            measure,
            event.number,
            roadmap,
            clock::to_micros(event.at),
            event.kind.code(),
            event.side.code(),
            event.agency.as_str(),
            event.reason.as_str(),
            event.report_revision,
            event.state.code(),
            stakes.map(|stakes| stakes.section.as_str()),
            stakes.map(|stakes| stakes.weight),
            stakes.map(|stakes| clock::to_days(stakes.last_day)),
            event
                .claim
                .as_ref()
                .map(|claim| cells::json(&ClaimCell::from(claim))),
        ],
    )
    .await?;
    Ok(())
}

/// Reads the events of a roadmap's measures recorded by a moment: one list a measure, oldest first.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn of_roadmap(
    tx: &mut Tx,
    roadmap: Uuid,
    known: Timestamp,
) -> Result<Vec<Vec<Event>>, Error> {
    let rows: Vec<EventRow> = tx
        .all(
            queries::EVENTS_OF_ROADMAP,
            args![roadmap, clock::to_micros(known)],
        )
        .await?;
    let mut measures: Vec<Vec<Event>> = Vec::new();
    let mut current = String::new();
    for row in rows {
        if measures.is_empty() || row.measure_uid != current {
            current.clone_from(&row.measure_uid);
            measures.push(Vec::new());
        }
        let event = Event::try_from(row)?;
        if let Some(events) = measures.last_mut() {
            events.push(event);
        }
    }
    Ok(measures)
}

/// Reads a page of a measure's events, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    measure: Uuid,
) -> Result<Vec<Event>, Error> {
    let conditions = [("e.measure_uid = {}", measure.into())];
    let sql = listing.sql(queries::EVENTS, &conditions, "e.number");
    let rows: Vec<EventRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Event::try_from).collect()
}
