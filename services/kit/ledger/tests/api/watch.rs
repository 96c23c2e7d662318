//! `WatchChanges`: what comes, in which order, and how it ends.

use std::time::Duration;

use accord_proto::ledger::v1::{
    Entry, WatchChangesRequest, WatchMode, watch_changes_response::Event,
};
use ledger::{
    ChangeKind::{Created, Deleted, Undeleted, Updated},
    Journal,
};
use storage::testing::{databases, each_engine};
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::{Following, MIGRATIONS, SCHEMA, add, client_of, journal, reason, watch};

fn changes_only() -> WatchChangesRequest {
    WatchChangesRequest {
        mode: WatchMode::ChangesOnly.into(),
        ..watch()
    }
}

/// The initial state, up to its end.
async fn initial_state(following: &mut Following) -> Vec<Entry> {
    let mut states = Vec::new();
    loop {
        match following.event().await.0 {
            Event::Entry(entry) => states.push(entry),
            Event::InitialStateDone(_) => return states,
            Event::Heartbeat(heartbeat) => panic!("{heartbeat:?}"),
        }
    }
}

fn resources(entries: &[Entry]) -> Vec<(&str, i64)> {
    entries
        .iter()
        .map(|entry| (entry.resource.as_str(), entry.sequence))
        .collect()
}

#[tokio::test]
async fn the_state_comes_first_and_then_each_change() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        for (name, kind) in [
            ("b", Created),
            ("a", Created),
            ("gone", Created),
            ("b", Updated),
            ("gone", Deleted),
            ("back", Created),
            ("back", Deleted),
            ("back", Undeleted),
        ] {
            add(&journal, name, kind).await;
        }
        let mut following = Following::start(&journal, watch()).await.unwrap();
        let states = initial_state(&mut following).await;
        assert_eq!(resources(&states), [("a", 2), ("b", 4), ("back", 8)]);
        add(&journal, "c", Created).await;
        add(&journal, "a", Deleted).await;
        let entries = [following.entry().await.0, following.entry().await.0];
        assert_eq!(resources(&entries), [("c", 9), ("a", 10)]);
    })
    .await;
}

#[tokio::test]
async fn more_resources_than_a_page_come_each_once() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        let names: Vec<String> = (0..230).map(|index| format!("boxes/{index:03}")).collect();
        for name in &names {
            add(&journal, name, Created).await;
        }
        let mut following = Following::start(&journal, watch()).await.unwrap();
        let states = initial_state(&mut following).await;
        let listed: Vec<&str> = states.iter().map(|entry| entry.resource.as_str()).collect();
        assert_eq!(listed, names);
    })
    .await;
}

#[tokio::test]
async fn changes_only_begins_with_a_heartbeat_and_has_nothing_old() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        add(&journal, "a", Created).await;
        let mut following = Following::start(&journal, changes_only()).await.unwrap();
        let (first, _) = following.event().await;
        assert!(matches!(first, Event::Heartbeat(heartbeat) if heartbeat.sequence == 1));
        add(&journal, "b", Created).await;
        assert_eq!(following.entry().await.0.sequence, 2);
    })
    .await;
}

#[tokio::test]
async fn a_watch_hears_only_of_what_it_asked_for() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        let below = WatchChangesRequest {
            resource_parent: "p/uz".to_owned(),
            kinds: vec![Updated.into(), Deleted.into()],
            resource_types: vec!["accord.ledger.v1.Actor".to_owned()],
            ..watch()
        };
        for name in ["p/uz", "p/uz-kz", "p/uz/d/x", "p/v", "p"] {
            add(&journal, name, Created).await;
        }
        let mut following = Following::start(&journal, below.clone()).await.unwrap();
        let states = initial_state(&mut following).await;
        assert_eq!(resources(&states), [("p/uz", 1), ("p/uz/d/x", 3)]);
        add(&journal, "p/uz/d/y", Created).await;
        add(&journal, "p/uz-kz/d/x", Updated).await;
        add(&journal, "p/uz/d/x", Updated).await;
        assert_eq!(following.entry().await.0.sequence, 8);
        let other_type = WatchChangesRequest {
            resource_types: vec!["documents.accord/Document".to_owned()],
            ..below
        };
        let mut following = Following::start(&journal, other_type).await.unwrap();
        assert!(initial_state(&mut following).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_idle_watch_gets_heartbeats_whose_token_moves_on() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database).with_heartbeat(Duration::from_millis(50));
        let elsewhere = WatchChangesRequest {
            resource_parent: "elsewhere".to_owned(),
            ..changes_only()
        };
        let mut following = Following::start(&journal, elsewhere).await.unwrap();
        following.event().await;
        add(&journal, "a", Created).await;
        loop {
            match following.event().await.0 {
                Event::Heartbeat(heartbeat) if heartbeat.sequence == 1 => break,
                Event::Heartbeat(heartbeat) => assert_eq!(heartbeat.sequence, 0),
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_by_another_replica_arrives() {
    for opened in databases(SCHEMA, &MIGRATIONS).await {
        let (here, reopened) = (journal(&opened.database), opened.reopen().await);
        let mut following = Following::start(&here, changes_only()).await.unwrap();
        following.event().await;
        add(&journal(&reopened), "a", Created).await;
        assert_eq!(following.entry().await.0.sequence, 1);
        reopened.close().await;
        opened.remove().await;
    }
}

#[tokio::test]
async fn a_stopping_process_ends_its_watches_with_a_token() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let stopping = CancellationToken::new();
        let stopped = journal(&database).with_stopping(stopping.clone());
        let mut following = Following::start(&stopped, changes_only()).await.unwrap();
        following.event().await;
        stopping.cancel();
        let (last, resume_token) = following.event().await;
        assert!(matches!(last, Event::Heartbeat(_)), "{last:?}");
        let ended = following.message().await.unwrap_err();
        assert_eq!(
            (ended.code(), reason(&ended).as_str()),
            (Code::Unavailable, "SERVER_STOPPING")
        );
        // The next process goes on from there.
        let next = journal(&database);
        add(&next, "a", Created).await;
        let resumed = WatchChangesRequest {
            resume_token,
            ..changes_only()
        };
        let mut following = Following::start(&next, resumed).await.unwrap();
        assert_eq!(following.entry().await.0.sequence, 1);
    })
    .await;
}

#[tokio::test]
async fn tokens_of_other_watches_and_of_the_future_are_refused() {
    for opened in databases(SCHEMA, &MIGRATIONS).await {
        let here = journal(&opened.database);
        add(&here, "a", Created).await;
        let mut following = Following::start(&here, changes_only()).await.unwrap();
        let (_, token) = following.event().await;
        for (request, expected) in [
            (
                WatchChangesRequest {
                    resource_parent: "a".to_owned(),
                    ..watch()
                },
                "RESUME_TOKEN_INVALID",
            ),
            (
                WatchChangesRequest {
                    kinds: vec![1],
                    ..watch()
                },
                "RESUME_TOKEN_INVALID",
            ),
        ] {
            let request = WatchChangesRequest {
                resume_token: token.clone(),
                ..request
            };
            assert_eq!(
                refusal(&here, request).await,
                (Code::InvalidArgument, expected.to_owned())
            );
        }
        // A database that was put back to before the token.
        for older in databases(SCHEMA, &MIGRATIONS).await {
            let request = WatchChangesRequest {
                resume_token: token.clone(),
                ..watch()
            };
            let expected = (Code::OutOfRange, "RESUME_TOKEN_OUT_OF_RANGE".to_owned());
            let restored = journal(&older.database);
            assert_eq!(refusal(&restored, request.clone()).await, expected);
            // It has grown past the token's number since, with other entries.
            for _ in 0..20 {
                add(&restored, "b", Created).await;
            }
            assert_eq!(refusal(&restored, request).await, expected);
            older.remove().await;
        }
        opened.remove().await;
    }
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        let parent = |parent: &str| WatchChangesRequest {
            parent: parent.to_owned(),
            ..watch()
        };
        let cases = [
            (parent(""), Code::InvalidArgument, "FIELD_REQUIRED"),
            (parent("logs/"), Code::InvalidArgument, "NAME_INVALID"),
            (parent("logs/weather"), Code::NotFound, "RESOURCE_NOT_FOUND"),
            (
                WatchChangesRequest {
                    kinds: vec![0],
                    ..watch()
                },
                Code::InvalidArgument,
                "FIELD_INVALID",
            ),
            // Too many are one violation, however wrong each is.
            (
                WatchChangesRequest {
                    kinds: vec![0; 10_000],
                    ..watch()
                },
                Code::InvalidArgument,
                "FIELD_INVALID",
            ),
            (
                WatchChangesRequest {
                    resource_types: vec![String::new(); 10_000],
                    ..watch()
                },
                Code::InvalidArgument,
                "FIELD_INVALID",
            ),
            (
                WatchChangesRequest { mode: 9, ..watch() },
                Code::InvalidArgument,
                "FIELD_INVALID",
            ),
            (
                WatchChangesRequest {
                    resource_parent: "p/".to_owned(),
                    ..watch()
                },
                Code::InvalidArgument,
                "NAME_INVALID",
            ),
            (
                WatchChangesRequest {
                    resume_token: "garbage".to_owned(),
                    mode: -1,
                    ..watch()
                },
                Code::InvalidArgument,
                "INVALID_FIELD_VALUES",
            ),
        ];
        for (request, code, expected) in cases {
            assert_eq!(
                refusal(&journal, request).await,
                (code, expected.to_owned())
            );
        }
        let refused = client_of(&journal, None)
            .watch_changes(watch())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated);
    })
    .await;
}

async fn refusal(journal: &Journal, request: WatchChangesRequest) -> (Code, String) {
    let refused = Following::start(journal, request)
        .await
        .err()
        .expect("must be refused");
    (refused.code(), reason(&refused))
}
