//! What the codes of an edition became in the next one, in the database.

use std::collections::BTreeSet;

use aip::{Listing, Sql, Value};
use storage::{Error, Tx, args};

use super::codes::Coded;
use crate::domain::{
    cell::HsEdition,
    classification::concordance::{Concordance, Pair, Relationship},
};

const SELECT: &str =
    "SELECT c.pair, c.earlier_code, c.later_code, c.relationship FROM correspondences c";

const COLUMNS: [&str; 5] = [
    "earlier_edition",
    "pair",
    "earlier_code",
    "later_code",
    "relationship",
];

storage::row! {
    struct PairRow {
        pair: String,
        earlier_code: String,
        later_code: String,
        relationship: i64,
    }
}

impl From<PairRow> for Pair {
    fn from(row: PairRow) -> Self {
        Self {
            earlier: row.earlier_code,
            later: row.later_code,
        }
    }
}

/// Returns a page of the pairs of an edition and the next one, and the token of the next page.
pub(crate) async fn list(
    tx: &mut Tx,
    earlier: HsEdition,
    listing: &Listing,
) -> Result<(Vec<(Pair, Relationship)>, String), Error> {
    let rows = tx
        .all::<PairRow>(list_sql(earlier, listing), Vec::new())
        .await?;
    let sort_value = |_: &PairRow, _: &str| Value::Null;
    let (rows, token) = listing.page(rows, sort_value, |row| Value::from(&row.pair));
    let pairs = rows.into_iter().map(|row| {
        let relationship = Relationship::of_code(row.relationship).ok_or_else(|| {
            Error::corrupt("correspondences", "relationship", &row.pair, "is unknown")
        })?;
        Ok((Pair::from(row), relationship))
    });
    Ok((pairs.collect::<Result<_, Error>>()?, token))
}

/// The page of a list, by the primary key or by the index on later codes.
pub(super) fn list_sql(earlier: HsEdition, listing: &Listing) -> Sql {
    let own = Value::from(i64::from(earlier.number()));
    listing.sql(SELECT, &[("c.earlier_edition = {}", own)], "c.pair")
}

/// Returns the concordance of an edition and the next one; none when there are no pairs.
pub(crate) async fn get(tx: &mut Tx, earlier: HsEdition) -> Result<Option<Concordance>, Error> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE c.earlier_edition = ")
        .bind(i64::from(earlier.number()))
        .push(" ORDER BY c.pair");
    let rows = tx.all::<PairRow>(sql, Vec::new()).await?;
    let pairs: BTreeSet<Pair> = rows.into_iter().map(Pair::from).collect();
    Ok((!pairs.is_empty()).then(|| Concordance::of(pairs)))
}

/// Replaces the pairs of an edition and the next one.
pub(crate) async fn replace(
    tx: &mut Tx,
    earlier: HsEdition,
    concordance: &Concordance,
) -> Result<(), Error> {
    let number = i64::from(earlier.number());
    let mut sql = Sql::new("DELETE FROM correspondences WHERE earlier_edition = ");
    sql.bind(number);
    tx.execute(sql, Vec::new()).await?;
    let rows = concordance
        .pairs()
        .iter()
        .map(|pair| {
            args![
                number,
                format!("{}{}", pair.earlier, pair.later),
                &pair.earlier,
                &pair.later,
                concordance.relationship(pair).code(),
            ]
        })
        .collect();
    tx.insert_many("correspondences", &COLUMNS, rows).await?;
    Ok(())
}
