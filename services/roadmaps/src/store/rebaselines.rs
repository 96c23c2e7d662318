//! Proposals to change adopted plans, in the database.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Listing, Sql};
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{
    cells::{self, At},
    codes::Coded as _,
    plan_cell::PlanCell,
    queries,
};
use crate::domain::{
    measure::Plan,
    name::{MeasureName, RoadmapName},
    rebaseline::{Change, End, Rebaseline},
    side::Side,
};

/// The numbers of the kinds of change: those of the contract's fields.
const ADD: i64 = 1;
const REPLAN: i64 = 2;
const REMOVE: i64 = 3;
const SUPERSEDE: i64 = 4;
const CARRY_OVER: i64 = 5;

storage::row! {
    /// A re-baseline.
    struct RebaselineRow {
        roadmap_uid: String,
        roadmap: String,
        number: i64,
        side: i64,
        agency: String,
        revision: i64,
        reason: String,
        proposed_us: i64,
        state: i64,
        end_agency: Option<String>,
        end_reason: Option<String>,
        end_us: Option<i64>,
        baseline: Option<i64>,
    }
}

impl TryFrom<RebaselineRow> for Rebaseline {
    type Error = Error;

    fn try_from(row: RebaselineRow) -> Result<Self, Error> {
        let at = At {
            table: "rebaselines",
            row: &row.roadmap_uid,
        };
        Ok(Self {
            roadmap: RoadmapName::parse("roadmap", &row.roadmap)
                .map_err(|violation| at.corrupt("roadmap", violation))?,
            number: row.number,
            side: at.coded("side", row.side)?,
            agency: row.agency,
            revision: row.revision,
            reason: row.reason,
            proposed: clock::from_micros(row.proposed_us),
            state: at.coded("state", row.state)?,
            end: row.end_us.map(|us| End {
                agency: row.end_agency.unwrap_or_default(),
                reason: row.end_reason.unwrap_or_default(),
                at: clock::from_micros(us),
            }),
            baseline: row.baseline,
        })
    }
}

storage::row! {
    /// A change of a plan.
    struct ChangeRow {
        roadmap_uid: String,
        kind: i64,
        measure: String,
        successor: Option<String>,
        plan: Option<String>,
    }
}

impl TryFrom<ChangeRow> for Change {
    type Error = Error;

    fn try_from(row: ChangeRow) -> Result<Self, Error> {
        let at = At {
            table: "rebaseline_changes",
            row: &row.roadmap_uid,
        };
        let measure = name(at, "measure", &row.measure)?;
        let successor = || {
            let successor = row.successor.as_deref();
            name(at, "successor", successor.unwrap_or_default())
        };
        let plan = || -> Result<Plan, Error> {
            let plan = row.plan.as_deref().unwrap_or_default();
            let cell: PlanCell = at.json("plan", plan)?;
            cell.restore(at)
        };
        Ok(match row.kind {
            ADD => Self::Add {
                measure,
                plan: plan()?,
            },
            REPLAN => Self::Replan {
                measure,
                plan: plan()?,
            },
            REMOVE => Self::Remove { measure },
            SUPERSEDE => Self::Supersede {
                measure,
                successor: successor()?,
            },
            CARRY_OVER => Self::CarryOver {
                measure,
                successor: successor()?,
                plan: plan()?,
            },
            kind => return Err(at.corrupt("kind", format!("{kind} stands for nothing"))),
        })
    }
}

fn name(at: At<'_>, column: &str, name: &str) -> Result<MeasureName, Error> {
    MeasureName::parse(column, name).map_err(|violation| at.corrupt(column, violation))
}

fn kind(change: &Change) -> i64 {
    match change {
        Change::Add { .. } => ADD,
        Change::Replan { .. } => REPLAN,
        Change::Remove { .. } => REMOVE,
        Change::Supersede { .. } => SUPERSEDE,
        Change::CarryOver { .. } => CARRY_OVER,
    }
}

/// Keeps a re-baseline as it has become.
#[tracing::instrument(skip_all, fields(name = %rebaseline.name()), err(level = "debug"))]
pub(crate) async fn put(tx: &mut Tx, roadmap: Uuid, rebaseline: &Rebaseline) -> Result<(), Error> {
    let end = rebaseline.end.as_ref();
    tx.execute(
        queries::UPSERT_REBASELINE,
        args![
            roadmap,
            rebaseline.number,
            rebaseline.side.code(),
            rebaseline.agency.as_str(),
            rebaseline.revision,
            rebaseline.reason.as_str(),
            clock::to_micros(rebaseline.proposed),
            rebaseline.state.code(),
            end.map(|end| end.agency.as_str()),
            end.map(|end| end.reason.as_str()),
            end.map(|end| clock::to_micros(end.at)),
            rebaseline.baseline,
        ],
    )
    .await?;
    Ok(())
}

/// Replaces the changes of a re-baseline.
#[tracing::instrument(skip_all, fields(changes = changes.len()), err(level = "debug"))]
pub(crate) async fn put_changes(
    tx: &mut Tx,
    roadmap: Uuid,
    number: i64,
    changes: &[Change],
) -> Result<(), Error> {
    tx.execute(queries::DELETE_CHANGES, args![roadmap, number])
        .await?;
    let rows = (1_i64..)
        .zip(changes)
        .map(|(position, change)| {
            args![
                roadmap,
                number,
                position,
                kind(change),
                change.measure().to_string(),
                change.successor().map(ToString::to_string),
                change.plan().map(|plan| cells::json(&PlanCell::from(plan))),
            ]
        })
        .collect();
    let columns = &[
        "roadmap_uid",
        "rebaseline",
        "position",
        "kind",
        "measure",
        "successor",
        "plan",
    ];
    tx.insert_many("rebaseline_changes", columns, rows).await?;
    Ok(())
}

/// Reads a re-baseline.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn get(
    tx: &mut Tx,
    roadmap: Uuid,
    number: i64,
) -> Result<Option<Rebaseline>, Error> {
    let mut sql = Sql::new(queries::REBASELINES);
    sql.push(" WHERE p.roadmap_uid = ")
        .bind(roadmap)
        .push(" AND p.number = ")
        .bind(number);
    let row: Option<RebaselineRow> = tx.optional(sql, Vec::new()).await?;
    row.map(Rebaseline::try_from).transpose()
}

/// Reads the changes of a re-baseline, in order.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn changes(tx: &mut Tx, roadmap: Uuid, number: i64) -> Result<Vec<Change>, Error> {
    let rows: Vec<ChangeRow> = tx.all(queries::CHANGES, args![roadmap, number]).await?;
    rows.into_iter().map(Change::try_from).collect()
}

/// Who proposed re-baselines, by roadmap and number: the side and its agency.
pub(crate) type Proposers = BTreeMap<(Uuid, i64), (Side, String)>;

/// Reads which side proposed each of some re-baselines, given by roadmap and number, and by which agency.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn proposers(
    tx: &mut Tx,
    asked: &BTreeSet<(Uuid, i64)>,
) -> Result<Proposers, Error> {
    if asked.is_empty() {
        return Ok(Proposers::new());
    }
    let rows: Vec<(String, i64, i64, String)> =
        tx.all(keyed(asked, queries::PROPOSERS), Vec::new()).await?;
    rows.into_iter()
        .map(|(roadmap, number, side, agency)| {
            let at = At {
                table: "rebaselines",
                row: &roadmap,
            };
            let uid = at.parsed("roadmap_uid", &roadmap)?;
            Ok(((uid, number), (at.coded("side", side)?, agency)))
        })
        .collect()
}

/// A query by roadmaps and numbers, which it knows as `k`.
pub(super) fn keyed(asked: &BTreeSet<(Uuid, i64)>, select: &str) -> Sql {
    let mut sql = Sql::new("WITH k(roadmap_uid, number) AS (VALUES ");
    for (index, (roadmap, number)) in asked.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" })
            .bind(*roadmap)
            .push(", ")
            .bind(*number)
            .push(")");
    }
    sql.push(") ").push(select);
    sql
}

/// Reads a page of a roadmap's re-baselines, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    roadmap: Uuid,
) -> Result<Vec<Rebaseline>, Error> {
    let conditions = [("p.roadmap_uid = {}", roadmap.into())];
    let sql = listing.sql(queries::REBASELINES, &conditions, "p.number");
    let rows: Vec<RebaselineRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Rebaseline::try_from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan;

    #[tokio::test]
    async fn proposers_are_read_by_their_keys() {
        let asked = BTreeSet::from([(Uuid::nil(), 1), (Uuid::max(), 2)]);
        let plan = plan::of(keyed(&asked, queries::PROPOSERS)).await;
        let step =
            "SEARCH p USING INDEX sqlite_autoindex_rebaselines_1 (roadmap_uid=? AND number=?)";
        assert!(plan.iter().any(|found| found == step), "{plan:?}");
    }
}
