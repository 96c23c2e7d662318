//! The methods on plans, each led to its file.

use accord_proto::roadmaps::v1::{
    AcceptRebaselineRequest, Baseline, CarryOverMeasuresRequest, DeclineRebaselineRequest,
    GetBaselineRequest, GetRebaselineRequest, GetRoadmapVarianceRequest,
    ListBaselineMeasuresRequest, ListBaselineMeasuresResponse, ListBaselinesRequest,
    ListBaselinesResponse, ListMeasureLifeRequest, ListMeasureLifeResponse, ListRebaselinesRequest,
    ListRebaselinesResponse, ProposeRebaselineRequest, Rebaseline, RoadmapVariance,
    WithdrawRebaselineRequest, plan_service_server::PlanService,
};
use tonic::{Request, Response, Status, async_trait};

use super::{DOMAIN, Service, plans};

#[async_trait]
impl PlanService for Service {
    async fn get_baseline(
        &self,
        request: Request<GetBaselineRequest>,
    ) -> Result<Response<Baseline>, Status> {
        let answer = plans::baselines::get(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_baselines(
        &self,
        request: Request<ListBaselinesRequest>,
    ) -> Result<Response<ListBaselinesResponse>, Status> {
        let answer = plans::baselines::list(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_baseline_measures(
        &self,
        request: Request<ListBaselineMeasuresRequest>,
    ) -> Result<Response<ListBaselineMeasuresResponse>, Status> {
        let answer = plans::baselines::measures(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn propose_rebaseline(
        &self,
        request: Request<ProposeRebaselineRequest>,
    ) -> Result<Response<Rebaseline>, Status> {
        let answer = plans::propose::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn carry_over_measures(
        &self,
        request: Request<CarryOverMeasuresRequest>,
    ) -> Result<Response<Rebaseline>, Status> {
        let answer = plans::propose::carry_over(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_rebaseline(
        &self,
        request: Request<GetRebaselineRequest>,
    ) -> Result<Response<Rebaseline>, Status> {
        let answer = plans::rebaselines::get(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_rebaselines(
        &self,
        request: Request<ListRebaselinesRequest>,
    ) -> Result<Response<ListRebaselinesResponse>, Status> {
        let answer = plans::rebaselines::list(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn accept_rebaseline(
        &self,
        request: Request<AcceptRebaselineRequest>,
    ) -> Result<Response<Rebaseline>, Status> {
        let answer = plans::accept::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn decline_rebaseline(
        &self,
        request: Request<DeclineRebaselineRequest>,
    ) -> Result<Response<Rebaseline>, Status> {
        let answer = plans::end::decline(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn withdraw_rebaseline(
        &self,
        request: Request<WithdrawRebaselineRequest>,
    ) -> Result<Response<Rebaseline>, Status> {
        let answer = plans::end::withdraw(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_roadmap_variance(
        &self,
        request: Request<GetRoadmapVarianceRequest>,
    ) -> Result<Response<RoadmapVariance>, Status> {
        let answer = plans::variance::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_measure_life(
        &self,
        request: Request<ListMeasureLifeRequest>,
    ) -> Result<Response<ListMeasureLifeResponse>, Status> {
        let answer = plans::life::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }
}
