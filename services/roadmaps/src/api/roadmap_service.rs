//! The methods on roadmaps, each led to its file.

use accord_proto::roadmaps::v1::{
    AdoptRoadmapRequest, BatchGetRoadmapProgressRequest, BatchGetRoadmapProgressResponse,
    CloseRoadmapRequest, CreateRoadmapRequest, DeleteRoadmapRequest, GetRoadmapBurnupRequest,
    GetRoadmapForecastRequest, GetRoadmapProgressRequest, GetRoadmapRequest,
    GetRoadmapStagesRequest, GetScheduleRequest, ListRoadmapsRequest, ListRoadmapsResponse,
    QueryWorkingDaysRequest, Roadmap, RoadmapBurnup, RoadmapForecast, RoadmapProgress,
    RoadmapStages, Schedule, UndeleteRoadmapRequest, UpdateRoadmapRequest, WorkingDays,
    roadmap_service_server::RoadmapService,
};
use tonic::{Request, Response, Status, async_trait};

use super::{DOMAIN, Service, roadmaps};

#[async_trait]
impl RoadmapService for Service {
    async fn get_roadmap(
        &self,
        request: Request<GetRoadmapRequest>,
    ) -> Result<Response<Roadmap>, Status> {
        let answer = roadmaps::get::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_roadmaps(
        &self,
        request: Request<ListRoadmapsRequest>,
    ) -> Result<Response<ListRoadmapsResponse>, Status> {
        let answer = roadmaps::list::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn create_roadmap(
        &self,
        request: Request<CreateRoadmapRequest>,
    ) -> Result<Response<Roadmap>, Status> {
        let answer = roadmaps::create::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn update_roadmap(
        &self,
        request: Request<UpdateRoadmapRequest>,
    ) -> Result<Response<Roadmap>, Status> {
        let answer = roadmaps::update::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn delete_roadmap(
        &self,
        request: Request<DeleteRoadmapRequest>,
    ) -> Result<Response<Roadmap>, Status> {
        let answer = roadmaps::delete::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn undelete_roadmap(
        &self,
        request: Request<UndeleteRoadmapRequest>,
    ) -> Result<Response<Roadmap>, Status> {
        let answer = roadmaps::undelete::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn adopt_roadmap(
        &self,
        request: Request<AdoptRoadmapRequest>,
    ) -> Result<Response<Roadmap>, Status> {
        let answer = roadmaps::adopt::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn close_roadmap(
        &self,
        request: Request<CloseRoadmapRequest>,
    ) -> Result<Response<Roadmap>, Status> {
        let answer = roadmaps::close::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_roadmap_progress(
        &self,
        request: Request<GetRoadmapProgressRequest>,
    ) -> Result<Response<RoadmapProgress>, Status> {
        let answer = roadmaps::progress::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_roadmap_burnup(
        &self,
        request: Request<GetRoadmapBurnupRequest>,
    ) -> Result<Response<RoadmapBurnup>, Status> {
        let answer = roadmaps::burnup::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_roadmap_stages(
        &self,
        request: Request<GetRoadmapStagesRequest>,
    ) -> Result<Response<RoadmapStages>, Status> {
        let answer = roadmaps::stages::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_roadmap_forecast(
        &self,
        request: Request<GetRoadmapForecastRequest>,
    ) -> Result<Response<RoadmapForecast>, Status> {
        let answer = roadmaps::forecast::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn batch_get_roadmap_progress(
        &self,
        request: Request<BatchGetRoadmapProgressRequest>,
    ) -> Result<Response<BatchGetRoadmapProgressResponse>, Status> {
        let answer = roadmaps::batch_progress::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn get_schedule(
        &self,
        request: Request<GetScheduleRequest>,
    ) -> Result<Response<Schedule>, Status> {
        let answer = roadmaps::schedule::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn query_working_days(
        &self,
        request: Request<QueryWorkingDaysRequest>,
    ) -> Result<Response<WorkingDays>, Status> {
        let answer = roadmaps::working_days::run(request);
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }
}
