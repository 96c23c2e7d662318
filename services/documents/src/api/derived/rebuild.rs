//! What is done at the start for documents whose derived rows must be written anew: those of a database
//! that an older version filled.

use fault::Fault;
use identity::Caller;
use ledger::{Call, Journal, Stamp};
use storage::Tx;
use tokio_util::sync::CancellationToken;

use super::refresh;
use crate::{
    api::{Mutation, documents::purge::itself},
    store::outline,
};

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
