//! The outline of documents: what they wait for, what is awaited of whom, and what comes to pass when.

use std::collections::BTreeSet;

use jiff::Timestamp;
use storage::{Error, Tx};

use crate::{
    api::documents::cases,
    domain::{
        Document, DocumentName,
        status::{MAX_CHAIN, calendar, pending},
    },
    store::{
        documents,
        outline::{self, Outline},
    },
};

/// How many waiting documents are read at once.
const BATCH: usize = 500;

/// How many documents are computed and written at once: each can have over a thousand events.
const AT_ONCE: usize = 100;

/// Computes the outline of the documents that changed, and of those that wait for the named ones,
/// directly or through others.
pub(super) async fn refresh(
    tx: &mut Tx,
    now: Timestamp,
    names: &[DocumentName],
    changed: Vec<Document>,
) -> Result<(), Error> {
    outline::replace_waits(tx, &changed).await?;
    let waiting = waiting_for(tx, names).await?;
    compute(tx, now, changed).await?;
    for some in waiting.chunks(BATCH) {
        let found = documents::get_many(tx, some).await?;
        compute(tx, now, found).await?;
    }
    Ok(())
}

/// Finds the documents that wait for the named ones, as far along the chain as a status follows it.
async fn waiting_for(tx: &mut Tx, names: &[DocumentName]) -> Result<Vec<DocumentName>, Error> {
    let mut seen: BTreeSet<DocumentName> = names.iter().cloned().collect();
    let mut waiting = Vec::new();
    let mut last = names.to_vec();
    for _ in 1..MAX_CHAIN {
        last = outline::waiting_for(tx, &last).await?;
        last.retain(|name| seen.insert(name.clone()));
        if last.is_empty() {
            break;
        }
        waiting.extend_from_slice(&last);
    }
    Ok(waiting)
}

/// Computes the outline of some documents, which have been read.
async fn compute(tx: &mut Tx, now: Timestamp, documents: Vec<Document>) -> Result<(), Error> {
    if documents.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = documents
        .iter()
        .map(|document| document.name.to_string())
        .collect();
    let cases = cases::load_around(tx, documents).await?;
    for some in names.chunks(AT_ONCE) {
        let outlines: Vec<_> = some
            .iter()
            .filter_map(|name| {
                Some(Outline {
                    document: &cases.get(name)?.document,
                    events: calendar::events(&cases, name),
                    debtors: pending::debtors(&cases, name, now),
                })
            })
            .collect();
        outline::replace(tx, &outlines).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
