//! The bodies that partnerships know, as their measures write them: appended, never changed.

use std::collections::BTreeSet;

use aip::Sql;
use storage::{Error, Tx, args};

use super::queries;
use crate::domain::{bodies::Body, measure::Measure};

/// How many bodies of a party are looked through for one that is not known.
const MOST: i64 = 10_000;

/// How many names one query has at most.
const AT_ONCE: usize = 500;

/// Makes the bodies of a measure known.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(super) async fn learn(tx: &mut Tx, measure: &Measure) -> Result<(), Error> {
    let partnership = measure.name.partnership.as_str();
    let rows = measure
        .plan
        .bodies()
        .map(|(party, body)| args![partnership, body, party])
        .collect();
    let columns = &["partnership", "body", "party"];
    tx.insert_new("known_bodies", columns, rows).await?;
    Ok(())
}

/// Returns those of these bodies that a partnership knows as bodies of these parties.
#[tracing::instrument(skip_all, fields(names = names.len()), err(level = "debug"))]
pub(crate) async fn known(
    tx: &mut Tx,
    partnership: &str,
    names: &[String],
) -> Result<BTreeSet<Body>, Error> {
    let mut found = BTreeSet::new();
    for names in names.chunks(AT_ONCE) {
        let rows: Vec<(String, String)> = tx.all(known_sql(partnership, names), Vec::new()).await?;
        found.extend(rows.into_iter().map(|(party, name)| Body { party, name }));
    }
    Ok(found)
}

fn known_sql(partnership: &str, names: &[String]) -> Sql {
    let mut sql = Sql::new(queries::KNOWN_BODIES);
    sql.bind(partnership).push(" AND k.body IN ");
    sql.push_list(names.iter().cloned());
    sql
}

/// Returns the bodies of a party, or of all, that a partnership knows, by party and name; 10,000 at most.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn of(tx: &mut Tx, partnership: &str, party: &str) -> Result<Vec<Body>, Error> {
    let rows: Vec<(String, String)> = tx.all(of_sql(partnership, party), Vec::new()).await?;
    let bodies = rows.into_iter().map(|(party, name)| Body { party, name });
    Ok(bodies.collect())
}

fn of_sql(partnership: &str, party: &str) -> Sql {
    let mut sql = Sql::new(queries::KNOWN_BODIES);
    sql.bind(partnership);
    if !party.is_empty() {
        sql.push(" AND k.party = ").bind(party);
    }
    sql.push(&format!(" ORDER BY k.party, k.body LIMIT {MOST}"));
    sql
}

/// Returns the parties of a partnership's roadmaps.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn parties(tx: &mut Tx, partnership: &str) -> Result<Vec<String>, Error> {
    let rows: Vec<(String,)> = tx.all(queries::PARTIES, args![partnership]).await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan;

    #[tokio::test]
    async fn bodies_are_found_by_their_keys() {
        for (sql, step) in [
            (
                known_sql("uz-kz", &["A".to_owned()]),
                "SEARCH k USING PRIMARY KEY (partnership=? AND body=?)",
            ),
            (
                of_sql("uz-kz", "UZ"),
                "SEARCH k USING COVERING INDEX known_bodies_of_party (partnership=? AND party=?)",
            ),
            (
                of_sql("uz-kz", ""),
                "SEARCH k USING COVERING INDEX known_bodies_of_party (partnership=?)",
            ),
        ] {
            assert_eq!(plan::of(sql).await, [step]);
        }
    }
}
