//! The gRPC services: each method is one file below, and one delegating line here.

mod acts;
mod authority;
mod convert;
mod documents;
mod fault;
mod partnerships;

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use clock::Clock;
use ledger::{Change, Journal};
use pb::{
    act_service_server::ActService, document_service_server::DocumentService,
    partnership_service_server::PartnershipService,
};
use storage::Database;
use tonic::{Request, Response, Status};

/// The domain of this package's errors: the package itself.
const DOMAIN: &str = "accord.documents.v1";

/// What a method answers.
type Answer<R> = Result<Response<R>, Status>;

/// What a mutation answers and changes.
type Mutation<R> = Result<(R, Vec<Change>), Fault>;

/// Answers all services of this package.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) database: Database,
    pub(crate) journal: Journal,
    pub(crate) clock: Clock,
}

fn answer<R>(result: Result<R, Fault>) -> Answer<R> {
    result
        .map(Response::new)
        .map_err(|fault| fault.into_status(DOMAIN))
}

#[tonic::async_trait]
impl PartnershipService for Api {
    async fn get_partnership(
        &self,
        request: Request<pb::GetPartnershipRequest>,
    ) -> Answer<pb::Partnership> {
        answer(partnerships::get::run(self, request).await)
    }

    async fn list_partnerships(
        &self,
        request: Request<pb::ListPartnershipsRequest>,
    ) -> Answer<pb::ListPartnershipsResponse> {
        answer(partnerships::list::run(self, request).await)
    }

    async fn create_partnership(
        &self,
        request: Request<pb::CreatePartnershipRequest>,
    ) -> Answer<pb::Partnership> {
        answer(partnerships::create::run(self, request).await)
    }

    async fn update_partnership(
        &self,
        request: Request<pb::UpdatePartnershipRequest>,
    ) -> Answer<pb::Partnership> {
        answer(partnerships::update::run(self, request).await)
    }
}

#[tonic::async_trait]
impl DocumentService for Api {
    async fn get_document(&self, request: Request<pb::GetDocumentRequest>) -> Answer<pb::Document> {
        answer(documents::get::run(self, request).await)
    }

    async fn list_documents(
        &self,
        request: Request<pb::ListDocumentsRequest>,
    ) -> Answer<pb::ListDocumentsResponse> {
        answer(documents::list::run(self, request).await)
    }

    async fn create_document(
        &self,
        request: Request<pb::CreateDocumentRequest>,
    ) -> Answer<pb::Document> {
        answer(documents::create::run(self, request).await)
    }

    async fn update_document(
        &self,
        request: Request<pb::UpdateDocumentRequest>,
    ) -> Answer<pb::Document> {
        answer(documents::update::run(self, request).await)
    }

    async fn delete_document(
        &self,
        request: Request<pb::DeleteDocumentRequest>,
    ) -> Answer<pb::Document> {
        answer(documents::delete::run(self, request).await)
    }

    async fn undelete_document(
        &self,
        request: Request<pb::UndeleteDocumentRequest>,
    ) -> Answer<pb::Document> {
        answer(documents::undelete::run(self, request).await)
    }

    async fn get_document_status(
        &self,
        request: Request<pb::GetDocumentStatusRequest>,
    ) -> Answer<pb::DocumentStatus> {
        answer(documents::status::run(self, request).await)
    }

    async fn batch_get_document_statuses(
        &self,
        request: Request<pb::BatchGetDocumentStatusesRequest>,
    ) -> Answer<pb::BatchGetDocumentStatusesResponse> {
        answer(documents::statuses::run(self, request).await)
    }
}

#[tonic::async_trait]
impl ActService for Api {
    async fn get_act(&self, request: Request<pb::GetActRequest>) -> Answer<pb::Act> {
        answer(acts::get::run(self, request).await)
    }

    async fn list_acts(
        &self,
        request: Request<pb::ListActsRequest>,
    ) -> Answer<pb::ListActsResponse> {
        answer(acts::list::run(self, request).await)
    }

    async fn create_act(&self, request: Request<pb::CreateActRequest>) -> Answer<pb::Act> {
        answer(acts::create::run(self, request).await)
    }

    async fn retract_act(&self, request: Request<pb::RetractActRequest>) -> Answer<pb::Act> {
        answer(acts::retract::run(self, request).await)
    }
}
