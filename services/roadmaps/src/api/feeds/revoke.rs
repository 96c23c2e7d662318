//! `RevokeCalendarFeed`.

use accord_proto::roadmaps::v1::{CalendarFeed as Answer, RevokeCalendarFeedRequest};
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{change, is_told};
use crate::{
    api::{Begun, Service, begin, checked, convert, fault as faults},
    domain::name::CalendarFeedName,
    store,
};

const METHOD: &str = "accord.roadmaps.v1.CalendarFeedService/RevokeCalendarFeed";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<RevokeCalendarFeedRequest>,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        given,
        mut violations,
    } = begin(METHOD, request)?;
    let name = violations.take(CalendarFeedName::parse("name", &given.name));
    let name = checked(name, violations)?;
    service
        .journal
        .mutate(call, move |tx, stamp| {
            Box::pin(revoke(tx, stamp, caller.clone(), name.clone()))
        })
        .await
}

async fn revoke(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: CalendarFeedName,
) -> Result<(Answer, Vec<Change>), Fault> {
    let found = match name.uid() {
        Some(uid) => store::feeds::by_uid(tx, uid).await?,
        None => None,
    };
    // One of another partnership or party is as none.
    let found = found.filter(|feed| feed.name() == name && is_told(&caller, feed));
    let none = || Fault::not_found(faults::CALENDAR_FEED, &name.to_string());
    let mut feed = found.ok_or_else(none)?;
    caller.speaks_for(&feed.owner.party)?;
    let mut changes = Vec::new();
    if feed.revoke(stamp.now) {
        store::feeds::revoke(tx, feed.uid, stamp.now).await?;
        changes.push(change(&feed, ChangeKind::StateChanged));
    }
    Ok((convert::calendar_feed::write(&feed), changes))
}
