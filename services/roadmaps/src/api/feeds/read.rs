//! `ReadCalendarFeed`, which needs no token: its secret says whose access it has.

use std::sync::Arc;

use accord_proto::{google::api::HttpBody, roadmaps::v1::ReadCalendarFeedRequest};
use fault::Fault;
use identity::{Caller, Policies};
use tonic::Request;

use super::{hash, too_large, wanted};
use crate::{
    api::{Service, fault as faults, measures::calendar},
    domain::calendar_feed::CalendarFeed,
    store,
};

const METHOD: &str = "accord.roadmaps.v1.CalendarFeedService/ReadCalendarFeed";

/// The name in refusals: which feed it would be is not told.
const ANY: &str = "partnerships/-/calendarFeeds/-";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ReadCalendarFeedRequest>,
) -> Result<HttpBody, Fault> {
    let policies = request.extensions().get::<Arc<Policies>>().cloned();
    let policies =
        policies.ok_or_else(|| Fault::internal("an open call came without the policies"))?;
    let sha256 = hash(&request.into_inner().secret);
    let (now, today) = (service.clock.now(), service.clock.today());
    service
        .database
        .read(move |tx| {
            let (policies, sha256) = (Arc::clone(&policies), sha256.clone());
            Box::pin(async move {
                let none = || Fault::not_found(faults::CALENDAR_FEED, ANY);
                let found = store::feeds::by_secret(tx, &sha256).await?;
                let found = found.filter(|feed| feed.answers(now) && may_read(feed, policies));
                let feed = found.ok_or_else(none)?;
                let wanted = wanted(&feed.partnership, &feed.shown, today)?;
                calendar::write(tx, &wanted).await?.map_err(too_large)
            })
        })
        .await
}

/// Whether an agency with the roles of the feed's maker may read by the policies of now.
fn may_read(feed: &CalendarFeed, policies: Arc<Policies>) -> bool {
    let owner = &feed.owner;
    let party = Some(owner.party.clone());
    let caller = Caller::new("calendar-feed", &owner.agency, party, owner.roles.clone());
    let caller = caller.calling(METHOD, policies);
    caller.may_call().and(caller.may_read()).is_ok()
}
