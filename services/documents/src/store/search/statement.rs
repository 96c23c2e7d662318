//! The many-row statements of the index.

use aip::{Sql, Value};
use storage::{Error, Tx};

/// How many rows one statement takes: a few sizes, so that few texts come again and again.
const BATCHES: [usize; 4] = [256, 32, 4, 1];

/// How many values stand in one list of a query.
pub(super) const LISTED: usize = 500;

/// Parts rows into batches of few sizes.
pub(super) fn batches<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut parts = Vec::new();
    while !rows.is_empty() {
        let size = BATCHES.into_iter().find(|size| *size <= rows.len());
        let (part, rest) = rows.split_at(size.unwrap_or(1));
        parts.push(part);
        rows = rest;
    }
    parts
}

/// `(value, value, …)`.
pub(super) fn push_list(sql: &mut Sql, values: impl IntoIterator<Item = impl Into<Value>>) {
    sql.push("(");
    for (index, value) in values.into_iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(value);
    }
    sql.push(")");
}

/// `INSERT INTO {table} VALUES (…), (…) {tail}`.
pub(super) fn insert_sql(table: &str, rows: &[Vec<Value>], tail: &str) -> Sql {
    let mut sql = Sql::new(format!("INSERT INTO {table} VALUES "));
    for (index, row) in rows.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " });
        push_list(&mut sql, row.iter().cloned());
    }
    sql.push(tail);
    sql
}

/// Inserts those rows that are not there yet.
pub(super) async fn insert_new(tx: &mut Tx, table: &str, rows: &[Vec<Value>]) -> Result<(), Error> {
    for part in batches(rows) {
        let sql = insert_sql(table, part, " ON CONFLICT DO NOTHING");
        tx.execute(sql, vec![]).await?;
    }
    Ok(())
}
