//! Opens the production engine: one schema of a PostgreSQL server.

use std::time::Duration;

use sqlx::{
    Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{Error, OpenError};

/// How long the first connection may take; a wrong address should not hang a start.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a unit of work waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// The SQLSTATE of a missing right.
const INSUFFICIENT_PRIVILEGE: &str = "42501";
/// The first version whose behaviour is tested.
const OLDEST: i64 = 150_000;

/// Connects to the server, makes sure that the schema exists, and returns a pool inside it.
pub(crate) async fn open(
    options: PgConnectOptions,
    schema: &str,
    connections: u32,
) -> Result<PgPool, OpenError> {
    let server = format!(
        "{}:{}/{}",
        options.get_host(),
        options.get_port(),
        options.get_database().unwrap_or(options.get_username())
    );
    let options = options.application_name("accord").options([
        // `public` holds extensions such as pg_trgm.
        ("search_path", format!("{schema},public").as_str()),
        // Units of work never wait for anything but the database.
        ("idle_in_transaction_session_timeout", "30s"),
        ("lock_timeout", "5s"),
    ]);
    let unreachable = |detail: String| OpenError::Unreachable {
        server: server.clone(),
        detail,
    };
    let mut first = tokio::time::timeout(CONNECT, PgConnection::connect_with(&options))
        .await
        .map_err(|_| unreachable("no answer in 10 seconds".to_owned()))?
        .map_err(|error| unreachable(error.to_string()))?;
    let (number, version): (i32, String) = sqlx::query_as(
        "SELECT current_setting('server_version_num')::int4, current_setting('server_version')",
    )
    .fetch_one(&mut first)
    .await
    .map_err(|error| unreachable(error.to_string()))?;
    if i64::from(number) < OLDEST {
        return Err(OpenError::OldServer { server, version });
    }
    create_schema(&mut first, schema)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(cause) if cause.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) => {
                unreachable(format!(
                    "the schema {schema} does not exist and this user may not create it ({}); create it \
                     for this user, or grant CREATE on the database",
                    cause.message()
                ))
            }
            _ => Error::from(error).into(),
        })?;
    first.close().await.map_err(Error::from)?;
    Ok(PgPoolOptions::new()
        .max_connections(connections.max(1))
        .acquire_timeout(ACQUIRE)
        .connect_lazy_with(options))
}

/// Creates the schema unless it exists; a user who may not create one can be given one.
async fn create_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    // Replicas start together, and IF NOT EXISTS alone does not make two of them safe.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('accord/' || $1, 0))")
        .bind(schema)
        .execute(&mut *tx)
        .await?;
    let exists: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1)",
    )
    .bind(schema)
    .fetch_one(&mut *tx)
    .await?;
    if !exists {
        // The name is a constant of the code.
        let text = format!("CREATE SCHEMA \"{schema}\"");
        sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}
