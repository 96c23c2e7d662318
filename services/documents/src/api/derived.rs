//! What the register computes from documents and acts and keeps, so that lists and searches go by index.
//!
//! Every mutation calls this in its transaction, after its writes: [`refresh`] where documents changed,
//! [`refresh_after_acts`] where only acts did. Each part is kept by the module that reads it.

mod outline;
mod rebuild;

use jiff::Timestamp;
use storage::{Error, Tx};

pub(crate) use rebuild::bring_up_to_date;

use crate::{
    domain::{Document, DocumentName},
    store::{documents, relations, search},
};

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

/// Brings what is derived from the acts on the named documents up to date.
pub(super) async fn refresh_after_acts(
    tx: &mut Tx,
    now: Timestamp,
    names: &[DocumentName],
) -> Result<(), Error> {
    let changed = documents::get_many(tx, names).await?;
    outline::refresh(tx, now, names, changed).await
}

/// The parts that are derived from what editors say of the documents themselves; deleted ones are among
/// them.
async fn parts(tx: &mut Tx, changed: &[Document]) -> Result<(), Error> {
    relations::replace(tx, changed).await?;
    search::refresh(tx, changed).await
}
