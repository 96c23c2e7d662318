//! The methods on targets, one file each.

pub(super) mod create;
pub(super) mod forecast;
pub(super) mod get;
pub(super) mod list;
pub(super) mod outcomes;
pub(super) mod progress;
mod question;
pub(super) mod supersede;
pub(super) mod update;

use ::fault::Fault;
use aip::Violations;
use identity::Caller;
use jiff::Timestamp;
use storage::Tx;

use super::{convert, fault};
use crate::{
    domain::{
        name::TargetName,
        target::{Agreement, Target},
    },
    store,
};

/// Reads a target that must exist.
async fn load(tx: &mut Tx, name: &TargetName) -> Result<Target, Fault> {
    let name = name.to_string();
    store::targets::get(tx, &name)
        .await?
        .ok_or_else(|| Fault::not_found(fault::TARGET, &name))
}

/// Checks that no target bears this name.
async fn expect_free(tx: &mut Tx, name: &TargetName) -> Result<(), Fault> {
    let name = name.to_string();
    match store::targets::get(tx, &name).await? {
        Some(_) => Err(Fault::already_exists(fault::TARGET, &name)),
        None => Ok(()),
    }
}

/// Checks that the caller is an editor of one of the parties of a target.
fn may_speak(caller: &Caller, agreement: &Agreement) -> Result<(), Fault> {
    let own = agreement
        .parties
        .iter()
        .find(|party| caller.party.as_ref() == Some(*party));
    match own.or_else(|| agreement.parties.first()) {
        Some(party) => caller.speaks_for(party),
        None => caller.may_edit(),
    }
}

/// Reads the target of a request, at `field`.
fn read(
    target: Option<&accord_proto::trade::v1::Target>,
    field: &str,
    violations: &mut Violations,
) -> Option<Agreement> {
    let Some(target) = target else {
        violations.push(field, "FIELD_REQUIRED", "must be set");
        return None;
    };
    convert::target::read(target)
        .map_err(|found| violations.merge_under(field, found))
        .ok()
}

fn new(
    name: &TargetName,
    agreement: &Agreement,
    caller: &Caller,
    uid: String,
    now: Timestamp,
) -> Target {
    Target {
        name: name.to_string(),
        uid,
        revision: 1,
        agreement: agreement.clone(),
        recorder: caller.agency.clone(),
        predecessor: String::new(),
        supersession: None,
        create_time: now,
        update_time: now,
    }
}
