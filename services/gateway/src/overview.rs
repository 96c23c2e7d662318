//! `OverviewService`: what a partnership has come to, from all services at once.
//!
//! It asks the services by their public methods with the caller's own token, a bounded number of
//! calls however many documents and roadmaps there are, and answers with what it gets. As long as the logs of the services stand where they
//! did, it answers what it answered before.

mod asking;
mod deadlines;
mod documents;
mod get;
mod kept;
mod language;
mod missing;
mod position;
mod question;
mod roadmaps;
mod trade;

use std::sync::Arc;

use accord_proto::overview::v1::{
    GetOverviewRequest, Overview, overview_service_server::OverviewService,
};
use clock::Clock;
use host::Deps;
use tonic::{Request, Response, Status};

use crate::upstream::Upstreams;

/// Whose reasons these are.
const DOMAIN: &str = "accord.overview.v1";

/// Answers `OverviewService` from the services behind the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Overviews {
    upstreams: Arc<Upstreams>,
    clock: Clock,
    kept: Arc<kept::Kept>,
}

impl Overviews {
    /// Answers from `upstreams`, with the clock of `deps` for today.
    pub(crate) fn new(upstreams: Arc<Upstreams>, deps: &Deps) -> Self {
        Self {
            upstreams,
            clock: deps.clock.clone(),
            kept: Arc::new(kept::Kept::new(deps.metrics.as_ref())),
        }
    }
}

#[tonic::async_trait]
impl OverviewService for Overviews {
    async fn get_overview(
        &self,
        request: Request<GetOverviewRequest>,
    ) -> Result<Response<Overview>, Status> {
        get::run(self, &request)
            .await
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }
}
