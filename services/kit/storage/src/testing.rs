//! What tests of every crate use to run on both engines.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test harness fails by panicking"
)]

mod schema;

use std::{
    env,
    io::{self, Write as _},
    process,
    sync::{
        Once,
        atomic::{AtomicU64, Ordering},
    },
};

use tempfile::TempDir;

pub use schema::same_schema;

use crate::{Database, Engine, Migrations, OpenError, Options};

/// The variable that names a PostgreSQL server on which tests may create and drop what they like.
pub const POSTGRES_URL: &str = "ACCORD_TEST_POSTGRES_URL";

/// Few, because many tests share one server.
const CONNECTIONS: u32 = 4;

/// A fresh database of one engine, which lasts as long as this.
#[derive(Debug)]
pub struct TestDatabase {
    /// The database.
    pub database: Database,
    /// How to open it once more: a restart, a second replica.
    pub options: Options,
    schema: String,
    migrations: Vec<&'static Migrations>,
    _directory: TempDir,
}

impl TestDatabase {
    /// Returns which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// Opens the same database once more, with connections of its own.
    pub async fn reopen(&self) -> Database {
        self.reopen_with(&self.migrations)
            .await
            .expect("a test's database opens again")
    }

    /// As [`TestDatabase::reopen`], as a program with other migrations does.
    pub async fn reopen_with(
        &self,
        migrations: &[&'static Migrations],
    ) -> Result<Database, OpenError> {
        Database::open_in(&self.options, &self.schema, migrations).await
    }

    /// Closes the database and removes it; without this a PostgreSQL schema stays behind, which fails no test.
    pub async fn remove(self) {
        if self.engine() == Engine::Postgres {
            let text = format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", self.schema);
            let dropped: Result<u64, crate::Error> = self
                .database
                .write(move |tx| {
                    let text = text.clone();
                    Box::pin(async move {
                        let args = Vec::new();
                        tx.execute(aip::Sql { text, args }, Vec::new()).await
                    })
                })
                .await;
            if let Err(error) = dropped {
                // What the test was about is decided by now; the server is thrown away with its schemas.
                eprintln!("the schema {} stays behind: {error}", self.schema);
            }
        }
        self.database.close().await;
    }
}

/// Opens a fresh SQLite database and, when `ACCORD_TEST_POSTGRES_URL` is set, a fresh PostgreSQL
/// schema; otherwise it says once what is left out.
pub async fn databases(
    schema: &'static str,
    migrations: &[&'static Migrations],
) -> Vec<TestDatabase> {
    static LEFT_OUT: Once = Once::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut opened = vec![fresh(None, schema, schema.to_owned(), migrations).await];
    if let Ok(url) = env::var(POSTGRES_URL) {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let unique = format!("test_{schema}_{}_{number}", process::id());
        opened.push(fresh(Some(url), schema, unique, migrations).await);
    } else {
        LEFT_OUT.call_once(|| {
            // Straight to the stream: the test runner swallows what macros print.
            let _ = writeln!(
                io::stderr(),
                "PostgreSQL half left out: {POSTGRES_URL} is not set"
            );
        });
    }
    opened
}

/// Runs `test` on a fresh database of each engine.
pub async fn each_engine<F>(schema: &'static str, migrations: &[&'static Migrations], test: F)
where
    F: AsyncFn(Database),
{
    for opened in databases(schema, migrations).await {
        // Shown when the test fails.
        eprintln!("on {:?}", opened.engine());
        test(opened.database.clone()).await;
        opened.remove().await;
    }
}

async fn fresh(
    url: Option<String>,
    schema: &'static str,
    unique: String,
    migrations: &[&'static Migrations],
) -> TestDatabase {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join(format!("{schema}.db"));
    let options = Options {
        url: url.unwrap_or_else(|| format!("sqlite://{}", file.display())),
        schema,
        max_connections: CONNECTIONS,
    };
    let database = Database::open_in(&options, &unique, migrations)
        .await
        .expect("a test's database opens");
    TestDatabase {
        database,
        options,
        schema: unique,
        migrations: migrations.to_vec(),
        _directory: directory,
    }
}
