//! The methods on documents, each one delegating line.

use accord_proto::{documents::v1 as pb, google::api::HttpBody};
use pb::document_service_server::DocumentService;
use tonic::Request;

use super::{Answer, Api, answer, documents};

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

    async fn batch_get_documents(
        &self,
        request: Request<pb::BatchGetDocumentsRequest>,
    ) -> Answer<pb::BatchGetDocumentsResponse> {
        answer(documents::batch_get::run(self, request).await)
    }

    async fn batch_create_documents(
        &self,
        request: Request<pb::BatchCreateDocumentsRequest>,
    ) -> Answer<pb::BatchCreateDocumentsResponse> {
        answer(documents::batch_create::run(self, request).await)
    }

    async fn purge_documents(
        &self,
        request: Request<pb::PurgeDocumentsRequest>,
    ) -> Answer<pb::PurgeDocumentsResponse> {
        answer(documents::purge::run(self, request).await)
    }

    async fn list_relations(
        &self,
        request: Request<pb::ListRelationsRequest>,
    ) -> Answer<pb::ListRelationsResponse> {
        answer(documents::relations::run(self, request).await)
    }

    async fn list_sectors(
        &self,
        request: Request<pb::ListSectorsRequest>,
    ) -> Answer<pb::ListSectorsResponse> {
        answer(documents::sectors::run(self, request).await)
    }

    async fn search_documents(
        &self,
        request: Request<pb::SearchDocumentsRequest>,
    ) -> Answer<pb::SearchDocumentsResponse> {
        answer(documents::search::run(self, request).await)
    }

    async fn list_pending_procedures(
        &self,
        request: Request<pb::ListPendingProceduresRequest>,
    ) -> Answer<pb::ListPendingProceduresResponse> {
        answer(documents::pending::run(self, request).await)
    }

    async fn list_calendar_events(
        &self,
        request: Request<pb::ListCalendarEventsRequest>,
    ) -> Answer<pb::ListCalendarEventsResponse> {
        answer(documents::events::run(self, request).await)
    }

    async fn get_calendar(&self, request: Request<pb::GetCalendarRequest>) -> Answer<HttpBody> {
        answer(documents::calendar::run(self, request).await)
    }
}
