//! Which database to open, and how.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::postgres::PgConnectOptions;

use crate::OpenError;

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// SQLite, embedded in the process, one file per service.
    Sqlite,
    /// PostgreSQL 15 or newer, one schema per service.
    Postgres,
}

/// Which database to open.
#[derive(Clone)]
pub struct Options {
    /// `sqlite://PATH` (three slashes for an absolute path; the path is taken as it stands) or
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`.
    pub url: String,
    /// The PostgreSQL schema, by convention the service's name; without meaning on SQLite.
    pub schema: &'static str,
    /// How many connections at most; on SQLite these are readers, beside one writer.
    pub max_connections: u32,
}

/// Leaves out the URL, which may hold a password.
impl std::fmt::Debug for Options {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Options")
            .field("schema", &self.schema)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

/// A parsed URL.
#[derive(Debug)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Location {
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| OpenError::BadUrl("has no scheme".to_owned()))?;
        match scheme {
            "sqlite" if rest.is_empty() => Err(OpenError::BadUrl("has no path".to_owned())),
            "sqlite" if rest.contains(":memory:") => Err(OpenError::BadUrl(
                "a database in memory cannot be shared by connections".to_owned(),
            )),
            "sqlite" => Ok(Self::Sqlite(Path::new(rest).to_owned())),
            "postgres" | "postgresql" => PgConnectOptions::from_str(url)
                .map(|options| Self::Postgres(Box::new(options)))
                // The parser's message may repeat the URL, and with it a password.
                .map_err(|_| OpenError::BadUrl("is not a valid PostgreSQL URL".to_owned())),
            _ => Err(OpenError::BadUrl(format!("unknown scheme {scheme:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_url_are_understood() {
        assert!(matches!(
            Location::parse("sqlite:///var/lib/accord/trade.db"),
            Ok(Location::Sqlite(path)) if path == Path::new("/var/lib/accord/trade.db")
        ));
        assert!(matches!(
            Location::parse("sqlite://trade.db"),
            Ok(Location::Sqlite(path)) if path == Path::new("trade.db")
        ));
        assert!(matches!(
            Location::parse("postgres://accord@localhost/accord"),
            Ok(Location::Postgres(_))
        ));
    }

    #[test]
    fn a_bad_url_is_refused_without_repeating_its_password() {
        for url in [
            "",
            "trade.db",
            "sqlite://",
            "sqlite://:memory:",
            "mysql://localhost/accord",
            "postgres://accord:secret@localhost:notaport/accord",
        ] {
            let error = Location::parse(url).expect_err(url);
            assert!(matches!(error, OpenError::BadUrl(_)), "{url}: {error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
