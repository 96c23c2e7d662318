//! The methods on documents, and the checks they share.

pub(super) mod batch_create;
pub(super) mod batch_get;
pub(super) mod calendar;
pub(in crate::api) mod cases;
pub(super) mod create;
mod cycles;
pub(super) mod delete;
pub(super) mod events;
pub(super) mod get;
pub(super) mod list;
mod named;
pub(super) mod pending;
pub(super) mod purge;
pub(super) mod relations;
pub(super) mod search;
pub(super) mod sectors;
pub(super) mod status;
pub(super) mod statuses;
pub(super) mod undelete;
pub(super) mod update;

use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};

use accord_proto::documents::v1 as pb;
use aip::{Violations, etag};
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind};
use storage::Tx;

use super::{Mutation, access, authority, convert, derived, fault as faults, references::Missing};
use crate::{
    domain::{Content, Document, DocumentName, Partnership, PartnershipName},
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
    authority::of_document(caller, document)?;
    etag::check(given_etag, &etag::of(&document.uid, document.revision))
        .map_err(|mismatch| faults::stale(&document.name, &mismatch))
}

/// What is to be registered of one document.
#[derive(Clone, Copy, Debug)]
struct Proposed<'a> {
    /// Where the document stands in the request: empty, or such as `requests[3].`.
    at: &'a str,
    name: &'a DocumentName,
    content: &'a Content,
}

/// Checks what only the register can tell: the parties are the partnership's, and every document that
/// is referred to exists, stands before the one that refers to it, or was referred to already (`kept`). What
/// other services have said is missing is told with the rest.
async fn check_references(
    tx: &mut Tx,
    partnership: &Partnership,
    proposed: &[Proposed<'_>],
    missing: &Missing,
    kept: &BTreeSet<DocumentName>,
) -> Result<(), Fault> {
    let mut violations = Violations::new();
    let mut references = Vec::new();
    for one in proposed {
        for (index, party) in one.content.parties.iter().enumerate() {
            if !partnership.profile.parties.contains(party) {
                let text = format!("{party} is not a party of {}", partnership.name);
                let field = format!("{}document.parties[{index}]", one.at);
                violations.push(field, "NOT_A_PARTY", text);
            }
        }
        for (field, name) in one.content.foreign_references() {
            if missing.contains(name) {
                let (field, text) = (format!("{}{field}", one.at), format!("there is no {name}"));
                violations.push(field, "REFERENCE_NOT_FOUND", text);
            }
        }
        references.push(one.content.document_references());
    }
    let places: BTreeMap<_, _> = proposed.iter().map(|one| one.name).zip(0..).collect();
    let names: BTreeSet<_> = references
        .iter()
        .flatten()
        .map(|(_, name)| name.clone())
        .filter(|name| !kept.contains(name))
        .collect();
    let found = store::documents::existing(tx, names.into_iter().collect()).await?;
    for (index, (one, references)) in proposed.iter().zip(references).enumerate() {
        for (field, name) in references {
            let place = places.get(&name);
            let is_known = kept.contains(&name) || found.contains(&name);
            if is_known || place.is_some_and(|place| *place < index) {
                continue;
            }
            let text = match place {
                Some(_) => format!("{name} stands later in this batch"),
                None => format!("there is no {name}"),
            };
            violations.push(format!("{}{field}", one.at), "REFERENCE_NOT_FOUND", text);
        }
    }
    Ok(violations.finish()?)
}

/// Checks that no other document has one of the item numbers.
async fn check_item_numbers(
    tx: &mut Tx,
    parent: &PartnershipName,
    proposed: &[Proposed<'_>],
) -> Result<(), Fault> {
    let number = |one: &Proposed<'_>| Some((one.content.item_number?, one.name.clone()));
    let numbers: Vec<_> = proposed.iter().filter_map(number).collect();
    let wanted: Vec<_> = numbers.iter().map(|(number, _)| *number).collect();
    let holders = store::documents::item_number_holders(tx, parent, &wanted).await?;
    for (number, name) in numbers {
        match holders.get(&number) {
            Some(holder) if *holder != name.document => {
                let holder = DocumentName::new(name.partnership, holder.clone());
                return Err(faults::item_number_taken(number, &holder));
            }
            _ => {}
        }
    }
    Ok(())
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

impl<'a> From<&'a Document> for Proposed<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            at: "",
            name: &document.name,
            content: &document.content,
        }
    }
}

fn done(document: &Document, kind: ChangeKind) -> (pb::Document, Vec<Change>) {
    let message = convert::document::message(document);
    let change = Change::of(document.name.to_string(), kind, &message)
        .readable_by(access::readers(document));
    (message, vec![change])
}
