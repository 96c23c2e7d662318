//! The methods on partnerships, each one delegating line.

use accord_proto::documents::v1 as pb;
use pb::partnership_service_server::PartnershipService;
use tonic::Request;

use super::{Answer, Api, answer, partnerships};

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
