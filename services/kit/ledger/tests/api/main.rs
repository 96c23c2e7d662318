//! The promises of the ledger, kept on both engines: through `Journal` for those who write, through
//! the public contract for those who read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod concurrency;
mod list;
mod mutate;
mod past;
mod readers;
mod resume;
mod watch;

use std::time::Duration;

use accord_proto::{
    google::rpc::{ErrorInfo, Status as RichStatus},
    ledger::v1::{
        Actor, Entry, WatchChangesRequest, WatchChangesResponse,
        ledger_service_client::LedgerServiceClient, watch_changes_response::Event,
    },
};
use clock::Clock;
use fault::Fault;
use identity::{Caller, Role};
use ledger::{Call, Change, ChangeKind, Journal};
use prost::Message as _;
use storage::{Database, Migrations, Step};
use tonic::{
    Request, Status, Streaming,
    service::{Interceptor, Routes, interceptor::InterceptedService},
};
use uuid::Uuid;

/// What a service would have beside the ledger.
static NOTES: Migrations = Migrations {
    component: "notes",
    steps: &[Step {
        version: 1,
        name: "init",
        sqlite: "CREATE TABLE notes (name TEXT PRIMARY KEY, runs INTEGER NOT NULL) STRICT",
        postgres: "CREATE TABLE notes (name TEXT COLLATE \"C\" PRIMARY KEY, runs BIGINT NOT NULL)",
    }],
};

pub(crate) const SCHEMA: &str = "notes";
pub(crate) static MIGRATIONS: [&Migrations; 2] = [&ledger::MIGRATIONS, &NOTES];

/// Long enough for a loaded machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn clock() -> Clock {
    Clock::fixed(jiff::Timestamp::from_second(1_700_000_000).unwrap())
}

pub(crate) fn journal(database: &Database) -> Journal {
    Journal::new("notes", database.clone(), clock())
}

pub(crate) fn caller(subject: &str) -> Caller {
    let party = Some("UZ".to_owned());
    Caller::new(subject, "uz-stat", party, vec![Role::Editor])
}

/// A call of the one method of this test's service.
pub(crate) fn call(request_id: Option<Uuid>, payload: &str) -> Call {
    Call {
        method: "notes.v1.Notes/Note",
        request_id,
        payload: payload.as_bytes().to_vec(),
        validate_only: false,
        caller: caller("ana"),
    }
}

/// Does what that method does: counts in a table of its own how often `name` was noted, and tells the
/// ledger. The answer has that count.
pub(crate) async fn note(
    journal: &Journal,
    call: Call,
    name: &str,
    kind: ChangeKind,
) -> Result<Actor, Fault> {
    const COUNT: &str = "INSERT INTO notes (name, runs) VALUES ($1, 1) \
        ON CONFLICT (name) DO UPDATE SET runs = notes.runs + 1 RETURNING runs";
    let name = name.to_owned();
    journal
        .mutate(call, move |tx, _| {
            let name = name.clone();
            Box::pin(async move {
                let (runs,): (i64,) = tx.one(COUNT, storage::args![name.clone()]).await?;
                let answer = Actor {
                    subject: runs.to_string(),
                    ..Actor::default()
                };
                let change = Change::of(name, kind, &answer);
                Ok((answer, vec![change]))
            })
        })
        .await
}

/// Notes `name` once, without a request id.
pub(crate) async fn add(journal: &Journal, name: &str, kind: ChangeKind) {
    note(journal, call(None, name), name, kind).await.unwrap();
}

/// Counts the rows of a table.
pub(crate) async fn count(database: &Database, table: &str) -> i64 {
    let sql = storage::Sql::new(format!("SELECT count(*) FROM {table}"));
    let counted: Result<(i64,), storage::Error> = database
        .read(move |tx| {
            let sql = sql.clone();
            Box::pin(async move { tx.one(sql, vec![]).await })
        })
        .await;
    counted.unwrap().0
}

/// Puts the caller where the host's authentication would.
#[derive(Clone)]
pub(crate) struct Identify(Option<Caller>);

impl Interceptor for Identify {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(caller) = self.0.clone() {
            request.extensions_mut().insert(caller);
        }
        Ok(request)
    }
}

pub(crate) type Client = LedgerServiceClient<InterceptedService<Routes, Identify>>;

pub(crate) fn client_of(journal: &Journal, caller: Option<Caller>) -> Client {
    LedgerServiceClient::with_interceptor(Routes::new(journal.service()), Identify(caller))
}

pub(crate) fn client(journal: &Journal) -> Client {
    client_of(journal, Some(caller("reader")))
}

/// The reason in a status's `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> String {
    let rich = RichStatus::decode(status.details()).unwrap();
    let info = rich
        .details
        .iter()
        .find(|any| any.type_url.ends_with("google.rpc.ErrorInfo"))
        .unwrap();
    let info = ErrorInfo::decode(info.value.as_slice()).unwrap();
    assert!(
        info.domain == ledger::DOMAIN || info.domain == "accord",
        "{}",
        info.domain
    );
    info.reason
}

/// A watch, as a client follows it.
pub(crate) struct Following(Streaming<WatchChangesResponse>);

impl Following {
    pub(crate) async fn start(
        journal: &Journal,
        request: WatchChangesRequest,
    ) -> Result<Self, Status> {
        let stream = client(journal).watch_changes(request).await?;
        Ok(Self(stream.into_inner()))
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Result<Option<WatchChangesResponse>, Status> {
        tokio::time::timeout(PATIENCE, self.0.message())
            .await
            .expect("a message in time")
    }

    /// The next event and its token.
    pub(crate) async fn event(&mut self) -> (Event, String) {
        let message = self.message().await.unwrap().expect("the stream goes on");
        assert!(!message.resume_token.is_empty());
        (
            message.event.expect("every message has an event"),
            message.resume_token,
        )
    }

    /// The next entry and its token, past heartbeats.
    pub(crate) async fn entry(&mut self) -> (Entry, String) {
        loop {
            match self.event().await {
                (Event::Entry(entry), token) => return (entry, token),
                (Event::Heartbeat(_), _) => {}
                (other, _) => panic!("{other:?} instead of an entry"),
            }
        }
    }
}

pub(crate) fn watch() -> WatchChangesRequest {
    WatchChangesRequest {
        parent: "logs/notes".to_owned(),
        ..WatchChangesRequest::default()
    }
}
