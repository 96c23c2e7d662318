//! The outline of documents: what they wait for, what is awaited of whom, and what comes to pass when.

use std::collections::{BTreeMap, BTreeSet};

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
        outline::{self, Chain, Outline},
    },
};

/// How many waiting documents are read at once.
const BATCH: usize = 250;

/// How many waiting documents one mutation brings up to date at most, and the worker in one transaction: what a
/// batch of acts would take anyway.
const MOST_WAITING: usize = 500;

/// How many documents are computed and written at once: each can have over a thousand events.
const AT_ONCE: usize = 250;

/// What is kept of documents before their outline is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// They were just made.
    Nothing,
    /// What it was before the change.
    Something,
}

/// Computes the outline of the documents that changed, and of those that wait for the named ones,
/// directly or through others.
pub(super) async fn refresh(
    tx: &mut Tx,
    now: Timestamp,
    names: &[DocumentName],
    changed: Vec<Document>,
) -> Result<(), Error> {
    outline::replace_waits(tx, &changed).await?;
    compute(tx, now, changed, Kept::Something).await?;
    refresh_waiting(tx, now, names).await
}

/// Computes the outline of documents that were just made, and of those that waited for their names.
pub(super) async fn insert(tx: &mut Tx, now: Timestamp, new: &[Document]) -> Result<(), Error> {
    outline::insert_waits(tx, new).await?;
    compute(tx, now, new.to_vec(), Kept::Nothing).await?;
    refresh_waiting(tx, now, &names(new)).await
}

/// Computes the outline of documents on which acts were recorded, and of those that wait for them.
pub(super) async fn refresh_after_acts(
    tx: &mut Tx,
    now: Timestamp,
    changed: Vec<Document>,
) -> Result<(), Error> {
    let names = names(&changed);
    compute(tx, now, changed, Kept::Something).await?;
    refresh_waiting(tx, now, &names).await
}

fn names(documents: &[Document]) -> Vec<DocumentName> {
    let names = documents.iter().map(|document| document.name.clone());
    names.collect()
}

/// Computes the outline of documents that wait for the named ones, directly or through others: some of them at once, so
/// that one act holds the log's lock no longer than another. The others are left to the worker.
async fn refresh_waiting(tx: &mut Tx, now: Timestamp, names: &[DocumentName]) -> Result<(), Error> {
    let chains = names.iter().map(|name| Chain::of(name, 1)).collect();
    let left = follow(tx, now, chains).await?;
    outline::leave(tx, left).await
}

/// Computes the outline of some of the documents that were left, and returns whether there were any.
pub(super) async fn catch_up(tx: &mut Tx, now: Timestamp) -> Result<bool, Error> {
    let chains = outline::take(tx).await?;
    if chains.is_empty() {
        return Ok(false);
    }
    let left = follow(tx, now, chains).await?;
    outline::leave(tx, left).await?;
    Ok(true)
}

/// Follows chains as far as a status does, computes the outlines of at most [`MOST_WAITING`] documents, and returns what is
/// left of the chains.
async fn follow(tx: &mut Tx, now: Timestamp, mut chains: Vec<Chain>) -> Result<Vec<Chain>, Error> {
    let mut done = BTreeSet::new();
    let mut left = MOST_WAITING;
    while left > 0 && !chains.is_empty() {
        let found = outline::next_waiting(tx, &mut chains, left.min(BATCH)).await?;
        left -= found.len();
        let new: BTreeMap<_, _> = found
            .into_iter()
            .filter(|(uid, _)| done.insert(uid.clone()))
            .collect();
        let uids: Vec<_> = new.keys().map(String::as_str).collect();
        let documents = documents::by_uids(tx, &uids).await?;
        let further = documents.iter().filter_map(|document| {
            let depth = new.get(&document.uid)? + 1;
            (depth < MAX_CHAIN).then(|| Chain::of(&document.name, depth))
        });
        chains.extend(further);
        compute(tx, now, documents, Kept::Something).await?;
    }
    Ok(chains)
}

/// Computes the outline of some documents, which have been read.
async fn compute(
    tx: &mut Tx,
    now: Timestamp,
    documents: Vec<Document>,
    kept: Kept,
) -> Result<(), Error> {
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
        match kept {
            Kept::Nothing => outline::insert(tx, &outlines).await?,
            Kept::Something => outline::replace(tx, &outlines).await?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
