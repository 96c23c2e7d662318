//! What schedules start from: the measures of a roadmap as their events tell them.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{
    cells::{self, At, DependencyCell},
    queries::network as queries,
};
use crate::domain::{
    event::Kind,
    name::MeasureName,
    schedule::{Life, Step, Timing},
};

/// How many events are read at once.
const BATCH: i64 = 20_000;

/// Days after this one stand for no deadline: the contract has dates up to the year 2500.
const LAST_DAY: Date = Date::constant(2500, 12, 31);

/// A measure of a roadmap.
#[derive(Clone, Debug)]
pub(crate) struct Lived {
    /// Its name.
    pub(crate) name: MeasureName,
    /// Its place.
    pub(crate) order_number: i64,
    /// What its events tell.
    pub(crate) life: Life,
}

storage::row! {
    /// What a schedule needs of an event.
    struct StepRow {
        measure_uid: String,
        number: i64,
        recorded_us: i64,
        kind: i64,
        state: i64,
        deadline_day: Option<i64>,
        starts_day: Option<i64>,
        working_days: Option<i64>,
        executing_sides: Option<i64>,
        dependencies: Option<String>,
        completed_day: Option<i64>,
        successor: Option<String>,
    }
}

impl TryFrom<StepRow> for Step {
    type Error = Error;

    fn try_from(row: StepRow) -> Result<Self, Error> {
        let at = At {
            table: "measure_events",
            row: &row.measure_uid,
        };
        let kind: Kind = at.coded("kind", row.kind)?;
        let dependencies: Vec<DependencyCell> = match &row.dependencies {
            Some(json) => at.json("dependencies", json)?,
            None => Vec::new(),
        };
        let dependencies: Result<_, Error> = dependencies
            .into_iter()
            .map(|cell| cell.restore(at))
            .collect();
        let recorded = clock::from_micros(row.recorded_us).to_zoned(TimeZone::UTC);
        let deadline = row.deadline_day;
        Ok(Self {
            kind,
            recorded_on: clock::to_days(recorded.date()),
            state: at.coded("state", row.state)?,
            deadline: deadline.filter(|day| *day <= clock::to_days(LAST_DAY)),
            // Events of the plan say when the measure has to be done, whatever else they say.
            timing: deadline.is_some().then_some(Timing {
                starts_on: row.starts_day.map(clock::from_days),
                working_days: row.working_days,
                sides: sides_of(row.executing_sides.unwrap_or(0)),
                dependencies: dependencies?,
            }),
            completed_on: row.completed_day,
            successor: row.successor,
        })
    }
}

/// Returns whether a roadmap has more than so many measures, deleted ones included.
pub(crate) async fn exceed(tx: &mut Tx, roadmap: Uuid, limit: i64) -> Result<bool, Error> {
    let (count,): (i64,) = tx.one(queries::COUNT, args![roadmap, limit + 1]).await?;
    Ok(count > limit)
}

/// Reads the measures of a roadmap as known at a moment, by order number and name.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn read(
    tx: &mut Tx,
    roadmap: Uuid,
    known: Timestamp,
) -> Result<Vec<Lived>, Error> {
    let mut lives: BTreeMap<String, Life> = BTreeMap::new();
    let (mut uid, mut number) = (String::new(), 0);
    loop {
        let values = args![
            roadmap,
            uid.as_str(),
            number,
            clock::to_micros(known),
            BATCH
        ];
        let rows: Vec<StepRow> = tx.all(queries::LIVES, values).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < BATCH);
        for row in rows {
            (uid, number) = (row.measure_uid.clone(), row.number);
            let life = lives.entry(row.measure_uid.clone()).or_default();
            life.hear(Step::try_from(row)?);
        }
        if is_last {
            break;
        }
    }
    let rows: Vec<(String, String, i64)> = tx.all(queries::IN_ORDER, args![roadmap]).await?;
    let mut measures = Vec::with_capacity(lives.len());
    for (uid, name, order_number) in rows {
        if let Some(life) = lives.remove(&uid) {
            let name = MeasureName::parse("name", &name)
                .map_err(|violation| Error::corrupt("measures", "name", uid, violation))?;
            measures.push(Lived {
                name,
                order_number,
                life,
            });
        }
    }
    Ok(measures)
}

/// The value of an event's cell that says which sides carry a measure out.
pub(super) fn sides_code(sides: [bool; 2]) -> i64 {
    i64::from(sides[0]) + 2 * i64::from(sides[1])
}

fn sides_of(code: i64) -> [bool; 2] {
    [code & 1 != 0, code & 2 != 0]
}

/// The cell of an event that says what a measure depends on.
pub(super) fn dependencies_cell(timing: &Timing) -> String {
    cells::list::<DependencyCell, _>(&timing.dependencies)
}

#[cfg(test)]
mod tests {
    use aip::Sql;

    use super::*;
    use crate::store::plan;

    #[tokio::test]
    async fn the_events_of_a_roadmap_are_read_in_the_order_of_their_index() {
        let mut sql = Sql::new(queries::LIVES);
        sql.args = args![Uuid::nil(), "", 0, 0, BATCH];
        let plan = plan::of(sql).await;
        let step = "SEARCH e USING INDEX measure_events_of_roadmap";
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(plan[0].starts_with(step), "{plan:?}");
    }

    #[tokio::test]
    async fn the_names_of_a_roadmap_are_read_in_the_order_of_their_index() {
        let mut sql = Sql::new(queries::IN_ORDER);
        sql.args = args![Uuid::nil()];
        let plan = plan::of(sql).await;
        let step = "SEARCH m USING INDEX measures_in_order";
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(plan[0].starts_with(step), "{plan:?}");
    }
}
