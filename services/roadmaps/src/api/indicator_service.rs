//! The methods on indicators, each led to its file.

use accord_proto::roadmaps::v1::{
    GetIndicatorReportsRequest, GetIndicatorReportsResponse, IndicatorActual,
    ListIndicatorActualsRequest, ListIndicatorActualsResponse, RecordIndicatorActualRequest,
    indicator_service_server::IndicatorService,
};
use tonic::{Request, Response, Status, async_trait};

use super::{DOMAIN, Service, indicators};

#[async_trait]
impl IndicatorService for Service {
    async fn record_indicator_actual(
        &self,
        request: Request<RecordIndicatorActualRequest>,
    ) -> Result<Response<IndicatorActual>, Status> {
        let answer = indicators::record::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_indicator_actuals(
        &self,
        request: Request<ListIndicatorActualsRequest>,
    ) -> Result<Response<ListIndicatorActualsResponse>, Status> {
        let answer = indicators::list::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_indicator_reports(
        &self,
        request: Request<GetIndicatorReportsRequest>,
    ) -> Result<Response<GetIndicatorReportsResponse>, Status> {
        let answer = indicators::reports::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }
}
