//! `ListEntries`.

use accord_proto::{
    google::rpc::{BadRequest, Status as RichStatus},
    ledger::v1::{ChangeKind, Entry, ListEntriesRequest},
};
use clock::Clock;
use ledger::{
    ChangeKind::{Created, Deleted, Updated},
    Journal,
};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use storage::testing::each_engine;
use tonic::Code;
use uuid::Uuid;

use crate::{MIGRATIONS, SCHEMA, add, call, client, client_of, journal, note, reason};

fn request() -> ListEntriesRequest {
    ListEntriesRequest {
        parent: "logs/notes".to_owned(),
        ..ListEntriesRequest::default()
    }
}

/// All pages of a request.
async fn pages(journal: &Journal, mut request: ListEntriesRequest) -> Vec<Entry> {
    let mut all = Vec::new();
    loop {
        let page = client(journal)
            .list_entries(request.clone())
            .await
            .unwrap()
            .into_inner();
        all.extend(page.entries);
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

fn sequences(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.sequence).collect()
}

#[tokio::test]
async fn an_entry_says_who_did_what_to_which_and_how_it_is_now() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let (journal, id) = (journal(&database), Uuid::new_v4());
        let answer = note(&journal, call(Some(id), "a"), "boxes/a", Created)
            .await
            .unwrap();
        let entries = pages(&journal, request()).await;
        let [entry] = entries.as_slice() else {
            panic!("{entries:?}")
        };
        assert_eq!(entry.name, "logs/notes/entries/1");
        assert_eq!(entry.sequence, 1);
        assert_eq!(entry.record_time.unwrap().seconds, 1_700_000_000);
        assert_eq!(entry.resource, "boxes/a");
        assert_eq!(entry.resource_type, "accord.ledger.v1.Actor");
        assert_eq!(entry.kind(), ChangeKind::Created);
        assert_eq!(entry.method, "notes.v1.Notes/Note");
        assert_eq!(entry.request_id, id.to_string());
        let actor = entry.actor.clone().unwrap();
        assert_eq!(
            (
                actor.subject.as_str(),
                actor.agency.as_str(),
                actor.party.as_str()
            ),
            ("ana", "uz-stat", "UZ")
        );
        assert_eq!(entry.state.clone().unwrap().value, answer.encode_to_vec());
        // What an independent checker does.
        let mut leaf = entry.clone();
        leaf.name.clear();
        leaf.leaf_hash.clear();
        let hash = Sha256::new()
            .chain_update([0])
            .chain_update(leaf.encode_to_vec());
        assert_eq!(entry.leaf_hash, hash.finalize().to_vec());
    })
    .await;
}

#[tokio::test]
async fn pages_of_any_size_and_both_orders_have_the_same_entries() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        for index in 0..60 {
            add(&journal, &format!("boxes/{}", index % 7), Updated).await;
        }
        let all: Vec<i64> = (1..=60).collect();
        for page_size in [0, 1, 5, 16, 53, 1_000] {
            for order_by in ["", "sequence", "sequence desc"] {
                let listed = pages(
                    &journal,
                    ListEntriesRequest {
                        page_size,
                        order_by: order_by.to_owned(),
                        ..request()
                    },
                )
                .await;
                let mut listed = sequences(&listed);
                if order_by.ends_with("desc") {
                    listed.reverse();
                }
                assert_eq!(listed, all, "{page_size} {order_by}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn filters_pick_by_each_documented_field() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let (journal, id) = (journal(&database), Uuid::new_v4());
        add(&journal, "boxes/a", Created).await;
        note(&journal, call(Some(id), "a"), "boxes/a", Updated)
            .await
            .unwrap();
        add(&journal, "boxes/b", Created).await;
        add(&journal, "boxes/a", Deleted).await;
        let by_id = format!("request_id = \"{id}\"");
        let cases: [(&str, &[i64]); 8] = [
            ("resource = \"boxes/a\"", &[1, 2, 4]),
            (
                "kind = CHANGE_KIND_CREATED OR kind = CHANGE_KIND_DELETED",
                &[1, 3, 4],
            ),
            ("sequence > 1 AND NOT sequence >= 4", &[2, 3]),
            (
                "actor.party = \"UZ\" AND resource_type = \"accord.ledger.v1.Actor\"",
                &[1, 2, 3, 4],
            ),
            ("actor.party = \"KZ\"", &[]),
            ("record_time >= \"2023-11-14T22:13:20Z\"", &[1, 2, 3, 4]),
            ("record_time > \"2023-11-14T22:13:20Z\"", &[]),
            (&by_id, &[2]),
        ];
        for (filter, expected) in cases {
            let filter = filter.to_owned();
            let listed = pages(
                &journal,
                ListEntriesRequest {
                    filter,
                    ..request()
                },
            )
            .await;
            assert_eq!(sequences(&listed), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn bad_input_gets_every_violation() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let refused = client(&journal(&database))
            .list_entries(ListEntriesRequest {
                parent: "lists/notes".to_owned(),
                page_size: -1,
                filter: "colour = 1".to_owned(),
                order_by: "resource".to_owned(),
                page_token: String::new(),
            })
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let rich = RichStatus::decode(refused.details()).unwrap();
        let bad = rich
            .details
            .iter()
            .find(|any| any.type_url.ends_with("BadRequest"))
            .map(|any| BadRequest::decode(any.value.as_slice()).unwrap())
            .unwrap();
        let fields: Vec<_> = bad
            .field_violations
            .iter()
            .map(|one| one.field.as_str())
            .collect();
        assert_eq!(fields, ["parent", "page_size", "filter", "order_by"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_works_only_with_its_own_request() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        for name in ["a", "b", "c"] {
            add(&journal, name, Created).await;
        }
        let one = ListEntriesRequest {
            page_size: 1,
            ..request()
        };
        let page = client(&journal)
            .list_entries(one.clone())
            .await
            .unwrap()
            .into_inner();
        let other = ListEntriesRequest {
            page_token: page.next_page_token,
            filter: "sequence > 0".to_owned(),
            ..one
        };
        let refused = client(&journal).list_entries(other).await.unwrap_err();
        assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
    })
    .await;
}

#[tokio::test]
async fn another_log_is_not_found_and_a_stranger_learns_nothing() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let journal = journal(&database);
        let other = ListEntriesRequest {
            parent: "logs/weather".to_owned(),
            ..request()
        };
        let refused = client(&journal).list_entries(other).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        let refused = client_of(&journal, None)
            .list_entries(request())
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Unauthenticated, "TOKEN_MISSING")
        );
    })
    .await;
}

#[tokio::test]
async fn record_times_never_run_against_the_sequence() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let at = |seconds| Clock::fixed(jiff::Timestamp::from_second(seconds).unwrap());
        for (name, seconds) in [("a", 2_000), ("b", 1_000), ("c", 3_000)] {
            // Replicas whose clocks differ.
            let replica = Journal::new("notes", database.clone(), at(seconds));
            add(&replica, name, Created).await;
        }
        let entries = pages(&journal(&database), request()).await;
        let seconds: Vec<i64> = entries
            .iter()
            .map(|entry| entry.record_time.unwrap().seconds)
            .collect();
        assert_eq!(seconds, [2_000, 2_000, 3_000]);
    })
    .await;
}
