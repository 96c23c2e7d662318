//! Trade metrics: what each party's statistics say, when they said it, and what follows for turnover
//! and targets.
//!
//! Statistics portals overwrite their past and disagree with each other, so this service keeps every
//! publication as a release that never changes. Which figure stands follows from the releases that count
//! at the moment asked about; where they overlap is worked out when one is published or withdrawn, for
//! all moments at once, so that yesterday's answer can be given again tomorrow. Turnover has no default method, missing is never
//! zero, and every value names its releases.

mod api;
mod config;
pub mod domain;
mod store;

pub use config::Config;

use storage::{Database, Migrations};

/// The service's word: its PostgreSQL schema and the name of its log.
pub const SCHEMA: &str = "trade";

/// The domain of the service's faults.
pub const DOMAIN: &str = "accord.trade.v1";

/// The service's own tables.
static TABLES: Migrations = storage::migrations! {
    component: "trade",
    1 => "init",
    2 => "standing",
    3 => "classifications",
    4 => "formats",
    5 => "sum_pages",
    6 => "explanations",
    7 => "listing",
};

/// What the service's database is opened with: the log's tables, then its own.
pub static MIGRATIONS: &[&Migrations] = &[&ledger::MIGRATIONS, &TABLES];

/// Opens the database and builds the service.
pub async fn component(
    config: Config,
    deps: host::Deps,
) -> Result<host::Component, host::StartError> {
    let options = config.database.options(SCHEMA)?;
    let database = Database::open(&options, MIGRATIONS).await?;
    database
        .write(|tx| Box::pin(store::settle(tx)))
        .await
        .map_err(storage::OpenError::from)?;
    Ok(component_on(database, deps))
}

/// Builds the service on an open database, which has [`MIGRATIONS`].
#[must_use]
pub fn component_on(database: Database, deps: host::Deps) -> host::Component {
    let api = api::Api::new(database.clone(), deps);
    host::Component::new("trade", api.routes())
        .grpc_services(&api::SERVICES)
        .ready_when(database.clone())
        .on_stop(async move { database.close().await })
}
