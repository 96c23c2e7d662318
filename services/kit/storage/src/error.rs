//! What can go wrong with a database, in words that do not depend on the engine.

use std::path::PathBuf;

use sqlx::error::ErrorKind;

/// A failed statement or unit of work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A row that must exist does not.
    #[error("no such row")]
    NotFound,
    /// A unique key already exists.
    #[error("a row with this key already exists")]
    Conflict,
    /// A foreign key names no row, or a row still has others that name it.
    #[error("a reference to or from this row is broken")]
    Reference,
    /// A value breaks a rule of its column: a check, a type, or NOT NULL.
    #[error("a value breaks a rule of its column")]
    Check,
    /// Other work got in the way and bounded retries did not help; the same call may succeed later.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached or cannot store anything; the cause is in the log.
    #[error("the database is unavailable")]
    Unavailable,
    /// A stored value does not mean what it must: somebody else wrote it, or the code is wrong.
    #[error("corrupt value in {table}.{column} of row {row}: {detail}")]
    Corrupt {
        /// The table, or `?` where the engine does not tell.
        table: String,
        /// The column.
        column: String,
        /// The value of the row's first column, by which it can be found.
        row: String,
        /// What is wrong.
        detail: String,
    },
    /// Anything else that the engine refused: a wrong statement, a damaged file.
    #[error("database engine: {0}")]
    Engine(String),
}

impl Error {
    /// Describes a value that was read but does not mean what it must.
    pub fn corrupt(
        table: impl Into<String>,
        column: impl Into<String>,
        row: impl Into<String>,
        detail: impl ToString,
    ) -> Self {
        Self::Corrupt {
            table: table.into(),
            column: column.into(),
            row: row.into(),
            detail: detail.to_string(),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(cause) => match cause.kind() {
                ErrorKind::UniqueViolation => Self::Conflict,
                ErrorKind::ForeignKeyViolation => Self::Reference,
                ErrorKind::NotNullViolation | ErrorKind::CheckViolation => Self::Check,
                _ => by_code(cause.code().as_deref().unwrap_or_default(), &error),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => unavailable(&error),
            _ => Self::Engine(error.to_string()),
        }
    }
}

/// Sorts out an engine's own code: an SQLSTATE always has five characters. SQLite's result codes have
/// fewer.
fn by_code(code: &str, error: &sqlx::Error) -> Error {
    if code.len() == 5 {
        by_sqlstate(code, error)
    } else {
        by_result_code(code, error)
    }
}

/// Sorts out a code of PostgreSQL (its manual, appendix A). What is not known here will not go away by
/// itself: a missing privilege, a wrong statement.
fn by_sqlstate(code: &str, error: &sqlx::Error) -> Error {
    match code {
        // serialization_failure, deadlock_detected, lock_not_available
        "40001" | "40P01" | "55P03" => Error::Busy,
        // idle_in_transaction_session_timeout
        "25P03" => unavailable(error),
        // Connections, resources, and an operator's intervention such as a shutdown; 57014, a
        // cancelled statement, is none of these.
        _ if ["08", "53", "57P"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            unavailable(error)
        }
        _ => Error::Engine(error.to_string()),
    }
}

/// Sorts out a code of SQLite, whose low byte is the primary code.
fn by_result_code(code: &str, error: &sqlx::Error) -> Error {
    match code.parse::<i32>() {
        // SQLITE_CONSTRAINT_DATATYPE: the wrong type for a column of a STRICT table.
        Ok(3091) => Error::Check,
        Ok(code) => match code & 0xff {
            // SQLITE_BUSY, SQLITE_LOCKED
            5 | 6 => Error::Busy,
            // SQLITE_READONLY, IOERR, FULL, CANTOPEN
            8 | 10 | 13 | 14 => unavailable(error),
            _ => Error::Engine(error.to_string()),
        },
        Err(_) => Error::Engine(error.to_string()),
    }
}

/// Logs the cause here, because the error that leaves has no room for it.
fn unavailable(error: &sqlx::Error) -> Error {
    tracing::warn!(%error, "the database is unavailable");
    Error::Unavailable
}

/// Why a database could not be opened. The message is one line for the person who started the
/// process, without secrets.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is not one of the two known forms.
    #[error("database URL: {0}; use sqlite://PATH or postgres://USER@HOST/DATABASE")]
    BadUrl(String),
    /// The directory of the SQLite file cannot be created or written.
    #[error("cannot write the database {path}: {detail}")]
    Directory {
        /// The SQLite file.
        path: PathBuf,
        /// What the operating system says.
        detail: String,
    },
    /// The file exists but is no usable SQLite database.
    #[error("{path} is not a usable SQLite database: {detail}")]
    NotADatabase {
        /// The SQLite file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// The PostgreSQL server does not answer, does not let this user in, or does not let it have the
    /// schema.
    #[error("cannot use the PostgreSQL server {server}: {detail}")]
    Unreachable {
        /// `host:port/database`.
        server: String,
        /// What the attempt says.
        detail: String,
    },
    /// The PostgreSQL server is too old.
    #[error("the PostgreSQL server {server} has version {version}; 15 or newer is needed")]
    OldServer {
        /// `host:port/database`.
        server: String,
        /// Its version.
        version: String,
    },
    /// A newer version of this program has already changed the database.
    #[error(
        "the database belongs to a newer version of this program ({component} is at schema {found}, \
         this program knows {known}); start the newer program, or restore a backup made before it"
    )]
    Newer {
        /// Whose tables: a component of the program.
        component: String,
        /// The schema version of the database.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
    },
    /// A migration that was already applied has another text than this program's.
    #[error("schema {version} of {component} in the database is not the one this program knows")]
    Changed {
        /// Whose tables.
        component: String,
        /// The version whose text differs.
        version: i64,
    },
    /// A migration failed; the database is as it was before.
    #[error("schema {version} of {component} cannot be applied: {detail}")]
    Migration {
        /// Whose tables.
        component: String,
        /// The version that failed.
        version: i64,
        /// What the engine says.
        detail: String,
    },
    /// The database was reached but did not work.
    #[error("the database does not work: {0}")]
    Database(#[from] Error),
}
