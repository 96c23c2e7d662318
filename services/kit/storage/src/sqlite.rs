//! Opens the embedded engine: one writer, several readers, nothing acknowledged before it is on disk.

use std::{fs, path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::OpenError;

/// How long a connection waits for a lock that another process holds.
const BUSY: Duration = Duration::from_secs(5);
/// How long a unit of work waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(30);

/// How many texts the writer keeps prepared: each INSERT of many rows has up to six.
const WRITER_STATEMENTS: usize = 500;
/// How many rows and ends of statements the writer's thread may be ahead of who waits for them: more than one text has, so
/// that it does not wait in turn.
const ROWS_IN_FLIGHT: usize = 512;
/// How much of the file the writer keeps in memory. A batch of a thousand documents changes some tens of thousands of
/// pages all over a large register; with the 2 MiB that SQLite takes by itself, most would be written more than once.
/// Twice as much took a service that exported ten million figures over its bound of 256 MiB.
const WRITER_CACHE_KIBIBYTES: u32 = 32_768;
/// How much of the file all readers keep in memory together: the upper pages of the trees, which every look-up in a large
/// register passes, are then not read again and again.
const READERS_CACHE_KIBIBYTES: u32 = 65_536;
/// SQLite's own measure, which no reader goes below.
const LEAST_CACHE_KIBIBYTES: u32 = 2_048;
/// After how many pages (of 4 KiB) the log is written back into the file, SQLite's own number being 1,000. What changes
/// again and again until then is written back once; more would make the first read after a crash slower.
const CHECKPOINT_PAGES: u32 = 16_384;

/// The two pools of one file.
#[derive(Clone)]
pub(crate) struct Pools {
    pub(crate) read: SqlitePool,
    pub(crate) write: SqlitePool,
}

/// Opens the file, creating it and its directory when missing.
pub(crate) async fn open(path: &Path, readers: u32) -> Result<Pools, OpenError> {
    let directory = |detail: String| OpenError::Directory {
        path: path.to_owned(),
        detail,
    };
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        fs::create_dir_all(parent).map_err(|error| directory(error.to_string()))?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .row_buffer_size(ROWS_IN_FLIGHT);
    let writer = options
        .clone()
        .statement_cache_capacity(WRITER_STATEMENTS)
        .pragma("cache_size", format!("-{WRITER_CACHE_KIBIBYTES}"))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL can lose acknowledged commits when the power goes.
        .synchronous(SqliteSynchronous::Full);
    let write = pool(1)
        .connect_with(writer)
        .await
        .map_err(|error| match code(&error) {
            // SQLITE_READONLY, IOERR, FULL, CANTOPEN
            Some(8 | 10 | 13 | 14) => directory(error.to_string()),
            _ => OpenError::NotADatabase {
                path: path.to_owned(),
                detail: error.to_string(),
            },
        })?;
    let readers = readers.max(1);
    let cache = (READERS_CACHE_KIBIBYTES / readers).max(LEAST_CACHE_KIBIBYTES);
    let reader = options
        .pragma("cache_size", format!("-{cache}"))
        .read_only(true);
    let read = pool(readers).connect_lazy_with(reader);
    Ok(Pools { read, write })
}

/// Connections to a local file do not age.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// SQLite's primary result code.
fn code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    Some(code.parse::<i32>().ok()? & 0xff)
}
