//! Feeds for calendar programs: addresses with a secret in the place of an access token.

use std::{fmt::Debug, time::Duration};

use accord_proto::{
    ledger::v1::{Entry, ListEntriesRequest, ledger_service_client::LedgerServiceClient},
    roadmaps::v1::{
        CalendarComponent, CalendarFeed, CreateCalendarFeedRequest, CreateCalendarFeedResponse,
        ListCalendarFeedsRequest, ReadCalendarFeedRequest, RevokeCalendarFeedRequest,
        calendar_feed_service_client::CalendarFeedServiceClient,
    },
};
use host::{Deps, Metrics, Rules, Stack, Tokens};
use icalendar::{Calendar, CalendarComponent as Entries, Component as _};
use identity::{Policies, PolicyFile, PolicyFiles, Role};
use storage::args;
use tonic::{Code, Status, transport::Channel};

use crate::{
    deadlines::three,
    world::{Authorized, ROADMAP, World, details, each_engine, refused},
};

const PARENT: &str = "partnerships/uz-kz";

fn feeds_as(world: &World, party: &str, role: Role) -> CalendarFeedServiceClient<Authorized> {
    CalendarFeedServiceClient::with_interceptor(world.channel(), world.bearer(party, role))
}

fn transport() -> CalendarFeed {
    CalendarFeed {
        body: "Transport".to_owned(),
        note: "The wall of room 12".to_owned(),
        ..CalendarFeed::default()
    }
}

async fn create(world: &World, feed: CalendarFeed) -> Result<CreateCalendarFeedResponse, Status> {
    let request = CreateCalendarFeedRequest {
        parent: PARENT.to_owned(),
        calendar_feed: Some(feed),
    };
    let mut feeds = feeds_as(world, "UZ", Role::Editor);
    let answer = feeds.create_calendar_feed(request).await;
    answer.map(tonic::Response::into_inner)
}

/// Makes a feed; returns its name and its secret.
async fn made(world: &World, feed: CalendarFeed) -> (String, String) {
    let answer = create(world, feed).await.unwrap();
    let (_, secret) = answer.secret_path.split_once("?secret=").unwrap();
    (answer.calendar_feed.unwrap().name, secret.to_owned())
}

/// Reads a feed by its secret over a connection, without a token.
async fn read_by(channel: Channel, secret: &str) -> Result<String, Status> {
    let request = ReadCalendarFeedRequest {
        secret: secret.to_owned(),
    };
    let answer = CalendarFeedServiceClient::new(channel)
        .read_calendar_feed(request)
        .await?;
    let body = answer.into_inner();
    assert_eq!(body.content_type, "text/calendar; charset=utf-8");
    Ok(String::from_utf8(body.data).unwrap())
}

async fn read(world: &World, secret: &str) -> Result<String, Status> {
    read_by(world.channel(), secret).await
}

async fn list(world: &World, party: &str, role: Role) -> Vec<CalendarFeed> {
    let request = ListCalendarFeedsRequest {
        parent: PARENT.to_owned(),
        ..ListCalendarFeedsRequest::default()
    };
    let answer = feeds_as(world, party, role)
        .list_calendar_feeds(request)
        .await;
    answer.unwrap().into_inner().calendar_feeds
}

async fn revoke(world: &World, party: &str, name: &str) -> Result<CalendarFeed, Status> {
    let request = RevokeCalendarFeedRequest {
        name: name.to_owned(),
    };
    let mut feeds = feeds_as(world, party, Role::Editor);
    let answer = feeds.revoke_calendar_feed(request).await;
    answer.map(tonic::Response::into_inner)
}

/// Checks that an address answers as one that never was.
fn is_none(answer: Result<impl Debug, Status>) {
    let found = details(&answer.unwrap_err());
    assert_eq!(found.code, Code::NotFound);
    assert_eq!(found.reason, "RESOURCE_NOT_FOUND");
    assert_eq!(found.metadata["resource"], "partnerships/-/calendarFeeds/-");
}

fn titles(text: &str) -> Vec<String> {
    let calendar: Calendar = text.parse().unwrap();
    let entries = calendar.components.iter();
    entries
        .filter_map(Entries::as_event)
        .map(|event| event.get_summary().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn whoever_has_the_address_reads_what_it_shows_and_nothing_else() {
    each_engine(async |world| {
        three(&world).await;
        let answer = create(&world, transport()).await.unwrap();
        let made = answer.calendar_feed.clone().unwrap();
        assert_eq!(
            (made.owner_party.as_str(), made.owner_agency.as_str()),
            ("UZ", "uz-economy")
        );
        assert_eq!(made.component(), CalendarComponent::Event);
        let (path, secret) = answer.secret_path.split_once("?secret=").unwrap();
        assert_eq!(path, "/roadmaps/v1/deadlines.ics");
        assert_eq!(secret.len(), 64);
        let text = read(&world, secret).await.unwrap();
        assert_eq!(titles(&text), ["bus", "bridge"]);
        assert_eq!(read(&world, secret).await.unwrap(), text);
        for wrong in [
            "",
            "x",
            &secret[1..],
            &secret.to_uppercase().replace('0', "O"),
            &made.name,
        ] {
            is_none(read(&world, wrong).await);
        }
        let of_one = CalendarFeed {
            filter: format!("roadmap = \"{ROADMAP}\""),
            open_only: true,
            component: CalendarComponent::Todo.into(),
            party: "KZ".to_owned(),
            ..CalendarFeed::default()
        };
        let (_, of_one) = self::made(&world, of_one).await;
        let text = read(&world, &of_one).await.unwrap();
        assert_eq!(text.matches("BEGIN:VTODO").count(), 1, "{text}");
        assert!(text.contains("SUMMARY;LANGUAGE=en:bridge"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_feed_goes_with_the_day_on_which_it_is_read() {
    each_engine(async |world| {
        three(&world).await;
        // The clock stands 59 days before the last day of both.
        let near = CalendarFeed {
            days_before: Some(0),
            days_after: Some(58),
            ..transport()
        };
        let (_, secret) = made(&world, near).await;
        let none: [&str; 0] = [];
        assert_eq!(titles(&read(&world, &secret).await.unwrap()), none);
        world.days_pass(1);
        let text = read(&world, &secret).await.unwrap();
        assert_eq!(titles(&text), ["bus", "bridge"]);
        world.days_pass(59);
        // What is overdue stays for as long as it is open.
        let text = read(&world, &secret).await.unwrap();
        assert_eq!(titles(&text), ["bus", "bridge"]);
        let bridge = format!("{ROADMAP}/measures/bridge");
        world.report("UZ", &bridge).await.unwrap();
        world.confirm("KZ", &bridge, 1).await.unwrap();
        let text = read(&world, &secret).await.unwrap();
        assert_eq!(titles(&text), ["bus"]);
    })
    .await;
}

#[tokio::test]
async fn an_address_stops_when_it_is_revoked_and_when_it_expires() {
    each_engine(async |world| {
        three(&world).await;
        let (name, secret) = made(&world, transport()).await;
        let (_, other) = made(&world, transport()).await;
        let revoked = revoke(&world, "UZ", &name).await.unwrap();
        assert!(revoked.revoke_time.is_some());
        is_none(read(&world, &secret).await);
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(revoke(&world, "UZ", &name).await.unwrap(), revoked);
        read(&world, &other).await.unwrap();
        world.days_pass(364);
        read(&world, &other).await.unwrap();
        world.days_pass(1);
        is_none(read(&world, &other).await);
        let listed = list(&world, "UZ", Role::Reader).await;
        let expired = listed.iter().find(|feed| feed.name != name).unwrap();
        assert_eq!(expired.revoke_time, None);
    })
    .await;
}

#[tokio::test]
async fn a_feed_is_its_partys() {
    each_engine(async |world| {
        three(&world).await;
        let (name, _) = made(&world, transport()).await;
        world.clock.advance(Duration::from_secs(1));
        let (newer, _) = made(&world, transport()).await;
        let names = |feeds: Vec<CalendarFeed>| -> Vec<String> {
            feeds.into_iter().map(|feed| feed.name).collect()
        };
        let listed = names(list(&world, "UZ", Role::Reader).await);
        assert_eq!(listed, [newer, name.clone()]);
        assert!(list(&world, "KZ", Role::Editor).await.is_empty());
        let found = details(&revoke(&world, "KZ", &name).await.unwrap_err());
        assert_eq!(found.reason, "RESOURCE_NOT_FOUND");
        let request = CreateCalendarFeedRequest {
            parent: PARENT.to_owned(),
            calendar_feed: Some(transport()),
        };
        let mut reader = feeds_as(&world, "UZ", Role::Reader);
        let answer = reader.create_calendar_feed(request).await;
        assert_eq!(answer.unwrap_err().code(), Code::PermissionDenied);
        let page = |page_token: &str| ListCalendarFeedsRequest {
            parent: PARENT.to_owned(),
            page_size: 1,
            page_token: page_token.to_owned(),
        };
        let mut uz = feeds_as(&world, "UZ", Role::Reader);
        let first = uz.list_calendar_feeds(page("")).await.unwrap().into_inner();
        let token = first.next_page_token.as_str();
        let next = uz.list_calendar_feeds(page(token)).await.unwrap();
        assert_eq!(names(next.into_inner().calendar_feeds), [name]);
        let mut kz = feeds_as(&world, "KZ", Role::Reader);
        assert!(kz.list_calendar_feeds(page(token)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_with_every_violation() {
    each_engine(async |world| {
        three(&world).await;
        let wrong = CalendarFeed {
            filter: "colour = red".to_owned(),
            language_code: "!".to_owned(),
            component: 7,
            note: "x".repeat(201),
            expire_time: Some(prost_types::Timestamp::default()),
            days_before: Some(-1),
            days_after: Some(3_651),
            ..CalendarFeed::default()
        };
        let found = details(&create(&world, wrong).await.unwrap_err());
        let fields: Vec<&str> = found.violations.iter().map(|one| one.0.as_str()).collect();
        let expected = [
            "note",
            "filter",
            "language_code",
            "component",
            "expire_time",
            "days_before",
            "days_after",
        ];
        assert_eq!(
            fields,
            expected.map(|field| format!("calendar_feed.{field}"))
        );
        let unknown = CalendarFeed {
            body: "Transprot".to_owned(),
            ..CalendarFeed::default()
        };
        let found = details(&create(&world, unknown).await.unwrap_err());
        let field = "calendar_feed.body".to_owned();
        assert_eq!(found.violations, [(field, "BODY_UNKNOWN".to_owned())]);
        let late = accord_proto::convert::from_timestamp("2024-05-03T09:00:00Z".parse().unwrap());
        let late = CalendarFeed {
            expire_time: Some(late),
            ..CalendarFeed::default()
        };
        assert_eq!(refused(create(&world, late).await), "VALUE_OUT_OF_RANGE");
    })
    .await;
}

#[tokio::test]
async fn a_party_has_no_more_than_a_thousand_that_answer() {
    each_engine(async |world| {
        three(&world).await;
        let copies: Result<(), storage::Error> = world
            .database
            .write(|tx| {
                Box::pin(async move {
                    for number in 0..1_000 {
                        let number = format!("{number:04}");
                        let text = "INSERT INTO calendar_feeds (uid, partnership, secret_sha256, note, body, party, filter, days_before, days_after, \
                            open_only, language, as_tasks, owner_party, owner_agency, owner_roles, created_us, expires_us) \
                            VALUES ($1, 'uz-kz', $1, '', '', '', '', 1, 1, FALSE, '', FALSE, 'UZ', 'a', 'editor', 0, $2)";
                        let expires = if number == "0999" { 1 } else { i64::MAX / 2 };
                        tx.execute(text, args![number, expires]).await?;
                    }
                    Ok(())
                })
            })
            .await;
        copies.unwrap();
        // One has expired, so that there is room for one.
        create(&world, transport()).await.unwrap();
        let found = details(&create(&world, transport()).await.unwrap_err());
        assert_eq!(found.reason, "CALENDAR_FEEDS_TOO_MANY");
        assert_eq!((found.metadata["party"].as_str(), found.metadata["limit"].as_str()), ("UZ", "1000"));
    })
    .await;
}

async fn entries(world: &World, party: &str) -> Vec<Entry> {
    let bearer = world.bearer(party, Role::Reader);
    let request = ListEntriesRequest {
        parent: "logs/roadmaps".to_owned(),
        page_size: 1_000,
        ..ListEntriesRequest::default()
    };
    let answer = LedgerServiceClient::with_interceptor(world.channel(), bearer)
        .list_entries(request)
        .await;
    answer.unwrap().into_inner().entries
}

#[tokio::test]
async fn the_secret_is_kept_nowhere_and_its_party_alone_reads_of_the_feed() {
    each_engine(async |world| {
        three(&world).await;
        let (name, secret) = made(&world, transport()).await;
        revoke(&world, "UZ", &name).await.unwrap();
        let of_feed = |entries: Vec<Entry>| -> Vec<Entry> {
            entries.into_iter().filter(|entry| entry.resource == name).collect()
        };
        let [made, revoked] = of_feed(entries(&world, "UZ").await).try_into().unwrap();
        assert_eq!(made.resource_type, "roadmaps.accord/CalendarFeed");
        assert!(!made.redacted && !revoked.redacted);
        assert!(!format!("{made:?}").contains(&secret));
        let others = of_feed(entries(&world, "KZ").await);
        assert!(others.iter().all(|entry| entry.redacted && entry.state.is_none()), "{others:?}");
        let kept: Result<Vec<(String, String)>, storage::Error> = world
            .database
            .read(|tx| {
                let text = "SELECT uid || note || body || filter || owner_roles, secret_sha256 FROM calendar_feeds";
                Box::pin(async move { tx.all(text, Vec::new()).await })
            })
            .await;
        let [(others, hash)] = kept.unwrap().try_into().unwrap();
        assert!(!others.contains(&secret) && hash != secret && hash.len() == 64);
    })
    .await;
}

/// The policies of the program, without the editors' right to read.
fn without_reading_editors() -> Rules {
    let mut files = PolicyFiles::shipped();
    files.policies.push(PolicyFile {
        name: "own.cedar".to_owned(),
        text: "@id(\"no-reading-editors\") @because(\"a test\") forbid (principal in Role::\"editor\", \
            action in Action::\"read\", resource is Register);"
            .to_owned(),
    });
    Rules::from(Policies::of(&files).unwrap())
}

#[tokio::test]
async fn a_feed_reads_no_more_than_the_policies_let_its_maker_read() {
    each_engine(async |world| {
        three(&world).await;
        let (_, secret) = made(&world, transport()).await;
        let tokens = Tokens::from(world.verifier());
        let stack = Stack::new(tokens, Metrics::new().unwrap(), world.clock.clone());
        let mut other =
            roadmaps::component_on(world.database.clone(), Deps::new(world.clock.clone()));
        other.on_stop = None;
        let other = host::in_process(other, &stack.rules(without_reading_editors()));
        is_none(read_by(other, &secret).await);
        read(&world, &secret).await.unwrap();
    })
    .await;
}
