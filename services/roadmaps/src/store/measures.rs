//! Measures in the database.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Listing, Sql, Value};
use jiff::Timestamp;
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{
    bodies,
    cells::{self, DependencyCell, ExecutorsCell, TitleCell, WordsCell},
    codes::Coded,
    deadlines, details, queries,
    rows::MeasureRow,
};
use crate::domain::{
    measure::Measure,
    name::{MeasureName, RoadmapName},
};

/// Of which roadmaps measures are asked for.
#[derive(Clone, Debug)]
pub(crate) enum Within {
    /// All.
    Everything,
    /// Those of a partnership.
    Partnership(String),
    /// One.
    Roadmap(RoadmapName),
}

/// Reads a measure, deleted or not.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn get(tx: &mut Tx, name: &MeasureName) -> Result<Option<Measure>, Error> {
    let mut sql = Sql::new(format!("{} WHERE m.name = $1", queries::MEASURES));
    sql.args.push(name.to_string().into());
    let row: Option<MeasureRow> = tx.optional(sql, Vec::new()).await?;
    row.map(Measure::try_from).transpose()
}

/// Reads those measures of these names that there are, deleted or not.
#[tracing::instrument(skip_all, fields(names = names.len()), err(level = "debug"))]
pub(crate) async fn named(
    tx: &mut Tx,
    names: &BTreeSet<MeasureName>,
) -> Result<BTreeMap<MeasureName, Measure>, Error> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut sql = Sql::new(queries::MEASURES);
    sql.push(" WHERE m.name IN (");
    for (index, name) in names.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " })
            .bind(name.to_string());
    }
    sql.push(")");
    let rows: Vec<MeasureRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter()
        .map(|row| Measure::try_from(row).map(|measure| (measure.name.clone(), measure)))
        .collect()
}

/// Reads the measures of a measure's life, itself among them, in the order in which they were recorded.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn of_life(tx: &mut Tx, name: &MeasureName) -> Result<Vec<Measure>, Error> {
    let rows: Vec<MeasureRow> = tx.all(life_sql(name), Vec::new()).await?;
    rows.into_iter().map(Measure::try_from).collect()
}

fn life_sql(name: &MeasureName) -> Sql {
    let mut sql = Sql::new(format!("{}{}", queries::MEASURES, queries::LIFE));
    sql.args.push(name.to_string().into());
    sql
}

/// Reads a page of measures, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    within: &Within,
    with_deleted: bool,
) -> Result<Vec<Measure>, Error> {
    let sql = list_sql(listing, within, with_deleted);
    let rows: Vec<MeasureRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Measure::try_from).collect()
}

fn list_sql(listing: &Listing, within: &Within, with_deleted: bool) -> Sql {
    let mut conditions: Vec<(&str, Value)> = Vec::new();
    match within {
        Within::Everything => {}
        Within::Partnership(partnership) => {
            conditions.push(("m.partnership = {}", partnership.into()));
        }
        Within::Roadmap(name) => conditions.push(("r.name = {}", name.to_string().into())),
    }
    if !with_deleted {
        conditions.push(("m.deleted_us IS NULL", Value::Null));
        conditions.push(("r.deleted_us IS NULL", Value::Null));
    }
    listing.sql(queries::MEASURES, &conditions, "m.name")
}

/// Reads a page of a roadmap's measures by name that were recorded by a moment, deleted or not, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn recorded_by(
    tx: &mut Tx,
    listing: &Listing,
    roadmap: &RoadmapName,
    known: Timestamp,
) -> Result<Vec<Measure>, Error> {
    let sql = recorded_by_sql(listing, roadmap, known);
    let rows: Vec<MeasureRow> = tx.all(sql, Vec::new()).await?;
    rows.into_iter().map(Measure::try_from).collect()
}

/// A roadmap's measures are those whose names begin with its own: the unique index has them in order. The character
/// after `/` is `0`.
fn recorded_by_sql(listing: &Listing, roadmap: &RoadmapName, known: Timestamp) -> Sql {
    let conditions = [
        ("m.name > {}", format!("{roadmap}/measures/").into()),
        ("m.name < {}", format!("{roadmap}/measures0").into()),
        ("m.created_us <= {}", clock::to_micros(known).into()),
    ];
    listing.sql(queries::MEASURES, &conditions, "m.name")
}

/// Returns the greatest order number in a roadmap; 0 when it has no measures.
pub(crate) async fn last_order_number(tx: &mut Tx, roadmap: Uuid) -> Result<i64, Error> {
    let (number,): (i64,) = tx.one(queries::LAST_ORDER_NUMBER, args![roadmap]).await?;
    Ok(number)
}

/// Enters a measure of a roadmap. Answers whether its name was free.
#[tracing::instrument(skip_all, fields(name = %measure.name), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, measure: &Measure, roadmap: Uuid) -> Result<bool, Error> {
    let mut values = args![
        measure.uid,
        measure.name.to_string(),
        roadmap,
        measure.name.partnership.as_str(),
        clock::to_micros(measure.created),
    ];
    values.extend(variable(measure));
    let inserted = tx.execute(queries::INSERT_MEASURE, values).await?;
    if inserted == 0 {
        return Ok(false);
    }
    write_bodies(tx, measure).await?;
    bodies::learn(tx, measure).await?;
    details::write(tx, measure).await?;
    deadlines::refresh_measure(tx, measure.uid, measure.updated).await?;
    Ok(true)
}

/// Replaces a measure that was read at revision `before`; nothing else may have changed it since.
#[tracing::instrument(skip_all, fields(name = %measure.name), err(level = "debug"))]
pub(crate) async fn update_if(tx: &mut Tx, measure: &Measure, before: i64) -> Result<(), Error> {
    let mut values = args![measure.uid, before];
    values.extend(variable(measure));
    let updated = tx.execute(queries::UPDATE_MEASURE, values).await?;
    if updated == 0 {
        return Err(Error::Busy);
    }
    tx.execute(queries::DELETE_BODIES, args![measure.uid])
        .await?;
    write_bodies(tx, measure).await?;
    bodies::learn(tx, measure).await?;
    details::write(tx, measure).await?;
    deadlines::refresh_measure(tx, measure.uid, measure.updated).await
}

/// Returns the number of a measure's state, by which lists sort it.
pub(crate) fn state_code(measure: &Measure) -> i64 {
    measure.completion.state.code()
}

/// The values of the columns that may change, in the order in which both statements have them.
fn variable(measure: &Measure) -> Vec<Value> {
    let plan = &measure.plan;
    let completion = measure.completion;
    args![
        cells::list::<TitleCell, _>(&plan.titles),
        plan.section.as_str(),
        plan.order_number,
        plan.expected_result.as_str(),
        plan.form_of_completion.as_str(),
        cells::list::<ExecutorsCell, _>(&plan.executors),
        plan.starts_on.map(clock::to_days),
        plan.deadline.form().code(),
        clock::to_days(plan.deadline.last_day()),
        plan.weight,
        completion.state.code(),
        completion.reports,
        completion.standing.map(|report| report.revision),
        completion.standing.map(|report| report.by.code()),
        completion.proposal.map(Coded::code),
        cells::json(&WordsCell::from(measure)),
        measure.events,
        measure.revision,
        clock::to_micros(measure.updated),
        measure.deleted.map(clock::to_micros),
        cells::list::<DependencyCell, _>(&plan.dependencies),
        plan.working_days,
    ]
}

async fn write_bodies(tx: &mut Tx, measure: &Measure) -> Result<(), Error> {
    let mut rows = Vec::new();
    for executors in &measure.plan.executors {
        let party = executors.party.as_str();
        rows.push(args![
            measure.uid,
            party,
            executors.lead_body.as_str(),
            true
        ]);
        for body in &executors.co_executing_bodies {
            rows.push(args![measure.uid, party, body.as_str(), false]);
        }
    }
    let columns = &["measure_uid", "party", "body", "leads"];
    tx.insert_many("measure_bodies", columns, rows).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use aip::ListRequest;
    use storage::{Engine, testing};

    use super::*;
    use crate::{
        MIGRATIONS, SCHEMA,
        store::{fields, plan},
    };

    #[tokio::test]
    async fn a_life_is_followed_by_indexes() {
        let plan = plan::of(life_sql(&MeasureName::new("p", "r", "m"))).await;
        let uses = |index: &str| plan.iter().any(|step| step.contains(index));
        assert!(uses("measures_by_successor"), "{plan:?}");
        let scans = plan.iter().filter(|step| step.starts_with("SCAN"));
        let of_tables = scans.filter(|step| {
            let alias = step.split(' ').nth(1).unwrap_or_default();
            ["m", "o", "p", "q", "s", "a", "b", "r"].contains(&alias)
        });
        assert_eq!(of_tables.count(), 0, "{plan:?}");
    }

    #[tokio::test]
    async fn measures_recorded_by_a_moment_are_read_in_the_order_of_their_names() {
        let listing = Listing::parse(&fields::STAGES, &ListRequest::default()).unwrap();
        let roadmap = RoadmapName::new("uz-kz", "r");
        for listing in [listing.clone(), listing.going_on_after(vec!["m".into()])] {
            let sql = recorded_by_sql(&listing, &roadmap, Timestamp::UNIX_EPOCH);
            let plan = plan::of(sql).await;
            let step = "SEARCH m USING INDEX sqlite_autoindex_measures_2 (name>?";
            assert!(plan.iter().any(|found| found.starts_with(step)), "{plan:?}");
            let sorts = plan.iter().any(|found| found.contains("TEMP B-TREE"));
            assert!(!sorts, "{plan:?}");
        }
    }

    /// Asks both engines for a page, which `index` has to give: SQLite without statistics of the tables, which it never
    /// has, PostgreSQL with those of 10,000 measures.
    async fn goes_by(
        within: &Within,
        filter: &str,
        order_by: &str,
        index: impl Fn(Engine) -> &'static str,
    ) {
        let request = ListRequest {
            filter,
            order_by,
            page_size: 5,
            ..ListRequest::default()
        };
        let listing = Listing::parse(&fields::MEASURES, &request).unwrap();
        testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
            if database.engine() == Engine::Postgres {
                plan::fill(&database).await;
            }
            let plan = plan::on(&database, list_sql(&listing, within, false)).await;
            assert!(plan.contains(index(database.engine())), "{plan}");
            // At most those that are equal in the order asked for are put in the order of their names.
            let sorts = match database.engine() {
                Engine::Sqlite => plan.lines().any(|it| it == "USE TEMP B-TREE FOR ORDER BY"),
                Engine::Postgres => {
                    assert!(!plan.contains("Seq Scan on measures"), "{plan}");
                    // What is rare is sorted sooner than joined in order.
                    filter.is_empty() && plan.contains("Sort Key") && !plan.contains("Presorted")
                }
            };
            assert!(!sorts, "{plan}");
        })
        .await;
    }

    #[tokio::test]
    async fn measures_are_read_in_their_default_order_from_an_index() {
        let partnership = Within::Partnership("uz-kz".to_owned());
        for (within, index) in [
            (partnership, "measures_of_partnership_in_order"),
            (Within::Everything, "measures_of_all_in_order"),
        ] {
            // Where all measures are of one partnership, PostgreSQL takes either.
            let index = |engine| match engine {
                Engine::Sqlite => index,
                Engine::Postgres => "_in_order",
            };
            goes_by(&within, "", "order_number", index).await;
        }
    }

    #[tokio::test]
    async fn measures_in_a_rare_state_and_those_of_a_day_are_found_by_an_index() {
        let within = Within::Partnership("uz-kz".to_owned());
        let disputed = "state = MEASURE_STATE_DISPUTED";
        goes_by(&within, disputed, "order_number", |_| "measures_by_state").await;
        for (order_by, index) in [
            ("update_time", "measures_by_update"),
            ("create_time", "measures_by_creation"),
            ("deadline.last_day", "measures_by_deadline"),
        ] {
            goes_by(&within, "", order_by, |_| index).await;
            goes_by(&within, "", &format!("{order_by} desc"), |_| index).await;
        }
    }
}
