//! Relations that go one way only must not make a cycle.

use std::collections::BTreeMap;

use accord_proto::documents::v1 as pb;
use fault::Fault;
use storage::Tx;

use crate::{
    api::fault as faults,
    domain::{
        Document, DocumentName, Reader, RelationKind,
        relations::{MAX_FOLLOWED, ONE_WAY, Walk},
    },
    store::{documents, relations},
};

/// What stands in a cycle for a document that the caller may not read: that it has the relation is not for
/// the caller to know.
const NOT_DISCLOSED: &str = "(not disclosed)";

/// Checks that the documents, as they will be, stand on no cycle of relations; deleted documents do not
/// count. The log's lock is held, so no other change comes between.
pub(super) async fn check(
    tx: &mut Tx,
    reader: &Reader,
    changed: &[&Document],
) -> Result<(), Fault> {
    for kind in ONE_WAY {
        let mut walk = Walk::new(kind, changed);
        while walk.has_starts() && !walk.pending().is_empty() {
            let found = relations::targets(tx, kind, &walk.pending()).await?;
            walk.follow(found)
                .map_err(|_| faults::relation_chain_too_long(name(kind), MAX_FOLLOWED))?;
        }
        if let Some(cycle) = walk.cycle() {
            let cycle = disclosed(tx, reader, changed, cycle).await?;
            return Err(faults::relation_cycle(name(kind), &cycle));
        }
    }
    Ok(())
}

/// The kind's name in the contract.
fn name(kind: RelationKind) -> &'static str {
    pb::RelationKind::try_from(kind.code())
        .unwrap_or_default()
        .as_str_name()
}

/// The names on a cycle, as the caller may know them.
async fn disclosed(
    tx: &mut Tx,
    reader: &Reader,
    changed: &[&Document],
    cycle: Vec<DocumentName>,
) -> Result<Vec<String>, Fault> {
    let stored = documents::get_many(tx, &cycle).await?;
    let readable: BTreeMap<_, _> = stored
        .iter()
        .chain(changed.iter().copied())
        .map(|document| (&document.name, reader.may_read(document)))
        .collect();
    let disclosed = |name: &DocumentName| match readable.get(name) {
        Some(false) => NOT_DISCLOSED.to_owned(),
        Some(true) | None => name.to_string(),
    };
    Ok(cycle.iter().map(disclosed).collect())
}
