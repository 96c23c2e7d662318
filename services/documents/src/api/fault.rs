//! What the failures of this service mean to a caller.

use aip::etag::EtagMismatch;
use fault::Fault;
use storage::Error;
use tonic::Code;

use crate::{
    domain::{AccessLevel, ActName, DocumentName, PartnershipName, foreign::Peer},
    store::fields,
};

/// The type of partnerships in errors.
const PARTNERSHIP: &str = "documents.accord/Partnership";
/// The type of documents in errors.
const DOCUMENT: &str = "documents.accord/Document";
/// The type of acts in errors.
const ACT: &str = "documents.accord/Act";

/// `NOT_FOUND` for a partnership.
pub(super) fn no_partnership(name: &PartnershipName) -> Fault {
    Fault::not_found(PARTNERSHIP, &name.to_string())
}

/// `NOT_FOUND` for a document.
pub(super) fn no_document(name: &DocumentName) -> Fault {
    Fault::not_found(DOCUMENT, &name.to_string())
}

/// `NOT_FOUND` for an act.
pub(super) fn no_act(name: &ActName) -> Fault {
    Fault::not_found(ACT, &name.to_string())
}

/// `ALREADY_EXISTS` for a partnership that could not be inserted.
pub(super) fn insert_partnership(error: Error, name: &PartnershipName) -> Fault {
    on_conflict(error, || {
        Fault::already_exists(PARTNERSHIP, &name.to_string())
    })
}

/// `ALREADY_EXISTS` for a document.
pub(super) fn document_exists(name: &DocumentName) -> Fault {
    Fault::already_exists(DOCUMENT, &name.to_string())
}

/// `ALREADY_EXISTS` for an act.
pub(super) fn act_exists(name: &ActName) -> Fault {
    Fault::already_exists(ACT, &name.to_string())
}

fn on_conflict(error: Error, exists: impl FnOnce() -> Fault) -> Fault {
    match error {
        Error::Conflict => exists(),
        Error::NotFound
        | Error::Reference
        | Error::Check
        | Error::Busy
        | Error::Unavailable
        | Error::Corrupt { .. }
        | Error::Engine(_) => error.into(),
    }
}

/// `ABORTED` for a stale etag.
pub(super) fn stale(name: &impl ToString, mismatch: &EtagMismatch) -> Fault {
    Fault::etag_mismatch(&name.to_string(), &mismatch.given, &mismatch.current)
}

/// `INTERNAL` for a row that changed although the log's lock was held.
pub(super) fn changed_meanwhile(name: &impl ToString) -> Fault {
    Fault::internal(format!("{} changed within one mutation", name.to_string()))
}

/// `ALREADY_EXISTS` for an item number that another document has.
pub(super) fn item_number_taken(item_number: i32, holder: &DocumentName) -> Fault {
    let message = format!("item number {item_number} belongs to {holder}");
    Fault::new(Code::AlreadyExists, "ITEM_NUMBER_TAKEN", message)
        .with_metadata("item_number", item_number.to_string())
        .with_metadata("taken_by", holder.to_string())
}

/// `FAILED_PRECONDITION` for a change of a deleted document.
pub(super) fn document_deleted(name: &DocumentName) -> Fault {
    precondition(
        "DOCUMENT_DELETED",
        name.to_string(),
        "is deleted; undelete it first",
    )
}

/// `FAILED_PRECONDITION` for an undeletion of a document that is not deleted.
pub(super) fn document_not_deleted(name: &DocumentName) -> Fault {
    precondition("DOCUMENT_NOT_DELETED", name.to_string(), "is not deleted")
}

/// `FAILED_PRECONDITION` for a second retraction.
pub(super) fn act_retracted(name: &ActName) -> Fault {
    precondition("ACT_RETRACTED", name.to_string(), "is retracted already")
}

/// `FAILED_PRECONDITION` for taking out a party that others depend on.
pub(super) fn party_in_use(name: &impl ToString, party: &str, users: &str) -> Fault {
    let what = format!("cannot lose its party {party}, which has {users}");
    precondition("PARTY_IN_USE", name.to_string(), &what).with_metadata("party", party)
}

/// `PERMISSION_DENIED` for a caller below the access level of a document or of something in it; `resource` is
/// the name of what may not be read.
pub(super) fn access_level_required(resource: &impl ToString, level: AccessLevel) -> Fault {
    let level = fields::access_level(level);
    let resource = resource.to_string();
    let message = format!("{resource} is {level}, which the caller may not read");
    Fault::permission_denied("ACCESS_LEVEL_REQUIRED", message)
        .with_metadata("resource", resource)
        .with_metadata("access_level", level)
}

/// `FAILED_PRECONDITION` for a document that is not deleted because others refer to it: the first names of those
/// that the caller may read, and how many these are; none where there are others only.
pub(super) fn document_referenced(name: &DocumentName, referrers: &[String], count: &str) -> Fault {
    let others = if referrers.is_empty() {
        "documents that the caller may not read;".to_owned()
    } else {
        format!("{count} others; delete their references first, or")
    };
    let what = format!("is referred to by {others} set force to delete it all the same");
    precondition("DOCUMENT_REFERENCED", name.to_string(), &what)
        .with_metadata("referrers", referrers.join(" "))
        .with_metadata("referrer_count", count)
}

/// `FAILED_PRECONDITION` for the name of a removed document that others refer to still: which, is not told.
pub(super) fn name_referred_to(name: &DocumentName) -> Fault {
    let what = "was the name of a removed document, to which others refer still; choose another id, or take those references out";
    precondition("NAME_REFERRED_TO", name.to_string(), what)
}

/// `FAILED_PRECONDITION` for relations that would make a cycle; `cycle` begins and ends with the same document.
pub(super) fn relation_cycle(kind: &'static str, cycle: &[DocumentName]) -> Fault {
    let names = |between: &str| {
        let names: Vec<_> = cycle.iter().map(ToString::to_string).collect();
        names.join(between)
    };
    let way = names(" → ");
    let first = cycle.first().map(ToString::to_string).unwrap_or_default();
    Fault::failed_precondition(
        "RELATION_CYCLE",
        format!("{kind} would go in a circle: {way}"),
    )
    .with_metadata("kind", kind)
    .with_metadata("cycle", names(" "))
    .with_precondition("RELATION_CYCLE", first, format!("{kind}: {way}"))
}

/// `FAILED_PRECONDITION` for relations of `changed` that would make a cycle through something that the caller may not
/// read: neither what is on it nor how long it is.
pub(super) fn hidden_relation_cycle(kind: &'static str, changed: &DocumentName) -> Fault {
    let what = "would go in a circle through what the caller may not read";
    Fault::failed_precondition("RELATION_CYCLE", format!("{kind} of {changed} {what}"))
        .with_metadata("kind", kind)
        .with_metadata("cycle", "")
        .with_precondition(
            "RELATION_CYCLE",
            changed.to_string(),
            format!("{kind} {what}"),
        )
}

/// `FAILED_PRECONDITION` for relations of which it cannot be told whether they make a cycle: too many
/// documents hang together by them.
pub(super) fn relation_chain_too_long(kind: &'static str, limit: usize) -> Fault {
    let message = format!(
        "more than {limit} documents hang together by {kind}: whether this makes a cycle is not checked that far, so it is refused"
    );
    Fault::failed_precondition("RELATION_CHAIN_TOO_LONG", message)
        .with_metadata("kind", kind)
        .with_metadata("limit", limit.to_string())
}

/// `FAILED_PRECONDITION` for a reference to a resource of a service whose address is not set.
pub(super) fn peer_not_configured(peer: Peer, name: &str) -> Fault {
    let what = format!(
        "whether there is {name} cannot be asked: start this service with --peer {peer}=URL (ACCORD_PEER)"
    );
    Fault::failed_precondition("PEER_NOT_CONFIGURED", what.as_str())
        .with_metadata("service", peer.name())
        .with_metadata("resource", name)
        .with_precondition("PEER_NOT_CONFIGURED", peer.name(), what)
}

/// `UNAVAILABLE` for a reference to a resource of a service that does not say whether there is such; `code` is
/// what it answered, or what became of the call.
pub(super) fn peer_unavailable(peer: Peer, name: &str, code: Code) -> Fault {
    let cause = code.description();
    let message = format!(
        "the service {peer} does not say whether there is {name} ({cause}); nothing was stored, try again"
    );
    Fault::unavailable("PEER_UNAVAILABLE", message)
        .with_metadata("service", peer.name())
        .with_metadata("resource", name)
}

/// `UNAVAILABLE` while documents that wait for a changed one are brought up to date.
pub(super) fn catching_up() -> Fault {
    Fault::unavailable(
        "CATCHING_UP",
        "documents that wait for one which changed are being brought up to date",
    )
}

fn precondition(reason: &'static str, resource: String, what: &str) -> Fault {
    Fault::failed_precondition(reason, format!("{resource} {what}"))
        .with_metadata("resource", resource.as_str())
        .with_precondition(reason, resource, what)
}
