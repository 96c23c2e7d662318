//! The methods on acts, each one delegating line.

use accord_proto::documents::v1 as pb;
use pb::act_service_server::ActService;
use tonic::Request;

use super::{Answer, Api, acts, answer};

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

    async fn batch_create_acts(
        &self,
        request: Request<pb::BatchCreateActsRequest>,
    ) -> Answer<pb::BatchCreateActsResponse> {
        answer(acts::batch_create::run(self, request).await)
    }
}
