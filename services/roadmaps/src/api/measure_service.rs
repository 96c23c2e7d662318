//! The methods on measures, each led to its file.

use accord_proto::google::api::HttpBody;
use accord_proto::roadmaps::v1::{
    AcceptMeasureCancellationRequest, BatchCreateMeasuresRequest, BatchCreateMeasuresResponse,
    ConfirmMeasureRequest, CreateMeasureRequest, DeclineMeasureCancellationRequest,
    DeleteMeasureRequest, DisputeMeasureRequest, GetDeadlineCalendarRequest, GetMeasureRequest,
    ListDeadlinesRequest, ListDeadlinesResponse, ListMeasureEventsRequest,
    ListMeasureEventsResponse, ListMeasureStagesRequest, ListMeasureStagesResponse,
    ListMeasuresRequest, ListMeasuresResponse, Measure, ProposeMeasureCancellationRequest,
    ReportMeasureRequest, ReturnMeasureRequest, StartMeasureRequest, UndeleteMeasureRequest,
    UpdateMeasureRequest, WithdrawMeasureReportRequest, measure_service_server::MeasureService,
};
use tonic::{Request, Response, Status, async_trait};

use super::{DOMAIN, Service, measures};

#[async_trait]
impl MeasureService for Service {
    async fn get_measure(
        &self,
        request: Request<GetMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::get::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_measures(
        &self,
        request: Request<ListMeasuresRequest>,
    ) -> Result<Response<ListMeasuresResponse>, Status> {
        let answer = measures::list::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_deadlines(
        &self,
        request: Request<ListDeadlinesRequest>,
    ) -> Result<Response<ListDeadlinesResponse>, Status> {
        let answer = measures::deadlines::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_deadline_calendar(
        &self,
        request: Request<GetDeadlineCalendarRequest>,
    ) -> Result<Response<HttpBody>, Status> {
        let answer = measures::calendar::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_measure_stages(
        &self,
        request: Request<ListMeasureStagesRequest>,
    ) -> Result<Response<ListMeasureStagesResponse>, Status> {
        let answer = measures::stages::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn create_measure(
        &self,
        request: Request<CreateMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::create::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn batch_create_measures(
        &self,
        request: Request<BatchCreateMeasuresRequest>,
    ) -> Result<Response<BatchCreateMeasuresResponse>, Status> {
        let answer = measures::batch_create::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn update_measure(
        &self,
        request: Request<UpdateMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::update::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn delete_measure(
        &self,
        request: Request<DeleteMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::delete::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn undelete_measure(
        &self,
        request: Request<UndeleteMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::undelete::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_measure_events(
        &self,
        request: Request<ListMeasureEventsRequest>,
    ) -> Result<Response<ListMeasureEventsResponse>, Status> {
        let answer = measures::list_events::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn start_measure(
        &self,
        request: Request<StartMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::start::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn report_measure(
        &self,
        request: Request<ReportMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::report::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn withdraw_measure_report(
        &self,
        request: Request<WithdrawMeasureReportRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::withdraw_report::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn confirm_measure(
        &self,
        request: Request<ConfirmMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::confirm::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn return_measure(
        &self,
        request: Request<ReturnMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::return_report::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn dispute_measure(
        &self,
        request: Request<DisputeMeasureRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::dispute::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn propose_measure_cancellation(
        &self,
        request: Request<ProposeMeasureCancellationRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::propose_cancellation::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn accept_measure_cancellation(
        &self,
        request: Request<AcceptMeasureCancellationRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::accept_cancellation::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn decline_measure_cancellation(
        &self,
        request: Request<DeclineMeasureCancellationRequest>,
    ) -> Result<Response<Measure>, Status> {
        let answer = measures::decline_cancellation::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }
}
