//! Who may change what belongs to several parties.

use fault::Fault;
use identity::Caller;

use super::access::reader;
use crate::domain::Document;

/// Checks that the caller is an editor of one of the document's parties; else `ROLE_REQUIRED` or
/// `PARTY_MISMATCH`, which names the parties to those who may read the document.
pub(super) fn of_document(caller: &Caller, document: &Document) -> Result<(), Fault> {
    let parties = &document.content.parties;
    if reader(caller).may_read(document) {
        return of_one_party(caller, parties);
    }
    caller.may_edit()?;
    let message = format!("only an agency of a party of {} may do this", document.name);
    Err(Fault::permission_denied("PARTY_MISMATCH", message)
        .with_metadata("resource", document.name.to_string())
        .with_metadata("agency", caller.agency.as_str()))
}

/// Checks that the caller is an editor of one of the parties; else `ROLE_REQUIRED` or `PARTY_MISMATCH`.
pub(super) fn of_one_party(caller: &Caller, parties: &[String]) -> Result<(), Fault> {
    caller.may_edit()?;
    match parties
        .iter()
        .find(|party| caller.party.as_ref() == Some(party))
    {
        Some(party) => caller.speaks_for(party),
        None => {
            let message = format!("only an agency of {} may do this", parties.join(" or "));
            Err(Fault::permission_denied("PARTY_MISMATCH", message)
                .with_metadata("parties", parties.join(","))
                .with_metadata("agency", caller.agency.as_str()))
        }
    }
}
