//! The methods on partnerships, and the checks they share.

pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use aip::Violations;
use fault::Fault;
use storage::Tx;

use super::fault::no_partnership;
use crate::{
    domain::{DocumentName, Partnership, PartnershipName, partnership::Profile},
    store,
};

/// Reads a partnership that must exist.
pub(super) async fn load(tx: &mut Tx, name: &PartnershipName) -> Result<Partnership, Fault> {
    store::partnerships::get(tx, name)
        .await?
        .ok_or_else(|| no_partnership(name))
}

/// Checks that the founding document is registered.
async fn check_founding_document(tx: &mut Tx, profile: &Profile) -> Result<(), Fault> {
    let Some(given) = &profile.founding_document else {
        return Ok(());
    };
    let field = "partnership.founding_document";
    let name = DocumentName::parse(field, given)?;
    if store::documents::get(tx, &name).await?.is_none() {
        let mut violations = Violations::new();
        violations.push(field, "REFERENCE_NOT_FOUND", format!("there is no {name}"));
        return Err(violations.into());
    }
    Ok(())
}
