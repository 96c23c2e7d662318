//! The register of documents: what the parties of a partnership signed, what each of them did about
//! it, and what of it is in force.
//!
//! A register that stores whether a treaty is in force is wrong from the first act that nobody entered.
//! This one stores acts, which are facts of one party each and never edited, and computes the state for
//! any day, as known at any moment, with its reasoning (`domain::status`). Whatever changes goes through
//! the ledger's journal, one mutation at a time.
//!
//! Inside, arrows point one way: `domain` ← `store` ← `api` ← here.

mod api;
mod config;
pub mod domain;
mod extract;
mod peers;
mod store;
pub mod text_store;
pub mod texts;
pub mod upkeep;

use std::time::Duration;

use accord_proto::documents::v1::{
    act_service_server::ActServiceServer, document_service_server::DocumentServiceServer,
    partnership_service_server::PartnershipServiceServer, text_service_server::TextServiceServer,
};
use host::{Component, Deps, StartError};
use ledger::Journal;
use storage::{Database, Migrations};
use tonic::service::Routes;

pub use config::Config;
pub use domain::foreign::Peer;
pub use extract::{Reader, take_words_if_asked};
pub use peers::{PeerSpec, Peers, SpecError};

/// The service's word: its schema in PostgreSQL, its log in the ledger, the first segment of its paths.
pub const SCHEMA: &str = "documents";

/// The tables of the register.
pub static TABLES: Migrations = storage::migrations! {
    component: "documents",
    1 => "init",
    2 => "outline",
    3 => "relations",
    4 => "texts",
    5 => "search",
    6 => "lists",
    7 => "waits",
    8 => "titles",
    9 => "rules",
    10 => "names",
    11 => "listed",
    12 => "words",
    13 => "dated_sets",
    14 => "partial_words",
    15 => "looked_at_anew",
    16 => "dense_names",
    17 => "longest_words",
};

/// Everything that the service's database must have, in order.
pub static MIGRATIONS: &[&Migrations] = &[&ledger::MIGRATIONS, &TABLES];

/// How long the upkeep gets to end when the service stops.
const UPKEEP_ENDS: Duration = Duration::from_secs(5);

/// What the service works with beside its database; by default nothing.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// The services whose resources documents refer to.
    pub peers: Peers,
    /// Where texts are kept.
    pub texts: texts::Texts,
}

/// Opens the database and builds the service, which reaches its peers at the addresses in `config`.
pub async fn component(config: Config, deps: Deps) -> Result<Component, StartError> {
    let peers = Peers::from_specs(&config.peers, &config.remote).map_err(StartError::Config)?;
    component_beside(config, peers, deps).await
}

/// Opens the database and builds the service beside `peers`, in this process or elsewhere; the addresses in
/// `config` do not count.
pub async fn component_beside(
    config: Config,
    peers: Peers,
    deps: Deps,
) -> Result<Component, StartError> {
    let options = config.database.options(SCHEMA)?;
    let database = Database::open(&options, MIGRATIONS).await?;
    bring_up_to_date(&database, &deps).await?;
    let texts = config.texts.open(&config.database, &database).await?;
    Ok(component_with(database, deps, Means { peers, texts }))
}

/// Writes anew what is derived from documents that an older version left in the database; until then lists
/// leave them out. Does nothing in a database without such documents.
pub async fn bring_up_to_date(database: &Database, deps: &Deps) -> Result<(), StartError> {
    let journal = Journal::new(SCHEMA, database.clone(), deps.clock.clone());
    let done = api::bring_up_to_date(&journal, &deps.stopping).await;
    done.map_err(|fault| {
        StartError::Start(format!("documents cannot be brought up to date: {fault}"))
    })?;
    if deps.stopping.is_cancelled() {
        let text = "stopped before all documents were up to date";
        return Err(StartError::Start(text.to_owned()));
    }
    Ok(())
}

/// Builds the service on a database that is open, has [`MIGRATIONS`] and is up to date
/// ([`bring_up_to_date`]), without anything beside it.
#[must_use]
pub fn component_on(database: Database, deps: Deps) -> Component {
    component_with(database, deps, Means::default())
}

/// Builds the service on a database that is open, has [`MIGRATIONS`] and is up to date
/// ([`bring_up_to_date`]). It also removes what was deleted long ago, once an hour, and
/// brings documents up to date that wait for a changed one, where they are many.
#[must_use]
pub fn component_with(database: Database, deps: Deps, means: Means) -> Component {
    let journal = Journal::new(SCHEMA, database.clone(), deps.clock.clone())
        .with_stopping(deps.stopping.clone());
    let log = journal.service();
    let api = api::Api {
        database: database.clone(),
        journal,
        clock: deps.clock.clone(),
        peers: means.peers,
        texts: means.texts.clone(),
    };
    tokio::spawn(api::purge_every_hour(api.clone(), deps.stopping.clone()));
    tokio::spawn(upkeep::outline::run(api.clone(), deps.stopping.clone()));
    let upkeep = upkeep::Upkeep::new(database.clone(), means.texts, deps.clock).map(|upkeep| {
        if let Some(metrics) = &deps.metrics {
            upkeep.measure(&metrics.meter(SCHEMA));
        }
        tokio::spawn(upkeep.run(deps.stopping))
    });
    let routes = Routes::new(PartnershipServiceServer::new(api.clone()))
        .add_service(DocumentServiceServer::new(api.clone()))
        .add_service(ActServiceServer::new(api.clone()))
        .add_service(TextServiceServer::new(api))
        .add_service(log);
    let closing = database.clone();
    Component::new(SCHEMA, routes)
        .grpc_services(&[
            "accord.documents.v1.PartnershipService",
            "accord.documents.v1.DocumentService",
            "accord.documents.v1.ActService",
            "accord.documents.v1.TextService",
            "accord.ledger.v1.LedgerService",
        ])
        .ready_when(database)
        .on_stop(async move {
            // What the upkeep has begun it gives back, which needs the database.
            if let Some(upkeep) = upkeep {
                drop(tokio::time::timeout(UPKEEP_ENDS, upkeep).await);
            }
            closing.close().await;
        })
}
