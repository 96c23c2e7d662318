//! Bulk loads: many rows into one table by the fastest way of each engine, which is `COPY` in its
//! binary format on PostgreSQL and INSERTs of many rows on SQLite.
//!
//! Rows load fastest in the order of the table's key. There is no `ON CONFLICT` here: a key that is
//! there already fails the load with [`Error::Conflict`], and the transaction with it.

use aip::Value;
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use crate::{Error, Tx, statement::bind_sqlite, tx::Inner};

/// How many rows SQLite is given at once: from here on more gain nothing.
const ROWS_AT_ONCE: usize = 200;
/// How many values a statement of SQLite can have.
const MOST_VALUES: usize = 32_766;
/// How many bytes of rows are sent to PostgreSQL at once.
const BYTES_AT_ONCE: usize = 1 << 20;
/// How a binary `COPY` begins: signature, flags, length of the header's extension (PostgreSQL's
/// manual, `COPY`, file formats).
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How it ends.
const COPY_TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// Rows for one table. Whole numbers go into `bigint` columns only.
#[derive(Clone, Debug)]
pub struct Bulk {
    table: &'static str,
    columns: &'static [&'static str],
    values: Vec<Value>,
}

impl Bulk {
    /// Starts with room for `rows` rows.
    #[must_use]
    pub fn new(table: &'static str, columns: &'static [&'static str], rows: usize) -> Self {
        Self {
            table,
            columns,
            values: Vec::with_capacity(rows * columns.len()),
        }
    }

    /// Adds a row with one value per column.
    pub fn push<const WIDTH: usize>(&mut self, row: [Value; WIDTH]) {
        debug_assert_eq!(WIDTH, self.columns.len());
        self.values.extend(row);
    }

    fn width(&self) -> usize {
        self.columns.len().max(1)
    }
}

impl Tx {
    /// Loads rows and returns how many.
    pub async fn load(&mut self, bulk: &Bulk) -> Result<u64, Error> {
        if !bulk.values.len().is_multiple_of(bulk.width()) {
            let (table, width) = (bulk.table, bulk.width());
            return Err(Error::Engine(format!(
                "{table}: a row of a bulk load has not {width} values"
            )));
        }
        if bulk.values.is_empty() {
            return Ok(0);
        }
        let loaded = match &mut self.inner {
            Inner::Sqlite(tx) => insert(tx, bulk).await,
            Inner::Postgres(tx) => copy(tx, bulk).await,
        };
        self.note(loaded)
    }
}

async fn insert(connection: &mut SqliteConnection, bulk: &Bulk) -> Result<u64, sqlx::Error> {
    let width = bulk.width();
    let rows_at_once = ROWS_AT_ONCE.min(MOST_VALUES / width).max(1);
    let full = insert_text(bulk, rows_at_once);
    let mut inserted = 0;
    let mut left = bulk.values.len() / width;
    let mut values = bulk.values.iter().cloned();
    while left > 0 {
        let rows = left.min(rows_at_once);
        let is_full = rows == rows_at_once;
        let text = if is_full {
            full.clone()
        } else {
            insert_text(bulk, rows)
        };
        let some = values.by_ref().take(rows * width).collect();
        let bound = bind_sqlite(some).map_err(|error| sqlx::Error::Encode(error.into()))?;
        // Only constants of the code are in the text; only the full statement comes again.
        let done = sqlx::query_with(AssertSqlSafe(text), bound)
            .persistent(is_full)
            .execute(&mut *connection)
            .await?;
        inserted += done.rows_affected();
        left -= rows;
    }
    Ok(inserted)
}

/// `INSERT OR FAIL INTO table (a, b) VALUES (?, ?), (?, ?)`. An INSERT of many rows that a constraint can stop
/// half way first copies each page that it changes, to undo what it did; with `OR FAIL` it undoes nothing,
/// which here the end of the transaction does.
fn insert_text(bulk: &Bulk, rows: usize) -> String {
    let row = format!("({})", vec!["?"; bulk.columns.len()].join(", "));
    format!(
        "INSERT OR FAIL INTO {} ({}) VALUES {}",
        bulk.table,
        bulk.columns.join(", "),
        vec![row; rows].join(", ")
    )
}

async fn copy(connection: &mut PgConnection, bulk: &Bulk) -> Result<u64, sqlx::Error> {
    let (table, columns) = (bulk.table, bulk.columns.join(", "));
    let text = format!("COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)");
    let mut copy = connection.copy_in_raw(&text).await?;
    let mut bytes = Vec::with_capacity(BYTES_AT_ONCE + 4_096);
    bytes.extend_from_slice(COPY_HEADER);
    for row in bulk.values.chunks(bulk.width()) {
        if let Err(error) = encode(row, &mut bytes) {
            copy.abort("a value is too long").await?;
            return Err(error);
        }
        if bytes.len() >= BYTES_AT_ONCE {
            copy.send(bytes.as_slice()).await?;
            bytes.clear();
        }
    }
    bytes.extend_from_slice(&COPY_TRAILER);
    copy.send(bytes.as_slice()).await?;
    copy.finish().await
}

/// Writes one row: the number of its fields, then each with its length; -1 is NULL.
fn encode(row: &[Value], bytes: &mut Vec<u8>) -> Result<(), sqlx::Error> {
    let width = i16::try_from(row.len()).map_err(too_long)?;
    bytes.extend_from_slice(&width.to_be_bytes());
    for value in row {
        match value {
            Value::Null => bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
            Value::Int(value) => field(&value.to_be_bytes(), bytes)?,
            Value::Text(value) => field(value.as_bytes(), bytes)?,
            Value::Bool(value) => field(&[u8::from(*value)], bytes)?,
            Value::Bytes(value) => field(value, bytes)?,
        }
    }
    Ok(())
}

fn field(value: &[u8], bytes: &mut Vec<u8>) -> Result<(), sqlx::Error> {
    let length = i32::try_from(value.len()).map_err(too_long)?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(value);
    Ok(())
}

fn too_long(error: std::num::TryFromIntError) -> sqlx::Error {
    sqlx::Error::Encode(error.into())
}
