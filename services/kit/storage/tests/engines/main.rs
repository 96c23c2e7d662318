//! The promises of `storage`, kept on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod bulk;
mod cancellation;
mod durability;
mod migrations;
mod opening;
mod retries;
mod units_of_work;
mod values;

use storage::{Database, Error, Migrations, Step};

/// A table of every column type, and one that refers to it.
pub(crate) static MIGRATIONS: Migrations = Migrations {
    component: "sample",
    steps: &[Step {
        version: 1,
        name: "init",
        sqlite: "CREATE TABLE items (name TEXT PRIMARY KEY, amount INTEGER, note TEXT, done INTEGER, body BLOB, \
                 CHECK (amount <> 13)) STRICT; \
                 CREATE TABLE parts (item TEXT NOT NULL REFERENCES items (name)) STRICT;",
        postgres: "CREATE TABLE items (name TEXT COLLATE \"C\" PRIMARY KEY, amount BIGINT, note TEXT, \
                   done BOOLEAN, body BYTEA, CHECK (amount <> 13)); \
                   CREATE TABLE parts (item TEXT COLLATE \"C\" NOT NULL REFERENCES items (name));",
    }],
};

pub(crate) const SCHEMA: &str = "sample";
pub(crate) const INSERT: &str = "INSERT INTO items (name, amount) VALUES ($1, $2)";

pub(crate) async fn insert(database: &Database, name: &str, amount: i64) -> Result<u64, Error> {
    let name = name.to_owned();
    database
        .write(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.execute(INSERT, storage::args![name, amount]).await })
        })
        .await
}

pub(crate) async fn names(database: &Database) -> Vec<String> {
    let rows: Result<Vec<(String,)>, Error> = database
        .read(|tx| {
            Box::pin(async move { tx.all("SELECT name FROM items ORDER BY name", vec![]).await })
        })
        .await;
    rows.unwrap().into_iter().map(|(name,)| name).collect()
}
