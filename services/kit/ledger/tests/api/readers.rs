//! Who is told what of an entry: those who may not read the resource learn that there was a change.

use accord_proto::ledger::v1::{
    Actor, ChangeKind, Entry, ListEntriesRequest, ListEntriesResponse, WatchChangesRequest,
    WatchMode, watch_changes_response::Event,
};
use identity::{Caller, Level, Role};
use ledger::{Change, Journal, Readers};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use storage::Database;
use uuid::Uuid;

use crate::{MIGRATIONS, SCHEMA, call, caller, client_of, journal, watch};

const ID: &str = "4b4bdd1c-04b8-4b3b-9d1f-3d8f4f9d0a11";

/// Records a change of `name` that may be read at `level` by Uzbekistan and Kazakhstan.
async fn note(journal: &Journal, name: &'static str, level: Level, request_id: Option<Uuid>) {
    let call = call(request_id, name);
    let noted = journal.mutate(call, move |_, _| {
        Box::pin(async move {
            let answer = Actor {
                subject: format!("secret of {name}"),
                ..Actor::default()
            };
            let parties = vec!["UZ".to_owned(), "KZ".to_owned()];
            let change = Change::of(name, ChangeKind::Updated, &answer)
                .readable_by(Readers { level, parties });
            Ok((answer, vec![change]))
        })
    });
    noted.await.unwrap();
}

fn of(party: Option<&str>, role: Role) -> Caller {
    let party = party.map(ToOwned::to_owned);
    Caller::new("someone", "uz-stat", party, vec![role])
}

async fn list(journal: &Journal, caller: Caller, filter: &str) -> ListEntriesResponse {
    let request = ListEntriesRequest {
        parent: "logs/notes".to_owned(),
        filter: filter.to_owned(),
        ..ListEntriesRequest::default()
    };
    let answer = client_of(journal, Some(caller)).list_entries(request).await;
    answer.unwrap().into_inner()
}

fn redacted(entry: &Entry) -> Entry {
    Entry {
        redacted: true,
        method: String::new(),
        actor: None,
        request_id: String::new(),
        state: None,
        salt: Vec::new(),
        ..entry.clone()
    }
}

/// The hash of an entry's leaf, from what its message says.
fn hash(entry: &Entry) -> Vec<u8> {
    let leaf = Entry {
        name: String::new(),
        leaf_hash: Vec::new(),
        redacted: false,
        ..entry.clone()
    };
    let hash = Sha256::new().chain_update([0]);
    hash.chain_update(leaf.encode_to_vec()).finalize().to_vec()
}

/// Everything in an entry may be known to somebody or be guessed, such as a change of one word: but its salt.
#[tokio::test]
async fn what_a_redacted_entry_holds_cannot_be_tried_against_its_hash() {
    storage::testing::each_engine(SCHEMA, &MIGRATIONS, async |database: Database| {
        let journal = journal(&database);
        note(&journal, "a", Level::Restricted, None).await;
        note(&journal, "a", Level::Restricted, None).await;
        let read = list(&journal, of(None, Role::Operator), "").await.entries;
        let told = list(&journal, of(None, Role::Reader), "").await.entries;
        assert_eq!(read.len(), 2);
        for (read, told) in read.iter().zip(&told) {
            assert!(told.redacted && told.salt.is_empty());
            // Whoever may read it can check it.
            assert_eq!(read.salt.len(), 16);
            assert_eq!(hash(read), told.leaf_hash);
            let guess = Entry {
                salt: told.salt.clone(),
                ..read.clone()
            };
            assert_ne!(hash(&guess), told.leaf_hash);
        }
        assert_ne!(read[0].salt, read[1].salt);
    })
    .await;
}

/// The levels of three notes, and by which callers each is read.
#[tokio::test]
async fn an_entry_is_told_to_those_whom_its_level_names_and_redacted_to_others() {
    storage::testing::each_engine(SCHEMA, &MIGRATIONS, async |database: Database| {
        let journal = journal(&database);
        note(&journal, "a", Level::Public, None).await;
        note(&journal, "b", Level::Official, None).await;
        note(&journal, "c", Level::Restricted, None).await;
        let all = list(&journal, of(None, Role::Operator), "").await.entries;
        assert!(
            all.iter()
                .all(|entry| !entry.redacted && entry.state.is_some())
        );
        for (caller, read) in [
            (of(Some("UZ"), Role::Editor), [true, true, true]),
            (of(Some("KZ"), Role::Editor), [true, true, true]),
            (of(Some("KZ"), Role::Reader), [true, true, false]),
            (of(Some("KG"), Role::Editor), [true, false, false]),
            (of(None, Role::Reader), [true, false, false]),
        ] {
            let expected: Vec<_> = all
                .iter()
                .zip(read)
                .map(|(entry, read)| if read { entry.clone() } else { redacted(entry) })
                .collect();
            assert_eq!(list(&journal, caller, "").await.entries, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_filter_does_not_find_what_a_redacted_entry_does_not_tell() {
    storage::testing::each_engine(SCHEMA, &MIGRATIONS, async |database: Database| {
        let journal = journal(&database);
        note(&journal, "a", Level::Official, Some(ID.parse().unwrap())).await;
        let closed = [
            "actor.party = \"UZ\"".to_owned(),
            "NOT actor.party = \"KZ\"".to_owned(),
            format!("request_id = \"{ID}\""),
            "request_id:*".to_owned(),
            "sequence = 1 OR actor.party = \"KZ\"".to_owned(),
        ];
        for filter in &closed {
            let to_reader = list(&journal, of(Some("UZ"), Role::Reader), filter).await;
            assert_eq!(to_reader.entries.len(), 1, "{filter}");
            let to_other = list(&journal, of(Some("KG"), Role::Editor), filter).await;
            assert!(to_other.entries.is_empty(), "{filter}");
        }
        for filter in [
            "resource = \"a\"",
            "kind = CHANGE_KIND_UPDATED",
            "sequence = 1",
        ] {
            let to_other = list(&journal, of(Some("KG"), Role::Editor), filter).await;
            assert!(to_other.entries[0].redacted, "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_level_that_holds_is_the_one_at_the_time_of_the_change() {
    storage::testing::each_engine(SCHEMA, &MIGRATIONS, async |database: Database| {
        let journal = journal(&database);
        for level in [Level::Public, Level::Restricted, Level::Public] {
            note(&journal, "a", level, None).await;
        }
        let told = list(&journal, of(None, Role::Reader), "").await.entries;
        let told: Vec<_> = told.iter().map(|entry| entry.redacted).collect();
        assert_eq!(told, [false, true, false]);
    })
    .await;
}

#[tokio::test]
async fn a_watch_redacts_the_initial_state_and_the_changes() {
    storage::testing::each_engine(SCHEMA, &MIGRATIONS, async |database: Database| {
        let journal = journal(&database);
        note(&journal, "a", Level::Restricted, None).await;
        let request = WatchChangesRequest {
            mode: WatchMode::InitialStateThenChanges.into(),
            ..watch()
        };
        let mut client = client_of(&journal, Some(of(Some("UZ"), Role::Reader)));
        let mut stream = client.watch_changes(request).await.unwrap().into_inner();
        let mut entries = Vec::new();
        while entries.len() < 2 {
            let message = stream.message().await.unwrap().unwrap();
            match message.event.unwrap() {
                Event::Entry(entry) => entries.push(entry),
                Event::InitialStateDone(_) => note(&journal, "b", Level::Restricted, None).await,
                Event::Heartbeat(_) => {}
            }
        }
        let all = list(&journal, of(None, Role::Operator), "").await.entries;
        let expected: Vec<_> = all.iter().map(redacted).collect();
        assert_eq!(entries, expected);
    })
    .await;
}

/// How much each of eight notes weighs: they do not fit one message.
const HEAVY_BYTES: usize = 1 << 20;

#[tokio::test]
async fn a_page_of_heavy_entries_ends_before_it_outgrows_a_message() {
    storage::testing::each_engine(SCHEMA, &MIGRATIONS, async |database: Database| {
        let journal = journal(&database);
        for _ in 0..8 {
            let call = call(None, "heavy");
            let noted = journal.mutate(call, |_, _| {
                Box::pin(async {
                    let answer = Actor {
                        subject: "x".repeat(HEAVY_BYTES),
                        ..Actor::default()
                    };
                    let change = Change::of("heavy", ChangeKind::Updated, &answer);
                    Ok((Actor::default(), vec![change]))
                })
            });
            noted.await.unwrap();
        }
        let mut client = client_of(&journal, Some(caller("reader")));
        let mut request = ListEntriesRequest {
            parent: "logs/notes".to_owned(),
            page_size: 1_000,
            ..ListEntriesRequest::default()
        };
        let mut sequences = Vec::new();
        let mut pages = 0;
        loop {
            // The client takes messages of 4 MiB.
            let answer = client
                .list_entries(request.clone())
                .await
                .unwrap()
                .into_inner();
            sequences.extend(answer.entries.iter().map(|entry| entry.sequence));
            pages += 1;
            request.page_token = answer.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(sequences, (1..=8).collect::<Vec<_>>());
        assert_eq!(pages, 4);
    })
    .await;
}
