//! The bodies that partnerships know, as their measures write them: appended, never changed.

use std::collections::BTreeSet;

use aip::Sql;
use storage::{Error, Tx, args};

use super::queries;
use crate::domain::{bodies::Body, measure::Measure};

/// How many bodies are read at once where all of them are looked through.
const PAGE: usize = 10_000;

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

/// Shows the names of all bodies of a party, or of all parties, that a partnership knows, in the order of parties and names and so
/// many at once that memory is bounded.
#[tracing::instrument(skip(tx, look), err(level = "debug"))]
pub(crate) async fn look_through(
    tx: &mut Tx,
    partnership: &str,
    party: &str,
    mut look: impl FnMut(&[String]) + Send,
) -> Result<(), Error> {
    let mut after: Option<(String, String)> = None;
    loop {
        let sql = page_sql(partnership, party, after.as_ref());
        let rows: Vec<(String, String)> = tx.all(sql, Vec::new()).await?;
        let is_last = rows.len() < PAGE;
        after = rows.last().cloned();
        let names: Vec<String> = rows.into_iter().map(|(_, name)| name).collect();
        look(&names);
        if is_last {
            return Ok(());
        }
    }
}

fn page_sql(partnership: &str, party: &str, after: Option<&(String, String)>) -> Sql {
    let mut sql = Sql::new(queries::KNOWN_BODIES);
    sql.bind(partnership);
    match (party, after) {
        ("", None) => {}
        ("", Some((party, name))) => {
            sql.push(" AND (k.party, k.body) > (")
                .bind(party)
                .push(", ")
                .bind(name)
                .push(")");
        }
        (party, after) => {
            sql.push(" AND k.party = ").bind(party);
            if let Some((_, name)) = after {
                sql.push(" AND k.body > ").bind(name);
            }
        }
    }
    sql.push(&format!(" ORDER BY k.party, k.body LIMIT {PAGE}"));
    sql
}

/// Returns whether a party is a side of one of a partnership's roadmaps.
#[tracing::instrument(skip(tx), err(level = "debug"))]
pub(crate) async fn is_side(tx: &mut Tx, partnership: &str, party: &str) -> Result<bool, Error> {
    let values = args![partnership, party];
    let row: Option<(String,)> = tx.optional(queries::SIDE, values).await?;
    Ok(row.is_some())
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
        let last = ("UZ".to_owned(), "A".to_owned());
        for (sql, step) in [
            (
                known_sql("uz-kz", &["A".to_owned()]),
                "SEARCH k USING PRIMARY KEY (partnership=? AND body=?)",
            ),
            (
                page_sql("uz-kz", "UZ", None),
                "SEARCH k USING COVERING INDEX known_bodies_of_party (partnership=? AND party=?)",
            ),
            (
                page_sql("uz-kz", "UZ", Some(&last)),
                "SEARCH k USING COVERING INDEX known_bodies_of_party (partnership=? AND party=? AND body>?)",
            ),
            (
                page_sql("uz-kz", "", Some(&last)),
                "SEARCH k USING COVERING INDEX known_bodies_of_party (partnership=? AND (party,body)>(?,?))",
            ),
        ] {
            assert_eq!(plan::of(sql).await, [step]);
        }
    }

    #[tokio::test]
    async fn a_side_is_found_by_the_first_roadmap_that_has_it() {
        let mut sql = Sql::new(queries::SIDE);
        sql.args = args!["uz-kz", "UZ"];
        let found = plan::of(sql).await;
        assert_eq!(
            found,
            [
                "SEARCH r USING INDEX roadmaps_by_partnership (partnership=?)",
                "SEARCH s USING COVERING INDEX sqlite_autoindex_roadmap_sides_2 (roadmap_uid=? AND party=?)",
            ]
        );
    }
}
