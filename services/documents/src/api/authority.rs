//! Who may change what belongs to several parties.

use fault::Fault;
use identity::Caller;

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
