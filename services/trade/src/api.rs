//! The gRPC services of `accord.trade.v1`: one delegating line per method.

mod classifications;
mod convert;
mod fault;
mod query;
mod reconciliation;
mod releases;
mod targets;

use ::fault::Fault;
use accord_proto::trade::v1::{
    self,
    classification_service_server::{ClassificationService, ClassificationServiceServer},
    reconciliation_service_server::{ReconciliationService, ReconciliationServiceServer},
    release_service_server::{ReleaseService, ReleaseServiceServer},
    target_service_server::{TargetService, TargetServiceServer},
    trade_service_server::{TradeService, TradeServiceServer},
};
use clock::Clock;
use ledger::Journal;
use storage::Database;
use tonic::{Request, Response, Status, Streaming, service::Routes};

use crate::{DOMAIN, SCHEMA};

/// Full names of the services, for health and reflection.
pub(crate) const SERVICES: [&str; 6] = [
    "accord.trade.v1.ReleaseService",
    "accord.trade.v1.TradeService",
    "accord.trade.v1.TargetService",
    "accord.trade.v1.ClassificationService",
    "accord.trade.v1.ReconciliationService",
    "accord.ledger.v1.LedgerService",
];

/// What every method works on.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    database: Database,
    journal: Journal,
    clock: Clock,
    cells: reconciliation::Memory,
}

impl Api {
    pub(crate) fn new(database: Database, deps: host::Deps) -> Self {
        let journal =
            Journal::new(SCHEMA, database.clone(), deps.clock.clone()).with_stopping(deps.stopping);
        Self {
            database,
            journal,
            clock: deps.clock,
            cells: reconciliation::Memory::default(),
        }
    }

    /// Returns the routes of all services, the log's among them.
    pub(crate) fn routes(self) -> Routes {
        Routes::new(self.journal.service())
            .add_service(ReleaseServiceServer::new(self.clone()))
            .add_service(TradeServiceServer::new(self.clone()))
            .add_service(TargetServiceServer::new(self.clone()))
            .add_service(ClassificationServiceServer::new(self.clone()))
            .add_service(ReconciliationServiceServer::new(self))
    }
}

/// What a method answers, or the fault as a status of this package.
fn answer<T>(result: Result<T, Fault>) -> Result<Response<T>, Status> {
    result
        .map(Response::new)
        .map_err(|fault| fault.into_status(DOMAIN))
}

#[tonic::async_trait]
impl ReleaseService for Api {
    async fn create_release(
        &self,
        request: Request<v1::CreateReleaseRequest>,
    ) -> Result<Response<v1::Release>, Status> {
        answer(releases::create::run(self, request).await)
    }

    async fn get_release(
        &self,
        request: Request<v1::GetReleaseRequest>,
    ) -> Result<Response<v1::Release>, Status> {
        answer(releases::get::run(self, request).await)
    }

    async fn list_releases(
        &self,
        request: Request<v1::ListReleasesRequest>,
    ) -> Result<Response<v1::ListReleasesResponse>, Status> {
        answer(releases::list::run(self, request).await)
    }

    async fn update_release(
        &self,
        request: Request<v1::UpdateReleaseRequest>,
    ) -> Result<Response<v1::Release>, Status> {
        answer(releases::update::run(self, request).await)
    }

    async fn import_observations(
        &self,
        request: Request<Streaming<v1::ImportObservationsRequest>>,
    ) -> Result<Response<v1::Import>, Status> {
        answer(releases::import::run(self, request).await)
    }

    async fn get_import(
        &self,
        request: Request<v1::GetImportRequest>,
    ) -> Result<Response<v1::Import>, Status> {
        answer(releases::get_import::run(self, request).await)
    }

    async fn cancel_import(
        &self,
        request: Request<v1::CancelImportRequest>,
    ) -> Result<Response<v1::Import>, Status> {
        answer(releases::cancel_import::run(self, request).await)
    }

    async fn list_import_reports(
        &self,
        request: Request<v1::ListImportReportsRequest>,
    ) -> Result<Response<v1::ListImportReportsResponse>, Status> {
        answer(releases::list_import_reports::run(self, request).await)
    }

    async fn list_observations(
        &self,
        request: Request<v1::ListObservationsRequest>,
    ) -> Result<Response<v1::ListObservationsResponse>, Status> {
        answer(releases::list_observations::run(self, request).await)
    }

    async fn publish_release(
        &self,
        request: Request<v1::PublishReleaseRequest>,
    ) -> Result<Response<v1::Release>, Status> {
        answer(releases::publish::run(self, request).await)
    }

    async fn withdraw_release(
        &self,
        request: Request<v1::WithdrawReleaseRequest>,
    ) -> Result<Response<v1::Release>, Status> {
        answer(releases::withdraw::run(self, request).await)
    }
}

#[tonic::async_trait]
impl TradeService for Api {
    async fn query_series(
        &self,
        request: Request<v1::QuerySeriesRequest>,
    ) -> Result<Response<v1::QuerySeriesResponse>, Status> {
        answer(query::series::run(self, request).await)
    }

    async fn query_breakdown(
        &self,
        request: Request<v1::QueryBreakdownRequest>,
    ) -> Result<Response<v1::QueryBreakdownResponse>, Status> {
        answer(query::breakdown::run(self, request).await)
    }

    async fn list_comparative_advantages(
        &self,
        request: Request<v1::ListComparativeAdvantagesRequest>,
    ) -> Result<Response<v1::ListComparativeAdvantagesResponse>, Status> {
        answer(query::advantage::run(self, request).await)
    }

    async fn query_complementarity(
        &self,
        request: Request<v1::QueryComplementarityRequest>,
    ) -> Result<Response<v1::QueryComplementarityResponse>, Status> {
        answer(query::complementarity::run(self, request).await)
    }

    type StreamObservationsStream = query::stream::Pieces;

    async fn stream_observations(
        &self,
        request: Request<v1::StreamObservationsRequest>,
    ) -> Result<Response<Self::StreamObservationsStream>, Status> {
        answer(query::stream::run(self, request).await)
    }

    async fn compare_releases(
        &self,
        request: Request<v1::CompareReleasesRequest>,
    ) -> Result<Response<v1::CompareReleasesResponse>, Status> {
        answer(query::compare::run(self, request).await)
    }

    async fn explain_figure(
        &self,
        request: Request<v1::ExplainFigureRequest>,
    ) -> Result<Response<v1::ExplainFigureResponse>, Status> {
        answer(query::explain::run(self, request).await)
    }
}

#[tonic::async_trait]
impl TargetService for Api {
    async fn create_target(
        &self,
        request: Request<v1::CreateTargetRequest>,
    ) -> Result<Response<v1::Target>, Status> {
        answer(targets::create::run(self, request).await)
    }

    async fn get_target(
        &self,
        request: Request<v1::GetTargetRequest>,
    ) -> Result<Response<v1::Target>, Status> {
        answer(targets::get::run(self, request).await)
    }

    async fn list_targets(
        &self,
        request: Request<v1::ListTargetsRequest>,
    ) -> Result<Response<v1::ListTargetsResponse>, Status> {
        answer(targets::list::run(self, request).await)
    }

    async fn update_target(
        &self,
        request: Request<v1::UpdateTargetRequest>,
    ) -> Result<Response<v1::Target>, Status> {
        answer(targets::update::run(self, request).await)
    }

    async fn supersede_target(
        &self,
        request: Request<v1::SupersedeTargetRequest>,
    ) -> Result<Response<v1::Target>, Status> {
        answer(targets::supersede::run(self, request).await)
    }

    async fn get_target_progress(
        &self,
        request: Request<v1::GetTargetProgressRequest>,
    ) -> Result<Response<v1::TargetProgress>, Status> {
        answer(targets::progress::run(self, request).await)
    }

    async fn forecast_target(
        &self,
        request: Request<v1::ForecastTargetRequest>,
    ) -> Result<Response<v1::TargetForecast>, Status> {
        answer(targets::forecast::run(self, request).await)
    }
}

#[tonic::async_trait]
impl ClassificationService for Api {
    async fn list_classifications(
        &self,
        request: Request<v1::ListClassificationsRequest>,
    ) -> Result<Response<v1::ListClassificationsResponse>, Status> {
        answer(classifications::list::run(self, request).await)
    }

    async fn get_classification(
        &self,
        request: Request<v1::GetClassificationRequest>,
    ) -> Result<Response<v1::Classification>, Status> {
        answer(classifications::get::run(self, request).await)
    }

    async fn get_classification_item(
        &self,
        request: Request<v1::GetClassificationItemRequest>,
    ) -> Result<Response<v1::ClassificationItem>, Status> {
        answer(classifications::get_item::run(self, request).await)
    }

    async fn list_classification_items(
        &self,
        request: Request<v1::ListClassificationItemsRequest>,
    ) -> Result<Response<v1::ListClassificationItemsResponse>, Status> {
        answer(classifications::list_items::run(self, request).await)
    }

    async fn search_classification_items(
        &self,
        request: Request<v1::SearchClassificationItemsRequest>,
    ) -> Result<Response<v1::SearchClassificationItemsResponse>, Status> {
        answer(classifications::search_items::run(self, request).await)
    }

    async fn list_correspondences(
        &self,
        request: Request<v1::ListCorrespondencesRequest>,
    ) -> Result<Response<v1::ListCorrespondencesResponse>, Status> {
        answer(classifications::list_correspondences::run(self, request).await)
    }

    async fn import_classification(
        &self,
        request: Request<v1::ImportClassificationRequest>,
    ) -> Result<Response<v1::ClassificationImport>, Status> {
        answer(classifications::import::run(self, request).await)
    }

    async fn convert_commodities(
        &self,
        request: Request<v1::ConvertCommoditiesRequest>,
    ) -> Result<Response<v1::ConvertCommoditiesResponse>, Status> {
        answer(classifications::convert::run(self, request).await)
    }

    type ConvertObservationsStream = classifications::convert_observations::Pieces;

    async fn convert_observations(
        &self,
        request: Request<v1::ConvertObservationsRequest>,
    ) -> Result<Response<Self::ConvertObservationsStream>, Status> {
        answer(classifications::convert_observations::run(self, request).await)
    }
}

#[tonic::async_trait]
impl ReconciliationService for Api {
    async fn reconcile_mirror(
        &self,
        request: Request<v1::ReconcileMirrorRequest>,
    ) -> Result<Response<v1::ReconcileMirrorResponse>, Status> {
        answer(reconciliation::windows::run(self, request).await)
    }

    async fn list_mirror_cells(
        &self,
        request: Request<v1::ListMirrorCellsRequest>,
    ) -> Result<Response<v1::ListMirrorCellsResponse>, Status> {
        answer(reconciliation::cells::run(self, request).await)
    }

    async fn create_mirror_explanation(
        &self,
        request: Request<v1::CreateMirrorExplanationRequest>,
    ) -> Result<Response<v1::MirrorExplanation>, Status> {
        answer(reconciliation::explanations::create::run(self, request).await)
    }

    async fn get_mirror_explanation(
        &self,
        request: Request<v1::GetMirrorExplanationRequest>,
    ) -> Result<Response<v1::MirrorExplanation>, Status> {
        answer(reconciliation::explanations::get::run(self, request).await)
    }

    async fn list_mirror_explanations(
        &self,
        request: Request<v1::ListMirrorExplanationsRequest>,
    ) -> Result<Response<v1::ListMirrorExplanationsResponse>, Status> {
        answer(reconciliation::explanations::list::run(self, request).await)
    }

    async fn accept_mirror_explanation(
        &self,
        request: Request<v1::AcceptMirrorExplanationRequest>,
    ) -> Result<Response<v1::MirrorExplanation>, Status> {
        answer(reconciliation::explanations::accept::run(self, request).await)
    }

    async fn dispute_mirror_explanation(
        &self,
        request: Request<v1::DisputeMirrorExplanationRequest>,
    ) -> Result<Response<v1::MirrorExplanation>, Status> {
        answer(reconciliation::explanations::dispute::run(self, request).await)
    }

    async fn withdraw_mirror_explanation(
        &self,
        request: Request<v1::WithdrawMirrorExplanationRequest>,
    ) -> Result<Response<v1::MirrorExplanation>, Status> {
        answer(reconciliation::explanations::withdraw::run(self, request).await)
    }
}
