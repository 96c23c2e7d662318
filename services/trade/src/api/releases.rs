//! The methods on releases, one file each.

pub(super) mod cancel_import;
pub(super) mod create;
pub(super) mod get;
pub(super) mod get_import;
pub(super) mod import;
pub(super) mod list;
pub(super) mod list_import_reports;
pub(super) mod list_observations;
pub(super) mod publish;
pub(super) mod update;
pub(super) mod withdraw;

use ::fault::Fault;
use accord_proto::trade::v1;
use identity::{Caller, Role};
use ledger::{Change, ChangeKind};
use storage::Tx;

use super::{convert, fault};
use crate::{
    domain::{
        cell::WORLD,
        name::ReleaseName,
        release::{Release, State},
    },
    store,
};

/// Reads a release that must exist.
pub(super) async fn load(tx: &mut Tx, name: &ReleaseName) -> Result<Release, Fault> {
    let name = name.to_string();
    store::releases::get(tx, &name)
        .await?
        .ok_or_else(|| Fault::not_found(fault::RELEASE, &name))
}

/// Writes a release that was at `revision` when it was read, and returns it with its change.
async fn save(
    tx: &mut Tx,
    name: &ReleaseName,
    release: &Release,
    revision: i64,
    kind: ChangeKind,
) -> Result<(v1::Release, Change), Fault> {
    if !store::releases::update_from(tx, &name.partnership, release, revision).await? {
        return Err(fault::lost_update(&release.name));
    }
    let shown = convert::release::show(release);
    let change = Change::of(&release.name, kind, &shown);
    Ok((shown, change))
}

/// Checks that the caller may make, change, publish and withdraw releases of a reporter: those of a party only its
/// own agencies, those of the world, which are no party's word, any editor.
fn may_publish(caller: &Caller, reporter: &str) -> Result<(), Fault> {
    if reporter == WORLD {
        return caller.may_edit();
    }
    caller.speaks_for(reporter)
}

/// Checks that the caller may see the figures of a release: before it is published only the reporter's
/// own agencies and operators may, and those of the world every editor.
fn may_see_figures(caller: &Caller, release: &Release) -> Result<(), Fault> {
    let reporter = release.publication.reporter.as_str();
    let own = caller.party.as_deref() == Some(reporter) || caller.roles.contains(&Role::Operator);
    if own || release.state() != State::Staging {
        return Ok(());
    }
    if reporter == WORLD {
        return caller.may_edit();
    }
    let message = format!(
        "only an agency of {reporter} may see the figures of {} before it is published",
        release.name
    );
    Err(Fault::permission_denied("PARTY_MISMATCH", message)
        .with_metadata("party", reporter)
        .with_metadata("agency", caller.agency.as_str()))
}
