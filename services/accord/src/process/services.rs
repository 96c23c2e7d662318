//! The services of the one process: each on a database file of its own, reached by the gateway only.

use futures::future::{self, BoxFuture};
use gateway::{Service, Upstreams};
use host::{Component, DatabaseArgs, Deps, Stack, StartError, remote::RemoteTlsArgs};

use crate::data_dir::DataDir;

/// Connections to one SQLite file: one writer, the others read.
const CONNECTIONS: u32 = 4;

/// Opens every service and returns the gateway in front of them.
///
/// The gateway tells the health of each, and stops when all of them have stopped.
pub(super) async fn open(
    data_dir: &DataDir,
    texts: &documents::texts::TextArgs,
    web: &gateway::WebArgs,
    reminders: &roadmaps::ReminderArgs,
    stack: &Stack,
    deps: &Deps,
) -> Result<Component, StartError> {
    let database = |service: &str| DatabaseArgs {
        database_url: data_dir.database_url(service),
        database_connections: CONNECTIONS,
    };
    let documents = documents::Config {
        database: database("documents"),
        texts: texts.clone(),
        peers: Vec::new(),
        remote: RemoteTlsArgs::default(),
    };
    let trade = trade::Config {
        database: database("trade"),
    };
    let roadmaps = roadmaps::Config {
        database: database("roadmaps"),
        peers: Vec::new(),
        remote: RemoteTlsArgs::default(),
        reminders: reminders.clone(),
    };

    let mut stops: Vec<BoxFuture<'static, ()>> = Vec::new();
    let mut serve = |mut component: Component| {
        // Inside the process a service's end would be nobody's to wait for; the gateway's is waited for.
        stops.extend(component.on_stop.take());
        host::in_process(component, stack)
    };
    let trade = serve(trade::component(trade, deps.clone()).await?);
    // Measures refer to documents and trade targets, documents to roadmaps and trade: each asks the other whether there
    // are such. Roadmaps are told of the documents once these are there.
    let known_to_roadmaps = roadmaps::Peers::default();
    known_to_roadmaps.tell(roadmaps::Peer::Trade, trade.clone());
    let roadmaps =
        roadmaps::component_beside(roadmaps, known_to_roadmaps.clone(), deps.clone()).await?;
    let roadmaps = serve(roadmaps);
    let peers = documents::Peers::default()
        .with(documents::Peer::Trade, trade.clone())
        .with(documents::Peer::Roadmaps, roadmaps.clone());
    let documents = documents::component_beside(documents, peers, deps.clone()).await?;
    let documents = serve(documents);
    known_to_roadmaps.tell(roadmaps::Peer::Documents, documents.clone());
    let upstreams = Upstreams::default()
        .with_service(Service::Documents, documents)
        .with_service(Service::Trade, trade)
        .with_service(Service::Roadmaps, roadmaps);
    Ok(gateway::component_on(upstreams, web, deps).on_stop(async {
        future::join_all(stops).await;
    }))
}
