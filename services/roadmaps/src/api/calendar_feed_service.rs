//! The methods on feeds for calendar programs, each led to its file.

use accord_proto::google::api::HttpBody;
use accord_proto::roadmaps::v1::{
    CalendarFeed, CreateCalendarFeedRequest, CreateCalendarFeedResponse, ListCalendarFeedsRequest,
    ListCalendarFeedsResponse, ReadCalendarFeedRequest, RevokeCalendarFeedRequest,
    calendar_feed_service_server::CalendarFeedService,
};
use tonic::{Request, Response, Status, async_trait};

use super::{DOMAIN, Service, feeds};

#[async_trait]
impl CalendarFeedService for Service {
    async fn create_calendar_feed(
        &self,
        request: Request<CreateCalendarFeedRequest>,
    ) -> Result<Response<CreateCalendarFeedResponse>, Status> {
        let answer = feeds::create::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn list_calendar_feeds(
        &self,
        request: Request<ListCalendarFeedsRequest>,
    ) -> Result<Response<ListCalendarFeedsResponse>, Status> {
        let answer = feeds::list::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn revoke_calendar_feed(
        &self,
        request: Request<RevokeCalendarFeedRequest>,
    ) -> Result<Response<CalendarFeed>, Status> {
        let answer = feeds::revoke::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }

    async fn read_calendar_feed(
        &self,
        request: Request<ReadCalendarFeedRequest>,
    ) -> Result<Response<HttpBody>, Status> {
        let answer = feeds::read::run(self, request).await;
        answer
            .map(Response::new)
            .map_err(|fault| fault.into_status(DOMAIN))
    }
}
