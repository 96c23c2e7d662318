//! Relations that go one way only must not make a cycle.

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

/// Checks that the documents, as they will be, stand on no cycle of relations; deleted documents do not
/// count. The log's lock is held, so no other change comes between.
///
/// The relations of a document are told to those who may read it. So a cycle is told document by document
/// where the reader may read all of them; otherwise no more than that there would be one.
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
        if let Some(cycle) = walk.cycle()
            && let Some(start) = cycle.first()
        {
            return Err(if may_read_all(tx, reader, changed, &cycle).await? {
                faults::relation_cycle(name(kind), &cycle)
            } else {
                faults::hidden_relation_cycle(name(kind), start)
            });
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

/// Returns whether the reader may read every document on a cycle. What is not in the register, a document that was
/// removed for good since, hides nothing.
async fn may_read_all(
    tx: &mut Tx,
    reader: &Reader,
    changed: &[&Document],
    cycle: &[DocumentName],
) -> Result<bool, Fault> {
    let stored = documents::get_many(tx, cycle).await?;
    let is_changed = |name: &DocumentName| changed.iter().any(|document| document.name == *name);
    let others = stored.iter().filter(|document| !is_changed(&document.name));
    let mut all = others.chain(
        changed
            .iter()
            .copied()
            .filter(|document| cycle.contains(&document.name)),
    );
    Ok(all.all(|document| reader.may_read(document)))
}
