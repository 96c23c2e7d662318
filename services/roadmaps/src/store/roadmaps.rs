//! Roadmaps in the database.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Listing, Value};
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{
    cells::{self, SourceCell, TitleCell},
    codes::Coded as _,
    deadlines, queries,
    rows::RoadmapRow,
};
use crate::domain::{
    completion::State,
    name::{MeasureName, RoadmapName},
    roadmap::{Period, Roadmap},
    side::Side,
};

/// Reads a roadmap, deleted or not.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn get(tx: &mut Tx, name: &RoadmapName) -> Result<Option<Roadmap>, Error> {
    let sql = format!("{} WHERE r.name = $1", queries::ROADMAPS);
    let mut sql = aip::Sql::new(sql);
    sql.args.push(name.to_string().into());
    let row: Option<RoadmapRow> = tx.optional(sql, Vec::new()).await?;
    row.map(Roadmap::try_from).transpose()
}

/// Reads those roadmaps of these names that there are, deleted or not; at least one name.
#[tracing::instrument(skip_all, fields(names = names.len()), err(level = "debug"))]
pub(crate) async fn named(
    tx: &mut Tx,
    names: &[RoadmapName],
) -> Result<BTreeMap<RoadmapName, Roadmap>, Error> {
    let mut sql = aip::Sql::new(queries::ROADMAPS);
    sql.push(" WHERE r.name IN (");
    for (index, name) in names.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " })
            .bind(name.to_string());
    }
    sql.push(")");
    let rows: Vec<RoadmapRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter()
        .map(|row| Roadmap::try_from(row).map(|roadmap| (roadmap.name.clone(), roadmap)))
        .collect()
}

/// Reads a page of roadmaps, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    partnership: Option<&str>,
    with_deleted: bool,
) -> Result<Vec<Roadmap>, Error> {
    let mut conditions: Vec<(&str, Value)> = Vec::new();
    if let Some(partnership) = partnership {
        conditions.push(("r.partnership = {}", partnership.into()));
    }
    if !with_deleted {
        conditions.push(("r.deleted_us IS NULL", Value::Null));
    }
    let sql = listing.sql(queries::ROADMAPS, &conditions, "r.name");
    let rows: Vec<RoadmapRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Roadmap::try_from).collect()
}

/// Writes a roadmap, which is found by `codes`. Answers whether its name was free.
#[tracing::instrument(skip_all, fields(name = %roadmap.name), err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx,
    roadmap: &Roadmap,
    codes: &BTreeSet<String>,
) -> Result<bool, Error> {
    let mut values = args![
        roadmap.uid,
        roadmap.name.to_string(),
        roadmap.name.partnership.as_str(),
        clock::to_micros(roadmap.created),
    ];
    values.extend(variable(roadmap));
    let inserted = tx.execute(queries::INSERT_ROADMAP, values).await?;
    if inserted == 0 {
        return Ok(false);
    }
    write_sides(tx, roadmap).await?;
    write_codes(tx, roadmap, codes).await?;
    Ok(true)
}

/// Replaces a roadmap that was read at revision `before`; nothing else may have changed it since.
/// `codes`, where given, are the codes by which it is found from now on.
#[tracing::instrument(skip_all, fields(name = %roadmap.name), err(level = "debug"))]
pub(crate) async fn update_if(
    tx: &mut Tx,
    roadmap: &Roadmap,
    before: i64,
    codes: Option<&BTreeSet<String>>,
) -> Result<(), Error> {
    let state_before: Option<(i64,)> = tx
        .optional(queries::ROADMAP_STATE, args![roadmap.uid])
        .await?;
    let mut values = args![roadmap.uid, before];
    values.extend(variable(roadmap));
    let updated = tx.execute(queries::UPDATE_ROADMAP, values).await?;
    if updated == 0 {
        return Err(Error::Busy);
    }
    write_sides(tx, roadmap).await?;
    if state_before != Some((state_code(roadmap),)) {
        deadlines::refresh_roadmap(tx, roadmap.uid, roadmap.updated).await?;
    }
    match codes {
        Some(codes) => write_codes(tx, roadmap, codes).await,
        None => Ok(()),
    }
}

/// Returns the first measure, by name, of a roadmap that a period would leave out.
pub(crate) async fn outside_period(
    tx: &mut Tx,
    roadmap: Uuid,
    period: Period,
) -> Result<Option<MeasureName>, Error> {
    let row: Option<(String,)> = tx
        .optional(
            queries::OUTSIDE_PERIOD,
            args![
                roadmap,
                clock::to_days(period.start),
                clock::to_days(period.end)
            ],
        )
        .await?;
    Ok(row.and_then(|(name,)| MeasureName::parse("name", &name).ok()))
}

/// Returns the sum of the weights of a roadmap's measures, without the cancelled and superseded ones.
pub(crate) async fn weight_sum(tx: &mut Tx, roadmap: Uuid) -> Result<i64, Error> {
    let (sum,): (i64,) = tx.one(queries::WEIGHT_SUM, args![roadmap]).await?;
    Ok(sum)
}

/// Returns the first measure, by name, of a roadmap whose report waits for the other side's word.
pub(crate) async fn waiting(tx: &mut Tx, roadmap: Uuid) -> Result<Option<MeasureName>, Error> {
    let reported = State::Reported.code();
    let row: Option<(String,)> = tx
        .optional(queries::IN_STATE, args![roadmap, reported])
        .await?;
    Ok(row.and_then(|(name,)| MeasureName::parse("name", &name).ok()))
}

/// Returns the first measure, by name, of a roadmap that goes on from a measure of another one.
pub(crate) async fn carried_in(tx: &mut Tx, roadmap: Uuid) -> Result<Option<MeasureName>, Error> {
    let row: Option<(String,)> = tx.optional(queries::CARRIED_IN, args![roadmap]).await?;
    Ok(row.and_then(|(name,)| MeasureName::parse("name", &name).ok()))
}

/// Returns the number of a roadmap's state, by which lists sort it.
pub(crate) fn state_code(roadmap: &Roadmap) -> i64 {
    roadmap.state().code()
}

/// The values of the columns that may change, in the order in which both statements have them.
fn variable(roadmap: &Roadmap) -> Vec<Value> {
    let plan = &roadmap.plan;
    args![
        cells::list::<TitleCell, _>(&plan.titles),
        clock::to_days(plan.period.start),
        clock::to_days(plan.period.end),
        plan.signed_on.map(clock::to_days),
        plan.source_document.as_ref().map(ToString::to_string),
        cells::list::<SourceCell, _>(&plan.sources),
        roadmap.plan_revision,
        roadmap.state().code(),
        roadmap.revision,
        clock::to_micros(roadmap.updated),
        roadmap.deleted.map(clock::to_micros),
        roadmap.baselines,
        roadmap.rebaselines,
        roadmap.rebaseline_by.map(Side::code),
        plan.declared_weight,
    ]
}

async fn write_sides(tx: &mut Tx, roadmap: &Roadmap) -> Result<(), Error> {
    for side in Side::BOTH {
        let place = &roadmap.plan.places[side.index()];
        let consent = roadmap.consents[side.index()];
        tx.execute(
            queries::UPSERT_SIDE,
            args![
                roadmap.uid,
                side.code(),
                place.party.as_str(),
                place.region_code.as_str(),
                place.region_name.as_str(),
                place.signing_body.as_str(),
                consent.adopted.map(clock::to_micros),
                consent.closed.map(clock::to_micros),
            ],
        )
        .await?;
    }
    Ok(())
}

async fn write_codes(
    tx: &mut Tx,
    roadmap: &Roadmap,
    codes: &BTreeSet<String>,
) -> Result<(), Error> {
    tx.execute(queries::DELETE_CODES, args![roadmap.uid])
        .await?;
    let rows = codes
        .iter()
        .map(|code| args![code.as_str(), roadmap.uid])
        .collect();
    tx.insert_many("roadmap_region_codes", &["code", "roadmap_uid"], rows)
        .await?;
    Ok(())
}
