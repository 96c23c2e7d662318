//! From any token, a watch goes on without missing or repeating anything.

use accord_proto::ledger::v1::{
    ChangeKind, WatchChangesRequest, WatchChangesResponse, watch_changes_response::Event,
};
use ledger::Journal;
use proptest::{
    prelude::{Strategy, prop},
    test_runner::{Config, TestRunner},
};
use storage::testing::databases;

use crate::{Following, MIGRATIONS, SCHEMA, add, journal, watch};

const NAMES: [&str; 5] = ["p/a", "p/b", "p/a/x", "q", "p/a-b"];

/// Changes, each the index of a name and a kind.
type Changes = Vec<(usize, i32)>;

/// Changes before the watch begins, and while it runs.
fn histories() -> impl Strategy<Value = (Changes, Changes)> {
    let change = || (0..NAMES.len(), 1..=5_i32);
    (
        prop::collection::vec(change(), 0..12),
        prop::collection::vec(change(), 1..12),
    )
}

async fn make(journal: &Journal, changes: &[(usize, i32)]) {
    for (name, kind) in changes {
        let kind = ChangeKind::try_from(*kind).unwrap();
        add(journal, NAMES[*name], kind).await;
    }
}

/// All messages of a watch from its beginning or a token, up to the mark that ends the log.
async fn messages(
    journal: &Journal,
    request: &WatchChangesRequest,
    resume_token: &str,
) -> Vec<WatchChangesResponse> {
    let request = WatchChangesRequest {
        resume_token: resume_token.to_owned(),
        ..request.clone()
    };
    let mut following = Following::start(journal, request).await.unwrap();
    let mut all = Vec::new();
    loop {
        let message = following.message().await.unwrap().unwrap();
        match &message.event {
            Some(Event::Heartbeat(_)) => {}
            Some(Event::Entry(entry)) if entry.resource == "p/a/mark" => return all,
            _ => all.push(message),
        }
    }
}

/// A watch that has its first message while only part of the log is there, then the rest.
async fn check(journal: &Journal, request: WatchChangesRequest, later: &[(usize, i32)]) {
    let mut following = Following::start(journal, request.clone()).await.unwrap();
    let first = following.message().await.unwrap().unwrap();
    make(journal, later).await;
    // Of kind UPDATED, which every request here wants.
    add(journal, "p/a/mark", ChangeKind::Updated).await;
    let mut whole = vec![first];
    loop {
        let message = following.message().await.unwrap().unwrap();
        match &message.event {
            Some(Event::Entry(entry)) if entry.resource == "p/a/mark" => break,
            Some(Event::Heartbeat(_)) => {}
            _ => whole.push(message),
        }
    }
    let sequences: Vec<i64> = whole
        .iter()
        .skip_while(|message| !matches!(message.event, Some(Event::InitialStateDone(_))))
        .filter_map(|message| match &message.event {
            Some(Event::Entry(entry)) => Some(entry.sequence),
            _ => None,
        })
        .collect();
    assert!(
        sequences.is_sorted_by(|before, after| before < after),
        "{sequences:?}"
    );
    for (index, message) in whole.iter().enumerate() {
        let rest = messages(journal, &request, &message.resume_token).await;
        assert_eq!(rest, whole[index + 1..], "after message {index}");
    }
}

#[test]
fn a_resumed_watch_is_the_rest_of_the_whole_one() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    };
    let tested = TestRunner::new(config).run(&histories(), |(before, later)| {
        runtime.block_on(async {
            for opened in databases(SCHEMA, &MIGRATIONS).await {
                let journal = journal(&opened.database);
                make(&journal, &before).await;
                check(&journal, watch(), &later).await;
                let below = WatchChangesRequest {
                    resource_parent: "p/a".to_owned(),
                    kinds: vec![ChangeKind::Updated.into(), ChangeKind::Deleted.into()],
                    ..watch()
                };
                // The mark of the first check is deleted, so that the second has its own.
                add(&journal, "p/a/mark", ChangeKind::Deleted).await;
                check(&journal, below, &later).await;
                opened.remove().await;
            }
        });
        Ok(())
    });
    tested.unwrap();
}
