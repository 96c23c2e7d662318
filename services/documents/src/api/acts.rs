//! The methods on acts.

pub(super) mod batch_create;
pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod retract;

use fault::Fault;
use storage::Tx;

use super::{documents, fault::no_act};
use crate::{
    domain::{Act, ActName, Document},
    store,
};

/// Reads an act that must exist, a retracted one too, and its document.
async fn load(tx: &mut Tx, name: &ActName) -> Result<(Document, Act), Fault> {
    let document = documents::load(tx, &name.parent()).await?;
    let act = store::acts::get(tx, &document, &name.act)
        .await?
        .ok_or_else(|| no_act(name))?;
    Ok((document, act))
}
