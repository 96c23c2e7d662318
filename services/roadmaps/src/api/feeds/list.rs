//! `ListCalendarFeeds`.

use accord_proto::roadmaps::v1::{ListCalendarFeedsRequest, ListCalendarFeedsResponse};
use aip::{ListRequest, Listing, Value, Violations};
use fault::Fault;
use identity::{Caller, Clearance, Level};
use tonic::Request;

use crate::{
    api::{Service, checked, convert},
    domain::{calendar_feed::CalendarFeed, name::PartnershipName},
    store::{self, fields},
};

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ListCalendarFeedsRequest>,
) -> Result<ListCalendarFeedsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let party = match caller.clearance() {
        Clearance::Everything => None,
        Clearance::Party { party, level } if level >= Level::Official => Some(party),
        // No feed is of no party.
        Clearance::Party { .. } | Clearance::Public => Some(String::new()),
    };
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let bound_to = format!("{}\n{party:?}", request.parent);
    let list_request = ListRequest {
        page_size: request.page_size,
        page_token: &request.page_token,
        order_by: "create_time desc",
        bound_to: bound_to.as_bytes(),
        ..ListRequest::default()
    };
    let listing = Listing::parse(&fields::FEEDS, &list_request)
        .map_err(|found| violations.merge(found))
        .ok();
    let (parent, listing) = checked(parent.zip(listing), violations)?;
    let query = listing.clone();
    let rows = service
        .database
        .read(move |tx| {
            let (partnership, party) = (parent.partnership.clone(), party.clone());
            let listing = query.clone();
            Box::pin(async move {
                store::feeds::list(tx, &listing, &partnership, party.as_deref()).await
            })
        })
        .await?;
    let created = |feed: &CalendarFeed| Value::from(clock::to_micros(feed.created));
    let key = |feed: &CalendarFeed| Value::from(feed.uid);
    let (rows, next_page_token) = listing.page(rows, |feed, _| created(feed), key);
    Ok(ListCalendarFeedsResponse {
        calendar_feeds: rows.iter().map(convert::calendar_feed::write).collect(),
        next_page_token,
    })
}
