//! The journal: the way every mutation of a service takes.

use std::{sync::Arc, time::Duration};

use accord_proto::ledger::v1::ledger_service_server::LedgerServiceServer;
use clock::Clock;
use fault::Fault;
use storage::{BoxFuture, Database, Tx};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{Call, Change, Stamp, api, store, tail::Tail};

/// After how long without news a watcher gets a heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The log of one service; clones share it.
#[derive(Clone, Debug)]
pub struct Journal {
    pub(crate) log: &'static str,
    pub(crate) database: Database,
    pub(crate) tail: Tail,
    pub(crate) stopping: CancellationToken,
    pub(crate) heartbeat: Duration,
    clock: Clock,
    /// One writer of this process at a time waits for the log's lock, or ten of them would hold ten
    /// connections for it, and readers none.
    turn: Arc<Semaphore>,
}

/// Why the transaction of a mutation was rolled back.
enum Stop<R> {
    Fault(Fault),
    /// Everything was checked, as the caller asked.
    Checked(R),
}

impl<R> From<storage::Error> for Stop<R> {
    fn from(error: storage::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl<R> From<Fault> for Stop<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Journal {
    /// Takes the log `logs/{log}`, kept in `database`, which has [`MIGRATIONS`](crate::MIGRATIONS).
    #[must_use]
    pub fn new(log: &'static str, database: Database, clock: Clock) -> Self {
        Self {
            log,
            database,
            tail: Tail::default(),
            stopping: CancellationToken::new(),
            heartbeat: HEARTBEAT,
            clock,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Ends the watches when `stopping` is cancelled, each with its resume token.
    #[must_use]
    pub fn with_stopping(mut self, stopping: CancellationToken) -> Self {
        self.stopping = stopping;
        self
    }

    /// Sends heartbeats to idle watches at this interval instead of every 15 seconds.
    #[must_use]
    pub fn with_heartbeat(mut self, interval: Duration) -> Self {
        self.heartbeat = interval;
        self
    }

    /// Runs one mutating call: takes the log's lock, runs `work`, appends an entry for each change,
    /// remembers the answer for 24 hours and commits.
    ///
    /// - A call whose `request_id` this caller has used before gets the first answer again and
    ///   changes nothing; if it asks for something else, it gets
    ///   `INVALID_ARGUMENT`/`REQUEST_ID_REUSED`.
    /// - With `validate_only`, `work` runs and is undone; its answer is returned and nothing kept.
    /// - A fault undoes everything and is not remembered: a retry runs again.
    ///
    /// Mutations of one service run one at a time, so `work` may read, check and write without locks
    /// of its own; it must not call `mutate` itself. It may run more than once (see [`Database::write`]).
    pub async fn mutate<R, F>(&self, call: Call, work: F) -> Result<R, Fault>
    where
        R: prost::Message + Default + Send + 'static,
        F: for<'t> Fn(&'t mut Tx, Stamp) -> BoxFuture<'t, Result<(R, Vec<Change>), Fault>>
            + Send
            + Sync
            + 'static,
    {
        // A caller that goes away while it waits here leaves nothing behind.
        let turn = Arc::clone(&self.turn)
            .acquire_owned()
            .await
            .map_err(|_| storage::Error::Unavailable)?;
        let clock = self.clock.clone();
        // The unit of work keeps its turn to its end, whatever becomes of this caller.
        let shared = Arc::new((call, work, turn));
        let outcome = self
            .database
            .write(move |tx| {
                let (clock, shared) = (clock.clone(), Arc::clone(&shared));
                Box::pin(async move { attempt(tx, &clock, &shared.0, &shared.1).await })
            })
            .await;
        match outcome {
            Ok((answer, head)) => {
                // A caller that is gone by now tells nobody; watchers then find out by polling.
                self.tail.advance(head);
                Ok(answer)
            }
            Err(Stop::Checked(answer)) => Ok(answer),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    /// Returns the answer that a retry of a known call gets, without the log's lock: for checks that lie
    /// outside the database and must not stand between a caller and the answer it was given before.
    /// [`Journal::mutate`] makes the same look-up again. Faults as it does for a reused request id.
    pub async fn answered<R>(&self, call: &Call) -> Result<Option<R>, Fault>
    where
        R: prost::Message + Default + Send + 'static,
    {
        if call.request_id.is_none() {
            return Ok(None);
        }
        let shared = Arc::new((call.clone(), self.clock.clone()));
        self.database
            .read(move |tx| {
                let shared = Arc::clone(&shared);
                Box::pin(async move {
                    let (call, clock) = &*shared;
                    replay(tx, call, &Stamp::after(0, clock)).await
                })
            })
            .await
    }

    /// Returns the gRPC service that reads this log.
    #[must_use]
    pub fn service(&self) -> LedgerServiceServer<api::Api> {
        LedgerServiceServer::new(api::Api::new(self.clone()))
    }
}

/// Takes the log's lock for the rest of a unit of work that appends nothing: work beside the calls, such as on what is
/// derived, which must see what the mutations before it wrote and be seen by the next. Take it before anything is read.
pub async fn lock(tx: &mut Tx) -> Result<(), storage::Error> {
    store::head::lock(tx).await.map(drop)
}

/// Returns the sequence number of the newest entry: as long as it is the same, no call has changed anything.
pub async fn newest(tx: &mut Tx) -> Result<i64, storage::Error> {
    store::head::read(tx).await
}

/// One run of a mutation; returns the answer and the newest sequence number.
async fn attempt<R, F>(
    tx: &mut Tx,
    clock: &Clock,
    call: &Call,
    work: &F,
) -> Result<(R, i64), Stop<R>>
where
    R: prost::Message + Default,
    F: for<'t> Fn(&'t mut Tx, Stamp) -> BoxFuture<'t, Result<(R, Vec<Change>), Fault>>,
{
    let head = store::head::lock(tx).await?;
    let stamp = Stamp::after(head.record_time_us, clock);
    if let Some(answer) = replay(tx, call, &stamp).await? {
        return Ok((answer, head.sequence));
    }
    let (answer, changes) = work(tx, stamp.clone()).await?;
    if call.validate_only {
        return Err(Stop::Checked(answer));
    }
    let head = store::entries::append(tx, head.sequence, &stamp, call, changes).await?;
    store::requests::remember(tx, call, &stamp, &answer).await?;
    store::requests::forget_expired(tx, &stamp).await?;
    Ok((answer, head))
}

/// The answer that this call was given before.
async fn replay<R>(tx: &mut Tx, call: &Call, stamp: &Stamp) -> Result<Option<R>, Fault>
where
    R: prost::Message + Default,
{
    let Some(known) = store::requests::find(tx, call, stamp).await? else {
        return Ok(None);
    };
    if known.digest != call.digest() {
        return Err(Fault::invalid_field(
            "request_id",
            "REQUEST_ID_REUSED",
            "was used within 24 hours for another request",
        )
        .with_metadata("request_id", call.request_id_text()));
    }
    R::decode(known.answer.as_slice())
        .map(Some)
        .map_err(|error| {
            let row = call.request_id_text();
            storage::Error::corrupt("ledger_requests", "answer", row, error).into()
        })
}
