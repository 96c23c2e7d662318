//! Regional roadmaps, done when both sides confirmed.
//!
//! Systems that control the execution of agreed measures are one-sided: whoever reports a measure as done
//! has it counted as done. Here it counts as *attested* only when the other side has confirmed the very
//! report, and what a side merely claims is *activity*, counted apart. The rules are pure and live in
//! [`domain`]; `store` keeps them in a database and `api` speaks the contract.

mod api;
mod config;
pub mod domain;
mod peers;
mod store;

use accord_proto::roadmaps::v1::{
    calendar_feed_service_server::CalendarFeedServiceServer,
    indicator_service_server::IndicatorServiceServer, measure_service_server::MeasureServiceServer,
    plan_service_server::PlanServiceServer, roadmap_service_server::RoadmapServiceServer,
};
use host::{Component, Deps, StartError};
use storage::{Database, Migrations};
use tonic::service::Routes;

use api::Service;
pub use api::reminders::Reminders;
pub use config::{Config, ReminderArgs};
pub use domain::foreign::Peer;
pub use peers::{PeerSpec, Peers, SpecError};

/// The PostgreSQL schema of this service, and the name of its log.
pub const SCHEMA: &str = "roadmaps";

/// The tables of roadmaps and measures.
pub static TABLES: Migrations = storage::migrations! {
    component: "roadmaps",
    1 => "init",
    2 => "dependencies",
    3 => "plan",
    4 => "baselines",
    5 => "bodies",
    6 => "deadlines",
    7 => "rules",
    8 => "past_bodies",
    9 => "calendar_feeds",
    10 => "permanent",
    11 => "sparse_lists",
    12 => "by_creation",
};

/// Everything that the service's database must have, in order.
pub static MIGRATIONS: &[&Migrations] = &[&ledger::MIGRATIONS, &TABLES];

/// The gRPC services that a component of this crate answers for.
const GRPC_SERVICES: [&str; 6] = [
    "accord.roadmaps.v1.RoadmapService",
    "accord.roadmaps.v1.MeasureService",
    "accord.roadmaps.v1.IndicatorService",
    "accord.roadmaps.v1.PlanService",
    "accord.roadmaps.v1.CalendarFeedService",
    "accord.ledger.v1.LedgerService",
];

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
    let service = Service::new(database.clone(), &deps, peers);
    let reminders = Reminders::of(&service, config.reminders.reminder_leads);
    tokio::spawn(reminders.run(deps.stopping.clone()));
    Ok(component_of(service, database))
}

/// Builds the service on a database that is open and has [`MIGRATIONS`], without peers and without reminders.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "as the components of the other services"
)]
pub fn component_on(database: Database, deps: Deps) -> Component {
    component_with(database, &deps, Peers::default())
}

/// Builds the service on a database that is open and has [`MIGRATIONS`], without reminders.
#[must_use]
pub fn component_with(database: Database, deps: &Deps, peers: Peers) -> Component {
    component_of(Service::new(database.clone(), deps, peers), database)
}

fn component_of(service: Service, database: Database) -> Component {
    let routes = Routes::default()
        .add_service(RoadmapServiceServer::new(service.clone()))
        .add_service(MeasureServiceServer::new(service.clone()))
        .add_service(IndicatorServiceServer::new(service.clone()))
        .add_service(PlanServiceServer::new(service.clone()))
        .add_service(CalendarFeedServiceServer::new(service.clone()))
        .add_service(service.journal().service());
    let closing = database.clone();
    let component = accord_proto::OPEN_METHODS
        .into_iter()
        .filter(|method| {
            GRPC_SERVICES
                .iter()
                .any(|service| method.starts_with(&format!("/{service}/")))
        })
        .fold(Component::new(SCHEMA, routes), Component::open);
    component
        .grpc_services(&GRPC_SERVICES)
        .ready_when(database)
        .on_stop(async move { closing.close().await })
}
