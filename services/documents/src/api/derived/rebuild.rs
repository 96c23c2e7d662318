//! What is derived and not up to date: at the start, documents of a database that an older version filled; later, those
//! that wait for a document which changed, where they are many.

use std::time::Duration;

use fault::Fault;
use identity::Caller;
use ledger::{Call, Journal, Stamp};
use storage::{Error, Tx};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{outline::catch_up as some_waiting, refresh};
use crate::{
    api::{Api, Mutation, documents::purge::itself, fault as faults},
    store::outline,
};

/// How long a reader waits for what is derived to be up to date.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(50);

/// Brings the derived rows of all documents up to date, some at a time, and returns how many there were.
/// It stops between two steps when `stopping` is cancelled; the next start goes on from there.
pub(crate) async fn bring_up_to_date(
    journal: &Journal,
    stopping: &CancellationToken,
) -> Result<u64, Fault> {
    let mut count = 0;
    while !stopping.is_cancelled() {
        let done = journal.mutate(call(&itself()), |tx, stamp| Box::pin(some(tx, stamp)));
        let done: u64 = done.await?;
        if done == 0 {
            break;
        }
        count += done;
        tracing::info!(count, "documents brought up to date");
    }
    Ok(count)
}

/// The log's lock keeps others from changing the documents meanwhile; nothing is entered in the log.
async fn some(tx: &mut Tx, stamp: Stamp) -> Mutation<u64> {
    let documents = outline::outdated(tx).await?;
    let names: Vec<_> = documents
        .iter()
        .map(|document| document.name.clone())
        .collect();
    if !names.is_empty() {
        refresh(tx, stamp.now, &names).await?;
        outline::settle(tx, &documents).await?;
    }
    Ok((names.len() as u64, Vec::new()))
}

fn call(caller: &Caller) -> Call {
    Call {
        method: "accord.documents.v1/BringUpToDate",
        request_id: None,
        payload: Vec::new(),
        validate_only: false,
        caller: caller.clone(),
    }
}

/// Brings some of the documents up to date that wait for one which changed; false if there are none. The log's lock
/// keeps others from changing them meanwhile.
pub(crate) async fn catch_up(api: &Api) -> Result<bool, Error> {
    let clock = api.clock.clone();
    api.database
        .write(move |tx| {
            let now = clock.now();
            Box::pin(async move {
                ledger::lock(tx).await?;
                some_waiting(tx, now).await
            })
        })
        .await
}

/// Whether all that is derived is up to date.
pub(crate) async fn is_settled(api: &Api) -> Result<bool, Error> {
    api.database
        .read(|tx| Box::pin(outline::is_settled(tx)))
        .await
}

/// Waits until all that is derived is up to date, for a list that would not be complete without.
pub(in crate::api) async fn settled(api: &Api) -> Result<(), Fault> {
    let begun = Instant::now();
    while !is_settled(api).await? {
        if begun.elapsed() > PATIENCE {
            return Err(faults::catching_up());
        }
        sleep(LOOK).await;
    }
    Ok(())
}
