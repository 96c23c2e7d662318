//! Register entries as they stood at a moment, which only the log still knows.

use accord_proto::{convert as instants, documents::v1 as pb};
use jiff::Timestamp;
use prost::Message as _;
use storage::{Error, Tx};

use crate::{
    api::convert,
    domain::{Document, Reader, status::Standing},
};

/// Puts documents back to what they were before `limit`. Whoever may not read what a document was then is
/// told that it exists, even if it is open today.
pub(super) async fn before(
    tx: &mut Tx,
    documents: Vec<Document>,
    reader: &Reader,
    limit: Timestamp,
) -> Result<Vec<(Document, Standing)>, Error> {
    let names: Vec<_> = documents
        .iter()
        .map(|document| document.name.to_string())
        .collect();
    let mut states = ledger::states_before(tx, &names, limit).await?;
    let mut seen = Vec::with_capacity(documents.len());
    for (document, name) in documents.into_iter().zip(names) {
        let state = states.remove(&name);
        let then = state
            .map(|state| read(document.clone(), &name, &state.value))
            .transpose()?
            .flatten();
        seen.push(match then {
            None => (document, Standing::NotRegistered),
            Some(then) if !reader.may_read(&then) => (then, Standing::Hidden),
            Some(then) => (then, Standing::Open),
        });
    }
    Ok(seen)
}

/// Reads what the log kept of a document that is `current` today; nothing if it was another one of the same
/// name, purged since.
fn read(current: Document, name: &str, state: &[u8]) -> Result<Option<Document>, Error> {
    let corrupt = |error: String| Error::corrupt("ledger_entries", "leaf", name, error);
    let kept = pb::Document::decode(state).map_err(|error| corrupt(error.to_string()))?;
    if kept.uid != current.uid {
        return Ok(None);
    }
    let content = convert::document::recorded(&kept)
        .ok_or_else(|| corrupt("is not a whole document".to_owned()))?;
    let instant = |time: Option<prost_types::Timestamp>| {
        time.and_then(|time| instants::to_timestamp(&time).ok())
    };
    Ok(Some(Document {
        content,
        updated: instant(kept.update_time).unwrap_or(current.updated),
        deleted: instant(kept.delete_time),
        ..current
    }))
}
