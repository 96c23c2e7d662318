//! Schemas: pairs of scripts, embedded in the program, applied forward only and all or none.
//!
//! Several components (a service and its ledger) share one database and one history table, because two
//! independent migrators in one SQLite file refuse each other.

use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use crate::{Engine, Error, OpenError, Tx, args};

/// The schema versions of one component. Made by [`migrations!`](crate::migrations!).
#[derive(Debug)]
pub struct Migrations {
    /// Whose tables: `documents`, `ledger`.
    pub component: &'static str,
    /// The steps, by ascending version.
    pub steps: &'static [Step],
}

/// One step: the same change in both dialects.
#[derive(Debug)]
pub struct Step {
    /// From 1, without gaps.
    pub version: i64,
    /// What it does, in a word or two.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

impl Migrations {
    /// Returns the first steps, up to `version`: the tables that an older program had, for tests of its upgrade.
    #[must_use]
    pub const fn up_to(&self, version: usize) -> Migrations {
        Migrations {
            component: self.component,
            steps: self.steps.split_at(version).0,
        }
    }
}

impl Step {
    fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }

    fn checksum(&self, engine: Engine) -> String {
        format!("{:x}", Sha256::digest(self.text(engine)))
    }
}

/// Embeds the migrations of the calling crate.
///
/// `migrations! { component: "documents", 1 => "init", 2 => "search" }` takes
/// `migrations/sqlite/0001_init.sql`, `migrations/postgres/0001_init.sql` and so on from beside the
/// crate's `Cargo.toml`.
#[macro_export]
macro_rules! migrations {
    (component: $component:literal $(, $version:tt => $name:literal)* $(,)?) => {
        $crate::Migrations {
            component: $component,
            steps: &[$(
                $crate::Step {
                    version: $version,
                    name: $name,
                    sqlite: include_str!($crate::migration_path!("sqlite", $version, $name)),
                    postgres: include_str!($crate::migration_path!("postgres", $version, $name)),
                }
            ),*],
        }
    };
}

/// The path of one migration; part of [`migrations!`](crate::migrations!).
#[doc(hidden)]
#[macro_export]
macro_rules! migration_path {
    ($engine:literal, $version:tt, $name:literal) => {
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/migrations/",
            $engine,
            "/",
            $crate::four_digits!($version),
            "_",
            $name,
            ".sql"
        )
    };
}

/// A version from 1 to 99 with four digits; part of [`migrations!`](crate::migrations!).
#[doc(hidden)]
#[macro_export]
macro_rules! four_digits {
    (1) => {
        "0001"
    };
    (2) => {
        "0002"
    };
    (3) => {
        "0003"
    };
    (4) => {
        "0004"
    };
    (5) => {
        "0005"
    };
    (6) => {
        "0006"
    };
    (7) => {
        "0007"
    };
    (8) => {
        "0008"
    };
    (9) => {
        "0009"
    };
    ($two:tt) => {
        concat!("00", stringify!($two))
    };
}

crate::row! {
    /// A step that was applied.
    struct Applied {
        component: String,
        version: i64,
        checksum: String,
    }
}

const HISTORY_SQLITE: &str = "CREATE TABLE IF NOT EXISTS schema_history (\
    component TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, \
    applied_us INTEGER NOT NULL, PRIMARY KEY (component, version)) STRICT";
const HISTORY_POSTGRES: &str = "CREATE TABLE IF NOT EXISTS schema_history (\
    component TEXT COLLATE \"C\" NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, \
    checksum TEXT NOT NULL, applied_us BIGINT NOT NULL, PRIMARY KEY (component, version))";
/// Replicas that start together migrate one after the other.
const LOCK_POSTGRES: &str = "SELECT pg_advisory_xact_lock(hashtextextended('accord-migrations/' || current_schema(), 0)), 1";
const APPLIED: &str =
    "SELECT component, version, checksum FROM schema_history ORDER BY component, version";
const RECORD: &str = "INSERT INTO schema_history (component, version, name, checksum, applied_us) \
    VALUES ($1, $2, $3, $4, $5)";

/// Applies every step that is not yet in the history, in the order given.
pub(crate) async fn apply(
    tx: &mut Tx,
    migrations: &[&'static Migrations],
) -> Result<(), OpenError> {
    let engine = tx.engine();
    match engine {
        Engine::Sqlite => tx.script(HISTORY_SQLITE).await?,
        Engine::Postgres => {
            // No other process may wait longer for this than a big migration takes.
            tx.script("SET LOCAL lock_timeout = 0").await?;
            tx.execute(LOCK_POSTGRES, Vec::new()).await?;
            tx.script(HISTORY_POSTGRES).await?;
        }
    }
    let applied: Vec<Applied> = tx.all(APPLIED, Vec::new()).await?;
    verify(engine, &applied, migrations)?;
    for component in migrations {
        let newest = newest(&applied, component.component);
        for step in component.steps.iter().filter(|step| step.version > newest) {
            run(tx, component.component, step)
                .await
                .map_err(|error| OpenError::Migration {
                    component: component.component.to_owned(),
                    version: step.version,
                    detail: error.to_string(),
                })?;
        }
    }
    Ok(())
}

async fn run(tx: &mut Tx, component: &'static str, step: &'static Step) -> Result<(), Error> {
    let engine = tx.engine();
    tx.script(step.text(engine)).await?;
    let micros = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
        });
    let checksum = step.checksum(engine);
    tx.execute(
        RECORD,
        args![component, step.version, step.name, checksum, micros],
    )
    .await?;
    tracing::info!(
        component,
        version = step.version,
        name = step.name,
        "schema applied"
    );
    Ok(())
}

/// The version that a component's tables have in the database; 0 before the first.
fn newest(applied: &[Applied], component: &str) -> i64 {
    applied
        .iter()
        .filter(|step| step.component == component)
        .map(|step| step.version)
        .max()
        .unwrap_or(0)
}

/// Refuses a history that this program did not make.
fn verify(
    engine: Engine,
    applied: &[Applied],
    migrations: &[&'static Migrations],
) -> Result<(), OpenError> {
    for step in applied {
        let component = migrations
            .iter()
            .find(|known| known.component == step.component);
        let steps = component.map_or(&[][..], |known| known.steps);
        match steps.iter().find(|known| known.version == step.version) {
            Some(known) if known.checksum(engine) == step.checksum => {}
            Some(_) => {
                return Err(OpenError::Changed {
                    component: step.component.clone(),
                    version: step.version,
                });
            }
            None => {
                return Err(OpenError::Newer {
                    component: step.component.clone(),
                    found: newest(applied, &step.component),
                    known: steps.iter().map(|known| known.version).max().unwrap_or(0),
                });
            }
        }
    }
    Ok(())
}
