//! Bulk loads: many rows into one table by the fastest way of each engine, which is `COPY` in its
//! binary format on PostgreSQL and INSERTs of many rows on SQLite.
//!
//! Rows load fastest in the order of the table's key. There is no `ON CONFLICT` here: a key that is
//! there already fails the load with [`Error::Conflict`], and the transaction with it.

use std::num::TryFromIntError;

use aip::Value;
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use crate::{Engine, Error, Tx, statement::bind_sqlite, tx::Inner};

/// How many rows SQLite is given at once: from here on more gain nothing.
const ROWS_AT_ONCE: usize = 200;
/// How many values a statement of SQLite can have.
const MOST_VALUES: usize = 32_766;
/// How many bytes of rows are sent to PostgreSQL at once. More would only wait in the driver's buffer.
const BYTES_AT_ONCE: usize = 256 << 10;
/// How a binary `COPY` begins: signature, flags, length of the header's extension (PostgreSQL's
/// manual, `COPY`, file formats).
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How it ends.
const COPY_TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// Rows for one table, in the form in which one engine takes them. Whole numbers go into `bigint` columns only.
#[derive(Clone, Debug)]
pub struct Bulk {
    table: &'static str,
    columns: &'static [&'static str],
    rows: Rows,
}

#[derive(Clone, Debug)]
enum Rows {
    /// The values of all rows, for SQLite.
    Values(Vec<Value>),
    /// What a binary `COPY` sends, piece by piece; a third as large as values are.
    Copy {
        pieces: Vec<Vec<u8>>,
        rows: u64,
        /// Why a row could not be written.
        failed: Option<String>,
    },
}

impl Bulk {
    /// Starts with room for `rows` rows.
    #[must_use]
    pub fn new(
        engine: Engine,
        table: &'static str,
        columns: &'static [&'static str],
        rows: usize,
    ) -> Self {
        let rows = match engine {
            Engine::Sqlite => Rows::Values(Vec::with_capacity(rows * columns.len())),
            Engine::Postgres => Rows::Copy {
                pieces: vec![COPY_HEADER.to_vec()],
                rows: 0,
                failed: None,
            },
        };
        Self {
            table,
            columns,
            rows,
        }
    }

    /// Adds a row with one value per column.
    pub fn push<const WIDTH: usize>(&mut self, row: [Value; WIDTH]) {
        debug_assert_eq!(WIDTH, self.columns.len());
        match &mut self.rows {
            Rows::Values(values) => values.extend(row),
            Rows::Copy {
                pieces,
                rows,
                failed,
            } => {
                let is_full = |piece: &Vec<u8>| piece.len() >= BYTES_AT_ONCE;
                if pieces.last().is_none_or(is_full) {
                    pieces.push(Vec::with_capacity(BYTES_AT_ONCE + 4_096));
                }
                let done = pieces.last_mut().map(|piece| encode(&row, piece));
                *rows += 1;
                if let Some(Err(error)) = done {
                    *failed = Some(error.to_string());
                }
            }
        }
    }
}

impl Tx {
    /// Loads rows and returns how many.
    pub async fn load(&mut self, bulk: &Bulk) -> Result<u64, Error> {
        let wrong = |what: &str| Err(Error::Engine(format!("{}: a bulk load {what}", bulk.table)));
        let loaded = match (&mut self.inner, &bulk.rows) {
            (Inner::Sqlite(tx), Rows::Values(values)) => {
                if !values.len().is_multiple_of(bulk.columns.len().max(1)) {
                    return wrong("has not one value per column");
                }
                insert(tx, bulk, values).await
            }
            (
                Inner::Postgres(tx),
                Rows::Copy {
                    pieces,
                    rows,
                    failed,
                },
            ) => {
                if let Some(error) = failed {
                    return wrong(error);
                }
                if *rows == 0 {
                    return Ok(0);
                }
                copy(tx, bulk, pieces).await
            }
            (Inner::Sqlite(_), Rows::Copy { .. }) | (Inner::Postgres(_), Rows::Values(_)) => {
                return wrong("was made for another engine");
            }
        };
        self.note(loaded)
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    bulk: &Bulk,
    values: &[Value],
) -> Result<u64, sqlx::Error> {
    let width = bulk.columns.len().max(1);
    let rows_at_once = ROWS_AT_ONCE.min(MOST_VALUES / width).max(1);
    let full = insert_text(bulk, rows_at_once);
    let mut inserted = 0;
    let mut left = values.len() / width;
    let mut values = values.iter().cloned();
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

async fn copy(
    connection: &mut PgConnection,
    bulk: &Bulk,
    pieces: &[Vec<u8>],
) -> Result<u64, sqlx::Error> {
    let (table, columns) = (bulk.table, bulk.columns.join(", "));
    let text = format!("COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)");
    let mut copy = connection.copy_in_raw(&text).await?;
    if let Some((last, before)) = pieces.split_last() {
        for piece in before {
            copy.send(piece.as_slice()).await?;
        }
        // Not by itself: the next small message would wait until so small a one is acknowledged.
        let mut last = last.clone();
        last.extend_from_slice(&COPY_TRAILER);
        copy.send(last).await?;
    }
    copy.finish().await
}

/// Writes one row: the number of its fields, then each with its length; -1 is NULL.
fn encode(row: &[Value], bytes: &mut Vec<u8>) -> Result<(), TryFromIntError> {
    let width = i16::try_from(row.len())?;
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

fn field(value: &[u8], bytes: &mut Vec<u8>) -> Result<(), TryFromIntError> {
    let length = i32::try_from(value.len())?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(value);
    Ok(())
}
