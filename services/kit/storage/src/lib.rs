//! The one place that names a database engine: SQLite (embedded) and PostgreSQL (production) behind
//! one vocabulary of units of work, statements, rows and errors.
//!
//! Every unit of work runs in a task of its own. gRPC drops a handler's future when its client goes
//! away; a unit of work must then neither stop half way nor leave a pooled connection inside a
//! transaction, which is what sqlx 0.9.0 does on PostgreSQL when `begin()` is cancelled.
//!
//! Instants are stored as microseconds, dates as days, money and weights as scaled integers, and key
//! text sorts by bytes, because only then do both engines compare and order the same.

mod bulk;
mod database;
mod error;
mod insert;
mod migrations;
mod options;
mod partition;
mod postgres;
mod retry;
mod row;
mod sqlite;
mod statement;
pub mod testing;
mod tx;

pub use aip::{Sql, Value};
pub use bulk::Bulk;
pub use database::Database;
pub use error::{Error, OpenError};
pub use migrations::{Migrations, Step};
pub use options::{Engine, Options};
pub use row::{Cell, Cells, Row};
pub use statement::Statement;
pub use tx::Tx;

/// The future that a unit of work returns.
pub use futures::future::BoxFuture;

/// Builds the values of a statement: `args![name, revision]` is a `Vec<Value>`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
