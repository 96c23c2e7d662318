//! What happened to measures, in the database: appended, never changed.

use std::collections::BTreeMap;

use aip::{Listing, Sql};
use jiff::Timestamp;
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{
    cells::{self, At, ClaimCell, ExecutorsCell},
    codes::Coded as _,
    lives, queries,
    rows::{EventRow, StepRow},
};
use crate::domain::{event::Event, progress::Step};

/// Appends an event of a measure of a roadmap.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn append(
    tx: &mut Tx,
    roadmap: Uuid,
    measure: Uuid,
    event: &Event,
) -> Result<(), Error> {
    let stakes = event.stakes.as_ref();
    let timing = event.timing.as_ref();
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
                .map(|claim| clock::to_days(claim.completed_on)),
            event
                .claim
                .as_ref()
                .map(|claim| cells::json(&ClaimCell::from(claim))),
            event.rebaseline,
            event.successor.as_ref().map(ToString::to_string),
            timing.and_then(|timing| timing.starts_on.map(clock::to_days)),
            timing.and_then(|timing| timing.working_days),
            timing.map(|timing| lives::sides_code(timing.sides)),
            timing.map(lives::dependencies_cell),
            stakes.map(|stakes| cells::list::<ExecutorsCell, _>(&stakes.executors)),
        ],
    )
    .await?;
    Ok(())
}

/// Reads what progress needs of the events recorded by a moment: for each of the roadmaps that has any,
/// one list a measure, oldest first, without bodies.
#[tracing::instrument(skip_all, fields(roadmaps = roadmaps.len()), err(level = "debug"))]
pub(crate) async fn steps(
    tx: &mut Tx,
    roadmaps: &[Uuid],
    known: Timestamp,
) -> Result<BTreeMap<Uuid, Vec<Vec<Step>>>, Error> {
    read_steps(tx, queries::STEPS, roadmaps, known).await
}

/// The same of one roadmap, with the bodies that carry measures out.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn steps_with_bodies(
    tx: &mut Tx,
    roadmap: Uuid,
    known: Timestamp,
) -> Result<Vec<Vec<Step>>, Error> {
    let mut found = read_steps(tx, queries::STEPS_WITH_BODIES, &[roadmap], known).await?;
    Ok(found.remove(&roadmap).unwrap_or_default())
}

/// The same of some measures of one roadmap, without bodies and by measure.
#[tracing::instrument(skip_all, fields(measures = measures.len()), err(level = "debug"))]
pub(crate) async fn steps_of_measures(
    tx: &mut Tx,
    measures: &[Uuid],
    known: Timestamp,
) -> Result<BTreeMap<Uuid, Vec<Step>>, Error> {
    let mut found: BTreeMap<Uuid, Vec<Step>> = BTreeMap::new();
    if measures.is_empty() {
        return Ok(found);
    }
    let rows: Vec<StepRow> = tx
        .all(measure_steps_sql(measures, known), Vec::new())
        .await?;
    for row in rows {
        let measure = row.measure()?;
        found.entry(measure).or_default().push(Step::try_from(row)?);
    }
    Ok(found)
}

fn measure_steps_sql(measures: &[Uuid], known: Timestamp) -> Sql {
    let mut sql = Sql::new(queries::STEPS);
    sql.push(" WHERE e.recorded_us <= ")
        .bind(clock::to_micros(known))
        .push(" AND e.measure_uid IN (");
    push_list(&mut sql, measures);
    sql.push(") ORDER BY e.measure_uid, e.number");
    sql
}

fn push_list(sql: &mut Sql, uids: &[Uuid]) {
    for (index, uid) in uids.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(*uid);
    }
}

async fn read_steps(
    tx: &mut Tx,
    select: &str,
    roadmaps: &[Uuid],
    known: Timestamp,
) -> Result<BTreeMap<Uuid, Vec<Vec<Step>>>, Error> {
    let mut found: BTreeMap<Uuid, Vec<Vec<Step>>> = BTreeMap::new();
    if roadmaps.is_empty() {
        return Ok(found);
    }
    let rows: Vec<StepRow> = tx
        .all(steps_sql(select, roadmaps, known), Vec::new())
        .await?;
    let mut current = String::new();
    for row in rows {
        let measures = found.entry(row.roadmap()?).or_default();
        if measures.is_empty() || row.measure_uid != current {
            current.clone_from(&row.measure_uid);
            measures.push(Vec::new());
        }
        let step = Step::try_from(row)?;
        if let Some(steps) = measures.last_mut() {
            steps.push(step);
        }
    }
    Ok(found)
}

fn steps_sql(select: &str, roadmaps: &[Uuid], known: Timestamp) -> Sql {
    let mut sql = Sql::new(select);
    sql.push(" WHERE e.recorded_us <= ")
        .bind(clock::to_micros(known))
        .push(" AND e.roadmap_uid IN (");
    push_list(&mut sql, roadmaps);
    sql.push(")").push(queries::STEPS_ORDER);
    sql
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

/// Reads a page of the events of several measures, oldest first, and one more; each with its measure.
#[tracing::instrument(skip_all, fields(measures = measures.len()), err(level = "debug"))]
pub(crate) async fn of_life(
    tx: &mut Tx,
    listing: &Listing,
    measures: &[Uuid],
) -> Result<Vec<(Uuid, Event)>, Error> {
    let rows: Vec<EventRow> = tx.all(life_sql(listing, measures), Vec::new()).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let at = At {
            table: "measure_events",
            row: &row.measure_uid.clone(),
        };
        let measure = at.parsed("measure_uid", &row.measure_uid)?;
        events.push((measure, Event::try_from(row)?));
    }
    Ok(events)
}

fn life_sql(listing: &Listing, measures: &[Uuid]) -> Sql {
    let mut base = Sql::new("SELECT e.* FROM (SELECT * FROM measure_events WHERE measure_uid IN (");
    for (index, measure) in measures.iter().enumerate() {
        base.push(if index == 0 { "" } else { ", " }).bind(*measure);
    }
    base.push(")) e");
    listing.sql(base, &[], "e.number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan;

    #[tokio::test]
    async fn the_events_of_a_life_are_read_by_their_measures() {
        let request = aip::ListRequest {
            order_by: "record_time, measure",
            ..aip::ListRequest::default()
        };
        let listing = Listing::parse(&crate::store::fields::LIFE, &request).unwrap();
        let plan = plan::of(life_sql(&listing, &[Uuid::nil(), Uuid::max()])).await;
        assert!(plan[0].starts_with("SEARCH measure_events"), "{plan:?}");
    }

    #[tokio::test]
    async fn the_steps_of_many_roadmaps_are_read_by_their_index() {
        let roadmaps = [Uuid::nil(), Uuid::max()];
        for select in [queries::STEPS, queries::STEPS_WITH_BODIES] {
            let plan = plan::of(steps_sql(select, &roadmaps, Timestamp::UNIX_EPOCH)).await;
            let step = "SEARCH e USING INDEX measure_events_of_roadmap";
            assert_eq!(plan.len(), 1, "{plan:?}");
            assert!(plan[0].starts_with(step), "{plan:?}");
        }
    }

    #[tokio::test]
    async fn the_steps_of_some_measures_are_read_by_their_key() {
        let measures = [Uuid::nil(), Uuid::max()];
        let plan = plan::of(measure_steps_sql(&measures, Timestamp::UNIX_EPOCH)).await;
        let step = "SEARCH e USING INDEX sqlite_autoindex_measure_events_1 (measure_uid=?";
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(plan[0].starts_with(step), "{plan:?}");
    }
}
