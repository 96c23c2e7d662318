//! What the caller of a request may read.

use identity::{Caller, Role};

use crate::domain::{AccessLevel, Reader};

/// Returns how far a caller may read: an operator everything, an editor every document of its party, a
/// reader those of its party that are not restricted, and everyone what is public.
pub(super) fn reader(caller: &Caller) -> Reader {
    let has = |role| caller.roles.contains(&role);
    match &caller.party {
        _ if has(Role::Operator) => Reader::Everything,
        Some(party) => Reader::Of {
            party: party.clone(),
            level: if has(Role::Editor) {
                AccessLevel::Restricted
            } else {
                AccessLevel::Official
            },
        },
        None => Reader::Public,
    }
}
