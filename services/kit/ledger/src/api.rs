//! `accord.ledger.v1.LedgerService`, served for one log.

mod list;
mod watch;

use std::pin::Pin;

use accord_proto::ledger::v1::{
    ListEntriesRequest, ListEntriesResponse, WatchChangesRequest, WatchChangesResponse,
    ledger_service_server::LedgerService,
};
use aip::Violations;
use fault::Fault;
use futures::Stream;
use tonic::{Request, Response, Status};

use crate::{DOMAIN, Journal};

aip::resource_name! {
    /// Name of a log.
    pub(crate) struct LogName = "logs/{log}";
}

/// The service of one log.
#[derive(Clone, Debug)]
pub struct Api {
    journal: Journal,
}

impl Api {
    pub(crate) fn new(journal: Journal) -> Self {
        Self { journal }
    }

    /// Checks that `parent` is the log served here.
    fn check_log(&self, parent: &LogName) -> Result<(), Fault> {
        if parent.log == self.journal.log {
            Ok(())
        } else {
            Err(Fault::not_found("ledger.accord/Log", &parent.to_string()))
        }
    }
}

/// Reads the name of a log.
fn log_name(parent: &str, violations: &mut Violations) -> Option<LogName> {
    violations.take(LogName::parse("parent", parent))
}

#[tonic::async_trait]
impl LedgerService for Api {
    async fn list_entries(
        &self,
        request: Request<ListEntriesRequest>,
    ) -> Result<Response<ListEntriesResponse>, Status> {
        list::run(self, &request)
            .await
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    type WatchChangesStream =
        Pin<Box<dyn Stream<Item = Result<WatchChangesResponse, Status>> + Send>>;

    async fn watch_changes(
        &self,
        request: Request<WatchChangesRequest>,
    ) -> Result<Response<Self::WatchChangesStream>, Status> {
        watch::run(self, &request)
            .await
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }
}
