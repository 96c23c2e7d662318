//! The methods on texts, each one delegating line.

use accord_proto::documents::v1 as pb;
use pb::text_service_server::TextService;
use tonic::{Request, Streaming};

use super::{Answer, Api, answer, texts};

#[tonic::async_trait]
impl TextService for Api {
    type DownloadTextStream = texts::download::Pieces;

    async fn get_text(&self, request: Request<pb::GetTextRequest>) -> Answer<pb::Text> {
        answer(texts::get::run(self, request).await)
    }

    async fn list_texts(
        &self,
        request: Request<pb::ListTextsRequest>,
    ) -> Answer<pb::ListTextsResponse> {
        answer(texts::list::run(self, request).await)
    }

    async fn create_text(&self, request: Request<pb::CreateTextRequest>) -> Answer<pb::Text> {
        answer(texts::create::run(self, request).await)
    }

    async fn update_text(&self, request: Request<pb::UpdateTextRequest>) -> Answer<pb::Text> {
        answer(texts::update::run(self, request).await)
    }

    async fn create_upload(&self, request: Request<pb::CreateUploadRequest>) -> Answer<pb::Upload> {
        answer(texts::create_upload::run(self, request).await)
    }

    async fn get_upload(&self, request: Request<pb::GetUploadRequest>) -> Answer<pb::Upload> {
        answer(texts::get_upload::run(self, request).await)
    }

    async fn complete_upload(
        &self,
        request: Request<pb::CompleteUploadRequest>,
    ) -> Answer<pb::TextVersion> {
        answer(texts::complete_upload::run(self, request).await)
    }

    async fn cancel_upload(&self, request: Request<pb::CancelUploadRequest>) -> Answer<pb::Upload> {
        answer(texts::cancel_upload::run(self, request).await)
    }

    async fn get_text_version(
        &self,
        request: Request<pb::GetTextVersionRequest>,
    ) -> Answer<pb::TextVersion> {
        answer(texts::get_version::run(self, request).await)
    }

    async fn list_text_versions(
        &self,
        request: Request<pb::ListTextVersionsRequest>,
    ) -> Answer<pb::ListTextVersionsResponse> {
        answer(texts::list_versions::run(self, request).await)
    }

    async fn withdraw_text_version(
        &self,
        request: Request<pb::WithdrawTextVersionRequest>,
    ) -> Answer<pb::TextVersion> {
        answer(texts::withdraw::run(self, request).await)
    }

    async fn upload_text(
        &self,
        request: Request<Streaming<pb::UploadTextRequest>>,
    ) -> Answer<pb::Upload> {
        answer(texts::upload::run(self, request).await)
    }

    async fn download_text(
        &self,
        request: Request<pb::DownloadTextRequest>,
    ) -> Answer<Self::DownloadTextStream> {
        answer(texts::download::run(self, request).await)
    }
}
