//! The methods on acts.

pub(super) mod batch_create;
pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod retract;

use fault::Fault;
use storage::Tx;

use super::{access, documents, fault::no_act};
use crate::{
    domain::{Act, ActName, Document, Reader},
    store,
};

/// Reads an act that must exist, a retracted one too, and its document, which `reader` must be allowed to
/// read: else it is not told which acts there are.
async fn load(tx: &mut Tx, reader: &Reader, name: &ActName) -> Result<(Document, Act), Fault> {
    let document = documents::load(tx, &name.parent()).await?;
    access::check(reader, &document)?;
    let act = store::acts::get(tx, &document, &name.act)
        .await?
        .ok_or_else(|| no_act(name))?;
    Ok((document, act))
}
