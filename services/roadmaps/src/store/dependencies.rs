//! What measures depend on, as edges between them.

use std::collections::BTreeMap;

use aip::Sql;
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{cells::At, queries::network as queries};
use crate::domain::{completion::State, name::MeasureName};

/// How many names one query has at most.
const AT_ONCE: usize = 500;

/// Returns the identities of those of these measures that are present, by name.
#[tracing::instrument(skip_all, fields(names = names.len()), err(level = "debug"))]
pub(crate) async fn present(
    tx: &mut Tx,
    names: &[MeasureName],
) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    for names in names.chunks(AT_ONCE) {
        let mut sql = Sql::new(queries::NAMED);
        sql.push_list(names.iter().map(ToString::to_string));
        let rows: Vec<(String, String)> = tx.all(sql, Vec::new()).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Writes what a measure of a roadmap depends on, in the place of what it depended on before.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn write(
    tx: &mut Tx,
    roadmap: Uuid,
    measure: Uuid,
    predecessors: Vec<String>,
) -> Result<(), Error> {
    tx.execute(queries::DELETE_EDGES, args![measure]).await?;
    let rows = predecessors
        .into_iter()
        .map(|predecessor| args![measure, predecessor, roadmap])
        .collect();
    let columns = &["measure_uid", "predecessor_uid", "roadmap_uid"];
    tx.insert_new("measure_dependencies", columns, rows).await?;
    Ok(())
}

/// Returns the present measures that depend on one, by name, at most `limit` of them.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn dependents(
    tx: &mut Tx,
    measure: Uuid,
    limit: i64,
) -> Result<Vec<MeasureName>, Error> {
    let rows: Vec<(String,)> = tx.all(queries::DEPENDENTS, args![measure, limit]).await?;
    rows.into_iter().map(|(name,)| parsed(&name)).collect()
}

/// Says whether a roadmap has more dependencies than so many, without counting further.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn exceed(tx: &mut Tx, roadmap: Uuid, most: i64) -> Result<bool, Error> {
    let (found,): (i64,) = tx
        .one(queries::COUNT_EDGES, args![roadmap, most + 1])
        .await?;
    Ok(found > most)
}

/// A dependency between present measures.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// The name of the dependent measure.
    pub(crate) dependent: String,
    /// The name of what it depends on.
    pub(crate) predecessor: String,
    /// The state of the dependent measure.
    pub(crate) state: State,
}

/// Returns the dependencies of a roadmap's present measures.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn edges(tx: &mut Tx, roadmap: Uuid) -> Result<Vec<Edge>, Error> {
    let rows: Vec<(String, String, i64)> = tx.all(queries::EDGES, args![roadmap]).await?;
    rows.into_iter()
        .map(|(dependent, predecessor, state)| {
            let at = At {
                table: "measures",
                row: &dependent,
            };
            let state = at.coded("state", state)?;
            Ok(Edge {
                dependent,
                predecessor,
                state,
            })
        })
        .collect()
}

fn parsed(name: &str) -> Result<MeasureName, Error> {
    MeasureName::parse("name", name)
        .map_err(|violation| Error::corrupt("measures", "name", name, violation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan;

    #[tokio::test]
    async fn dependencies_are_found_by_their_indexes() {
        for (text, step) in [
            (
                queries::DEPENDENTS,
                "SEARCH d USING COVERING INDEX measure_dependencies_by_predecessor",
            ),
            (
                queries::EDGES,
                "SEARCH d USING COVERING INDEX measure_dependencies_of_roadmap",
            ),
            (
                queries::DELETE_EDGES,
                "SEARCH measure_dependencies USING COVERING INDEX sqlite_autoindex_measure_dependencies_1",
            ),
        ] {
            let mut sql = Sql::new(text);
            sql.args = args![Uuid::nil(), 1];
            sql.args.truncate(if text.contains("$2") { 2 } else { 1 });
            let plan = plan::of(sql).await;
            assert!(plan.iter().any(|found| found.starts_with(step)), "{plan:?}");
            assert!(
                !plan.iter().any(|found| found.starts_with("SCAN")),
                "{plan:?}"
            );
        }
    }
}
