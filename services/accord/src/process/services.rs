//! The services of the one process: each on a database file of its own, reached by the gateway only.

use futures::future::{self, BoxFuture};
use gateway::{Service, Upstreams};
use host::{Component, DatabaseArgs, Deps, Stack, StartError};

use crate::data_dir::DataDir;

/// Connections to one SQLite file: one writer, the others read.
const CONNECTIONS: u32 = 4;

/// Opens every service and returns the gateway in front of them.
///
/// The gateway tells the health of each, and stops when all of them have stopped.
pub(super) async fn open(
    data_dir: &DataDir,
    stack: &Stack,
    deps: &Deps,
) -> Result<Component, StartError> {
    let database = |service: &str| DatabaseArgs {
        database_url: data_dir.database_url(service),
        database_connections: CONNECTIONS,
    };
    let documents = documents::Config {
        database: database("documents"),
    };
    let trade = trade::Config {
        database: database("trade"),
    };
    let roadmaps = roadmaps::Config {
        database: database("roadmaps"),
    };
    let components = [
        (
            Service::Documents,
            documents::component(documents, deps.clone()).await?,
        ),
        (Service::Trade, trade::component(trade, deps.clone()).await?),
        (
            Service::Roadmaps,
            roadmaps::component(roadmaps, deps.clone()).await?,
        ),
    ];

    let mut upstreams = Upstreams::default();
    let mut stops: Vec<BoxFuture<'static, ()>> = Vec::new();
    for (service, mut component) in components {
        // Inside the process a service's end would be nobody's to wait for; the gateway's is waited for.
        stops.extend(component.on_stop.take());
        upstreams = upstreams.with_service(service, host::in_process(component, stack));
    }
    Ok(gateway::component_on(upstreams, deps).on_stop(async {
        future::join_all(stops).await;
    }))
}
