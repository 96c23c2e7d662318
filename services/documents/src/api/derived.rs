//! What the register computes from documents and acts and keeps, so that lists and searches go by index.
//!
//! Every mutation calls this in its transaction, after its writes: [`insert`] where documents were made, [`refresh`]
//! where they changed, [`refresh_after_acts`] where only acts did. Each part is kept by the module that reads it.

mod outline;
mod rebuild;

use jiff::Timestamp;
use storage::{Error, Tx};

pub(super) use rebuild::settled;
pub(crate) use rebuild::{bring_up_to_date, catch_up, is_settled};

use crate::{
    domain::{Document, DocumentName},
    store::{documents, relations, search},
};

/// Writes what is derived from documents that were just made, and brings what is derived from those that wait for
/// them up to date.
pub(super) async fn insert(tx: &mut Tx, now: Timestamp, new: &[Document]) -> Result<(), Error> {
    relations::insert(tx, new).await?;
    search::insert(tx, new).await?;
    outline::insert(tx, now, new).await
}

/// Brings what is derived from the named documents up to date, and what is derived from those that wait
/// for them. Names of which there is no document are those of documents that were just removed.
pub(super) async fn refresh(
    tx: &mut Tx,
    now: Timestamp,
    names: &[DocumentName],
) -> Result<(), Error> {
    let changed = documents::get_many(tx, names).await?;
    parts(tx, &changed).await?;
    outline::refresh(tx, now, names, changed).await
}

/// Brings what is derived from the acts on these documents up to date.
pub(super) async fn refresh_after_acts(
    tx: &mut Tx,
    now: Timestamp,
    documents: Vec<Document>,
) -> Result<(), Error> {
    outline::refresh_after_acts(tx, now, documents).await
}

/// The parts that are derived from what editors say of the documents themselves; deleted ones are among
/// them.
async fn parts(tx: &mut Tx, changed: &[Document]) -> Result<(), Error> {
    relations::replace(tx, changed).await?;
    search::refresh(tx, changed).await
}
