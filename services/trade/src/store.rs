//! What the database keeps: one module a table, all on an open transaction.

pub(crate) mod classifications;
pub(crate) mod codes;
pub(crate) mod correspondences;
pub(crate) mod explanations;
pub(crate) mod exports;
pub(crate) mod figures;
pub(crate) mod groups;
pub(crate) mod imports;
pub(crate) mod key;
pub(crate) mod observations;
pub(crate) mod releases;
mod rows;
pub(crate) mod standing;
pub(crate) mod sums;
pub(crate) mod targets;
pub(crate) mod texts;

use aip::{Sql, Value};
use storage::{Error, Statement, Tx};

/// Works out what stands of releases that an earlier version has published.
pub(crate) async fn settle(tx: &mut Tx) -> Result<(), Error> {
    // Replicas that start together settle one after the other, and none while a release is published.
    ledger::lock(tx).await?;
    standing::settle(tx).await
}

/// A text that is not kept prepared, because the best plan depends on its numbers.
fn once(text: String) -> Statement {
    Statement::from(Sql::new(text)).once()
}

/// `UPDATE table SET … WHERE uid = … AND revision = …`, for rows that count their changes.
fn update_if(table: &str, columns: &[&str], values: Vec<Value>, uid: &str, revision: i64) -> Sql {
    let mut sql = update(table, columns, values, uid);
    sql.push(" AND revision = ").bind(revision);
    sql
}

/// `UPDATE table SET … WHERE uid = …`.
fn update(table: &str, columns: &[&str], values: Vec<Value>, uid: &str) -> Sql {
    let mut sql = Sql::new(format!("UPDATE {table} SET "));
    for (index, (column, value)) in columns.iter().zip(values).enumerate() {
        sql.push(if index == 0 { "" } else { ", " })
            .push(column)
            .push(" = ")
            .bind(value);
    }
    sql.push(" WHERE uid = ").bind(uid);
    sql
}

/// `base` followed by `WHERE column = value`.
fn select_where(base: &str, column: &str, value: &str) -> Sql {
    let mut sql = Sql::new(base);
    sql.push(" WHERE ").push(column).push(" = ").bind(value);
    sql
}
