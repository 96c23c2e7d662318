//! Frozen plans in the database: appended, never changed.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Listing, Sql};
use jiff::Timestamp;
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{
    cells::{At, DependencyCell, ExecutorsCell, TitleCell, facts},
    details::DetailsCell,
    plan_cell, queries,
    rebaselines::keyed,
};
use crate::domain::{
    baseline::{Baseline, Frozen},
    completion::State,
    measure::Plan,
    name::{MeasureName, RoadmapName},
    rebaseline::Change,
    roadmap::{Period, Roadmap},
};

storage::row! {
    /// A baseline.
    struct BaselineRow {
        roadmap_uid: String,
        roadmap: String,
        number: i64,
        frozen_us: i64,
        plan_revision: i64,
        rebaseline: Option<i64>,
        period_start_day: i64,
        period_end_day: i64,
        measures: i64,
        weight: i64,
    }
}

impl TryFrom<BaselineRow> for Baseline {
    type Error = Error;

    fn try_from(row: BaselineRow) -> Result<Self, Error> {
        let at = At {
            table: "baselines",
            row: &row.roadmap_uid,
        };
        Ok(Self {
            roadmap: RoadmapName::parse("roadmap", &row.roadmap)
                .map_err(|violation| at.corrupt("roadmap", violation))?,
            number: row.number,
            frozen: clock::from_micros(row.frozen_us),
            plan_revision: row.plan_revision,
            rebaseline: row.rebaseline,
            period: Period {
                start: clock::from_days(row.period_start_day),
                end: clock::from_days(row.period_end_day),
            },
            measures: row.measures,
            weight: row.weight,
        })
    }
}

storage::row! {
    /// A measure of a baseline.
    struct FrozenRow {
        roadmap_uid: String,
        baseline: i64,
        measure_uid: String,
        name: String,
        titles: String,
        section: String,
        order_number: i64,
        expected_result: String,
        form_of_completion: String,
        executors: String,
        starts_day: Option<i64>,
        deadline_form: i64,
        deadline_day: i64,
        weight: i64,
        details: String,
        working_days: Option<i64>,
        dependencies: String,
        state: i64,
    }
}

impl TryFrom<FrozenRow> for Frozen {
    type Error = Error;

    fn try_from(row: FrozenRow) -> Result<Self, Error> {
        let at = At {
            table: "baseline_measures",
            row: &row.measure_uid,
        };
        let titles: Vec<TitleCell> = at.json("titles", &row.titles)?;
        let executors: Vec<ExecutorsCell> = at.json("executors", &row.executors)?;
        let details: DetailsCell = at.json("details", &row.details)?;
        let dependencies: Vec<DependencyCell> = at.json("dependencies", &row.dependencies)?;
        Ok(Self {
            uid: at.parsed("measure_uid", &row.measure_uid)?,
            name: measure_name(at, &row.name)?,
            plan: Plan {
                titles: facts(titles),
                section: row.section,
                order_number: row.order_number,
                expected_result: row.expected_result,
                form_of_completion: row.form_of_completion,
                executors: facts(executors),
                starts_on: row.starts_day.map(clock::from_days),
                deadline: plan_cell::deadline(at, row.deadline_form, row.deadline_day)?,
                weight: row.weight,
                details: details.restore(at)?,
                working_days: row.working_days,
                dependencies: plan_cell::restored(at, dependencies)?,
            },
            state: at.coded("state", row.state)?,
        })
    }
}

fn measure_name(at: At<'_>, name: &str) -> Result<MeasureName, Error> {
    MeasureName::parse("name", name).map_err(|violation| at.corrupt("name", violation))
}

/// Freezes the plan of a roadmap as it stands as its newest baseline.
#[tracing::instrument(skip_all, fields(name = %roadmap.name), err(level = "debug"))]
pub(crate) async fn freeze(
    tx: &mut Tx,
    roadmap: &Roadmap,
    rebaseline: Option<i64>,
) -> Result<Baseline, Error> {
    let number = roadmap.baselines;
    tx.execute(queries::FREEZE_MEASURES, args![roadmap.uid, number])
        .await?;
    let period = roadmap.plan.period;
    tx.execute(
        queries::FREEZE,
        args![
            roadmap.uid,
            number,
            clock::to_micros(roadmap.updated),
            roadmap.plan_revision,
            rebaseline,
            clock::to_days(period.start),
            clock::to_days(period.end),
        ],
    )
    .await?;
    get(tx, roadmap.uid, number).await?.ok_or(Error::NotFound)
}

/// Reads a baseline.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn get(
    tx: &mut Tx,
    roadmap: Uuid,
    number: i64,
) -> Result<Option<Baseline>, Error> {
    let mut sql = Sql::new(queries::BASELINES);
    sql.push(" WHERE b.roadmap_uid = ")
        .bind(roadmap)
        .push(" AND b.number = ")
        .bind(number);
    let row: Option<BaselineRow> = tx.optional(sql, Vec::new()).await?;
    row.map(Baseline::try_from).transpose()
}

/// Reads the newest baseline that was frozen by a moment.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn newest(
    tx: &mut Tx,
    roadmap: Uuid,
    known: Timestamp,
) -> Result<Option<Baseline>, Error> {
    let mut sql = Sql::new(queries::BASELINES);
    sql.push(" WHERE b.roadmap_uid = ")
        .bind(roadmap)
        .push(" AND b.frozen_us <= ")
        .bind(clock::to_micros(known))
        .push(" ORDER BY b.number DESC LIMIT 1");
    let row: Option<BaselineRow> = tx.optional(sql, Vec::new()).await?;
    row.map(Baseline::try_from).transpose()
}

/// Reads a page of a roadmap's baselines, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    roadmap: Uuid,
) -> Result<Vec<Baseline>, Error> {
    let conditions = [("b.roadmap_uid = {}", roadmap.into())];
    let sql = listing.sql(queries::BASELINES, &conditions, "b.number");
    let rows: Vec<BaselineRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Baseline::try_from).collect()
}

/// Reads a page of a baseline's measures, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn measures(
    tx: &mut Tx,
    listing: &Listing,
    roadmap: Uuid,
    number: i64,
) -> Result<Vec<Frozen>, Error> {
    let conditions = [
        ("f.roadmap_uid = {}", roadmap.into()),
        ("f.baseline = {}", number.into()),
    ];
    let sql = listing.sql(queries::BASELINE_MEASURES, &conditions, "f.name");
    let rows: Vec<FrozenRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Frozen::try_from).collect()
}

/// Reads every measure of a baseline, by name.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn all_measures(
    tx: &mut Tx,
    roadmap: Uuid,
    number: i64,
) -> Result<Vec<Frozen>, Error> {
    let rows: Vec<FrozenRow> = tx
        .all(all_measures_sql(roadmap, number), Vec::new())
        .await?;
    rows.into_iter().map(Frozen::try_from).collect()
}

/// Reads the plans that a re-baseline's changes start from: those of the baseline before it.
#[tracing::instrument(skip(tx, changes), err(level = "debug"))]
pub(crate) async fn before(
    tx: &mut Tx,
    roadmap: Uuid,
    number: i64,
    changes: &[Change],
) -> Result<BTreeMap<MeasureName, Plan>, Error> {
    let mut plans = BTreeMap::new();
    if changes.is_empty() {
        return Ok(plans);
    }
    let names = changes.iter().map(|change| change.measure().to_string());
    let rows: Vec<FrozenRow> = tx
        .all(before_sql(roadmap, number, names), Vec::new())
        .await?;
    for row in rows {
        let frozen = Frozen::try_from(row)?;
        plans.insert(frozen.name, frozen.plan);
    }
    Ok(plans)
}

fn before_sql(roadmap: Uuid, number: i64, names: impl Iterator<Item = String>) -> Sql {
    let mut sql = Sql::new(queries::BASELINE_MEASURES);
    sql.push(" WHERE f.roadmap_uid = ")
        .bind(roadmap)
        .push(" AND f.baseline = ")
        .push(queries::BASELINE_BEFORE)
        .bind(roadmap)
        .push(" AND COALESCE(b.rebaseline, 0) < ")
        .bind(number)
        .push(") AND f.name IN ")
        .push_list(names);
    sql
}

/// Reads which baseline each of some re-baselines led to, given by roadmap and number.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn led_to(
    tx: &mut Tx,
    asked: &BTreeSet<(Uuid, i64)>,
) -> Result<BTreeMap<(Uuid, i64), i64>, Error> {
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(String, i64, i64)> = tx.all(keyed(asked, queries::LED_TO), Vec::new()).await?;
    rows.into_iter()
        .map(|(roadmap, rebaseline, baseline)| {
            let at = At {
                table: "baselines",
                row: &roadmap,
            };
            let uid = at.parsed("roadmap_uid", &roadmap)?;
            Ok(((uid, rebaseline), baseline))
        })
        .collect()
}

/// Where the plan of a measure in a baseline is kept: by roadmap, number of the baseline and name.
pub(crate) type PlanKey = (Uuid, i64, MeasureName);

/// Reads the plans of measures in baselines.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn plans_of(
    tx: &mut Tx,
    keys: &BTreeSet<&PlanKey>,
) -> Result<BTreeMap<PlanKey, Plan>, Error> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<FrozenRow> = tx.all(plans_of_sql(keys), Vec::new()).await?;
    rows.into_iter()
        .map(|row| {
            let at = At {
                table: "baseline_measures",
                row: &row.measure_uid,
            };
            let roadmap = at.parsed("roadmap_uid", &row.roadmap_uid)?;
            let baseline = row.baseline;
            let frozen = Frozen::try_from(row)?;
            Ok(((roadmap, baseline, frozen.name), frozen.plan))
        })
        .collect()
}

fn plans_of_sql(keys: &BTreeSet<&PlanKey>) -> Sql {
    let mut sql = Sql::new("WITH k(roadmap_uid, baseline, name) AS (VALUES ");
    for (index, (roadmap, baseline, name)) in keys.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" })
            .bind(*roadmap)
            .push(", ")
            .bind(*baseline)
            .push(", ")
            .bind(name.to_string())
            .push(")");
    }
    sql.push(") ").push(queries::KEYED_BASELINE_MEASURES);
    sql
}

fn all_measures_sql(roadmap: Uuid, number: i64) -> Sql {
    let mut sql = Sql::new(queries::BASELINE_MEASURES);
    sql.push(" WHERE f.roadmap_uid = ")
        .bind(roadmap)
        .push(" AND f.baseline = ")
        .bind(number)
        .push(" ORDER BY f.name");
    sql
}

/// Reads the state of every measure of a roadmap that had one at a moment, as its events tell it.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn states(
    tx: &mut Tx,
    roadmap: Uuid,
    known: Timestamp,
) -> Result<BTreeMap<MeasureName, State>, Error> {
    let rows: Vec<(String, i64)> = tx
        .all(queries::STATES, args![roadmap, clock::to_micros(known)])
        .await?;
    rows.into_iter()
        .map(|(name, state)| {
            let at = At {
                table: "measure_events",
                row: &name,
            };
            Ok((measure_name(at, &name)?, at.coded("state", state)?))
        })
        .collect()
}

/// Reads what measures of a roadmap have become: of each that has one, its successor.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn successors(
    tx: &mut Tx,
    roadmap: Uuid,
) -> Result<BTreeMap<MeasureName, MeasureName>, Error> {
    let rows: Vec<(String, String)> = tx.all(queries::SUCCESSORS, args![roadmap]).await?;
    rows.into_iter()
        .map(|(name, successor)| {
            let at = At {
                table: "measures",
                row: &name,
            };
            Ok((measure_name(at, &name)?, measure_name(at, &successor)?))
        })
        .collect()
}

#[cfg(test)]
mod tests;
