//! What the caller of a request may read, and who may read what the log says of a change.

use fault::Fault;
use identity::Caller;
use ledger::Readers;

use super::fault as faults;
use crate::domain::{AccessLevel, Document, Reader};

/// Returns how far a caller may read: an operator everything, an editor every document of its party, a
/// reader those of its party that are not restricted, and everyone what is public.
pub(super) fn reader(caller: &Caller) -> Reader {
    Reader::of(caller)
}

/// Checks that the reader may read a document, and not only that it exists; else
/// `PERMISSION_DENIED`/`ACCESS_LEVEL_REQUIRED`.
///
/// To be asked before anything below the document is looked up, so that what is there and what is not
/// are answered alike.
pub(super) fn check(reader: &Reader, document: &Document) -> Result<(), Fault> {
    if reader.may_read(document) {
        Ok(())
    } else {
        let level = document.content.access_level;
        reader.note_denial(level, &document.content.parties);
        Err(faults::access_level_required(&document.name, level))
    }
}

/// Returns who may read the log's entries on a document and on its acts: those who may read the document.
pub(super) fn readers(document: &Document) -> Readers {
    readers_of(document, AccessLevel::Public)
}

/// Returns who may read the log's entries on something in a document that has a level of its own: the
/// stricter of both holds.
pub(super) fn readers_of(document: &Document, level: AccessLevel) -> Readers {
    let content = &document.content;
    Readers {
        level: content.access_level.stricter(level).clearance_level(),
        parties: content.parties.clone(),
    }
}
