//! `CreateCalendarFeed`.

use accord_proto::roadmaps::v1::{CreateCalendarFeedRequest, CreateCalendarFeedResponse};
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{change, hash, too_large, wanted};
use crate::{
    api::{
        Begun, Service, begin, bodies, checked,
        convert::{self, calendar_feed::Given},
        fault as faults,
        measures::calendar,
    },
    domain::{
        calendar_feed::{CalendarFeed, MOST_OF_PARTY, Owner},
        name::PartnershipName,
    },
    store,
};

const METHOD: &str = "accord.roadmaps.v1.CalendarFeedService/CreateCalendarFeed";

/// The path of `ReadCalendarFeed` in the contract, up to the secret.
const PATH: &str = "/roadmaps/v1/deadlines.ics?secret=";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<CreateCalendarFeedRequest>,
) -> Result<CreateCalendarFeedResponse, Fault> {
    let Begun {
        call,
        caller,
        given: request,
        mut violations,
    } = begin(METHOD, request)?;
    // Whose feed it would be is its caller's party; one of no party has nobody to make it for.
    let party = caller.party.clone().unwrap_or_default();
    caller.speaks_for(&party)?;
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let feed = request.calendar_feed.unwrap_or_default();
    let given = convert::calendar_feed::read(&feed, service.clock.now())
        .map_err(|found| violations.merge_under("calendar_feed", found))
        .ok();
    let (parent, given) = checked(parent.zip(given), violations)?;
    let secret = hex::encode(service.clock.new_secret().map_err(Fault::internal)?);
    let sha256 = hash(&secret);
    let answer = service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, given, sha256) = (caller.clone(), given.clone(), sha256.clone());
            let (partnership, party) = (parent.partnership.clone(), party.clone());
            Box::pin(create(
                tx,
                stamp,
                caller,
                (partnership, party),
                given,
                sha256,
            ))
        })
        .await?;
    Ok(CreateCalendarFeedResponse {
        secret_path: format!("{PATH}{secret}"),
        ..answer
    })
}

/// Makes the feed; its answer goes without the secret, which is added where nothing is kept.
async fn create(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    (partnership, party): (String, String),
    given: Given,
    sha256: String,
) -> Result<(CreateCalendarFeedResponse, Vec<Change>), Fault> {
    let shown = given.shown;
    let known = bodies::require_known(tx, &partnership, &shown.party, &shown.body).await;
    known.map_err(|fault| fault.rename_fields(|field| format!("calendar_feed.{field}")))?;
    let count = store::feeds::count_answering(tx, &partnership, &party, stamp.now).await?;
    if count >= MOST_OF_PARTY {
        let message =
            format!("{party} has {count} feeds that answer; revoke some that nobody reads");
        return Err(
            faults::limited("CALENDAR_FEEDS_TOO_MANY", MOST_OF_PARTY, message)
                .with_metadata("party", party),
        );
    }
    let written = calendar::write(tx, &wanted(&partnership, &shown, stamp.today())?).await?;
    written.map_err(too_large)?;
    let feed = CalendarFeed {
        uid: stamp.new_uid(),
        partnership,
        note: given.note,
        shown,
        owner: Owner {
            party,
            agency: caller.agency,
            roles: caller.roles,
        },
        created: stamp.now,
        expires: given.expires,
        revoked: None,
    };
    store::feeds::insert(tx, &feed, &sha256).await?;
    let answer = CreateCalendarFeedResponse {
        calendar_feed: Some(convert::calendar_feed::write(&feed)),
        secret_path: String::new(),
    };
    Ok((answer, vec![change(&feed, ChangeKind::Created)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_of_the_contract() {
        let file =
            include_str!("../../../../../proto/accord/roadmaps/v1/calendar_feed_service.proto");
        let path = PATH.trim_end_matches("?secret=");
        assert!(file.contains(&format!("{{ get: \"{path}\" }}")));
    }
}
