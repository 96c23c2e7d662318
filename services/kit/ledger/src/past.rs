//! What resources were at a moment of the past, as a service reads it within its own transactions.

use std::collections::BTreeMap;

use accord_proto::ledger::v1::Entry;
use identity::Clearance;
use jiff::Timestamp;
use prost_types::Any;
use storage::{Error, Tx};

use crate::store::entries;

/// How many resources one query names.
const AT_ONCE: usize = 500;

/// Reads what each of the named resources was at the last change that was recorded before `limit`, by name.
/// One that had not come to be is left out; one that was deleted is as the deletion left it. Everything is
/// read: whoever passes it on checks what the caller may know.
pub async fn states_before(
    tx: &mut Tx,
    resources: &[String],
    limit: Timestamp,
) -> Result<BTreeMap<String, Any>, Error> {
    let mut states = BTreeMap::new();
    let Some(newest) = entries::newest_before(tx, clock::to_micros(limit)).await? else {
        return Ok(states);
    };
    for named in resources.chunks(AT_ONCE) {
        for row in entries::states_of(tx, named, newest).await? {
            let Entry {
                resource, state, ..
            } = row.entry("", &Clearance::Everything)?;
            states.extend(state.map(|state| (resource, state)));
        }
    }
    Ok(states)
}
