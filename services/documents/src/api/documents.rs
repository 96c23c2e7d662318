//! The methods on documents, and the checks they share.

pub(super) mod batch_create;
pub(super) mod batch_get;
pub(super) mod calendar;
pub(in crate::api) mod cases;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod events;
pub(super) mod get;
pub(super) mod list;
pub(super) mod pending;
pub(super) mod purge;
pub(super) mod relations;
pub(super) mod search;
pub(super) mod sectors;
pub(super) mod status;
pub(super) mod statuses;
pub(super) mod undelete;
pub(super) mod update;

use std::{collections::BTreeSet, slice};

use accord_proto::documents::v1 as pb;
use aip::{Violations, etag};
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind};
use storage::Tx;

use super::{Mutation, authority, convert, derived, fault as faults};
use crate::{
    domain::{Content, Document, DocumentName, Partnership},
    store,
};

/// Reads a document that must exist, a deleted one too.
pub(super) async fn load(tx: &mut Tx, name: &DocumentName) -> Result<Document, Fault> {
    store::documents::get(tx, name)
        .await?
        .ok_or_else(|| faults::no_document(name))
}

/// Checks that the caller may change a document, and has seen its current revision.
fn check_change(document: &Document, caller: &Caller, given_etag: &str) -> Result<(), Fault> {
    authority::of_one_party(caller, &document.content.parties)?;
    etag::check(given_etag, &etag::of(&document.uid, document.revision))
        .map_err(|mismatch| faults::stale(&document.name, &mismatch))
}

/// Checks what only the register can tell: the parties are the partnership's, and every document that
/// is referred to exists.
async fn check_references(
    tx: &mut Tx,
    partnership: &Partnership,
    content: &Content,
) -> Result<(), Fault> {
    let mut violations = Violations::new();
    for (index, party) in content.parties.iter().enumerate() {
        if !partnership.profile.parties.contains(party) {
            let text = format!("{party} is not a party of {}", partnership.name);
            violations.push(format!("document.parties[{index}]"), "NOT_A_PARTY", text);
        }
    }
    let references = content.document_references();
    let names: Vec<_> = references.iter().map(|(_, name)| name.clone()).collect();
    let found = store::documents::get_many(tx, &names).await?;
    let found: BTreeSet<_> = found.into_iter().map(|document| document.name).collect();
    for (field, name) in references {
        if !found.contains(&name) {
            violations.push(field, "REFERENCE_NOT_FOUND", format!("there is no {name}"));
        }
    }
    Ok(violations.finish()?)
}

/// Checks that no other document has the item number.
async fn check_item_number(tx: &mut Tx, document: &Document) -> Result<(), Fault> {
    let Some(item_number) = document.content.item_number else {
        return Ok(());
    };
    let parent = document.name.parent();
    match store::documents::item_number_holder(tx, &parent, item_number).await? {
        Some(holder) if holder != document.name.document => Err(faults::item_number_taken(
            item_number,
            &DocumentName::new(parent.partnership, holder),
        )),
        _ => Ok(()),
    }
}

/// Writes the next revision of a document and answers with it.
async fn replace(
    tx: &mut Tx,
    old: &Document,
    new: Document,
    kind: ChangeKind,
) -> Mutation<pb::Document> {
    if !store::documents::update_if(tx, old, &new).await? {
        return Err(faults::changed_meanwhile(&new.name));
    }
    derived::refresh(tx, new.updated, slice::from_ref(&new.name)).await?;
    Ok(done(&new, kind))
}

fn done(document: &Document, kind: ChangeKind) -> (pb::Document, Vec<Change>) {
    let message = convert::document::message(document);
    let change = Change::of(document.name.to_string(), kind, &message);
    (message, vec![change])
}
