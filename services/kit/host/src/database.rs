//! The database setting that every service has.

use crate::StartError;

/// Connections per service. PostgreSQL allows 100 by default, for all services and replicas.
const DEFAULT_CONNECTIONS: u32 = 10;

/// Which database a service keeps its facts in.
#[derive(clap::Args, Clone)]
pub struct DatabaseArgs {
    /// Database of this service: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
    #[arg(
        long,
        env = "ACCORD_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database_url: String,

    /// Connections to the database at most
    #[arg(long, env = "ACCORD_DATABASE_CONNECTIONS", value_name = "N", default_value_t = DEFAULT_CONNECTIONS, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub database_connections: u32,
}

impl DatabaseArgs {
    /// Returns the storage options for the service whose PostgreSQL schema is `schema`.
    ///
    /// Fails with [`StartError::Config`], without repeating the URL, if its scheme is unknown.
    pub fn options(&self, schema: &'static str) -> Result<storage::Options, StartError> {
        let known = ["sqlite://", "postgres://", "postgresql://"];
        if !known
            .iter()
            .any(|scheme| self.database_url.starts_with(scheme))
        {
            return Err(StartError::Config(
                "--database-url (ACCORD_DATABASE_URL) must begin with sqlite:// or postgres://"
                    .to_owned(),
            ));
        }
        Ok(storage::Options {
            url: self.database_url.clone(),
            schema,
            max_connections: self.database_connections,
        })
    }
}

/// Leaves out the URL, which may hold a password.
impl std::fmt::Debug for DatabaseArgs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DatabaseArgs")
            .field("database_connections", &self.database_connections)
            .finish_non_exhaustive()
    }
}
