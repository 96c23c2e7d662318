//! `UpdateRelease`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{self, UpdateReleaseRequest};
use aip::{Violations, mask};
use identity::Caller;
use jiff::Timestamp;
use ledger::{Call, ChangeKind};
use storage::Tx;
use tonic::Request;

use super::{load, may_publish, save};
use crate::{
    api::{Api, convert, fault},
    domain::{name::ReleaseName, release::Release},
    store,
};

const METHOD: &str = "accord.trade.v1.ReleaseService/UpdateRelease";

pub(crate) async fn run(
    api: &Api,
    request: Request<UpdateReleaseRequest>,
) -> Result<v1::Release, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let given = request.release.clone().unwrap_or_default();
    let name = violations.take(ReleaseName::parse("release.name", &given.name));
    violations.finish()?;
    let Some(name) = name else {
        return Err(fault::unreported());
    };

    let input = Arc::new((caller, name, request, given));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, request, given) = &*input;
                let mut release = load(tx, name).await?;
                may_publish(caller, &release.publication.reporter)?;
                fault::check_etag(&release.name, &given.etag, &release.uid, release.revision)?;
                release
                    .expect_staging()
                    .map_err(|error| fault::release(&release, error))?;
                let revision = release.revision;
                apply(tx, &mut release, request, given, stamp.now).await?;
                let (shown, change) =
                    save(tx, name, &release, revision, ChangeKind::Updated).await?;
                Ok((shown, vec![change]))
            })
        })
        .await
}

/// Takes the fields that the mask names from `given`.
async fn apply(
    tx: &mut Tx,
    release: &mut Release,
    request: &UpdateReleaseRequest,
    given: &v1::Release,
    now: Timestamp,
) -> Result<(), Fault> {
    let before = convert::release::show(release);
    let merged = mask::merge(&before, given, request.update_mask.as_ref(), "release")?;
    let publication = convert::release::read(&merged).map_err(|found| {
        let mut violations = Violations::new();
        violations.merge_under("release", found);
        violations
    })?;
    let coverage_changes = publication.coverage != release.publication.coverage
        || publication.hs_edition != release.publication.hs_edition;
    if coverage_changes {
        let has_figures = release.observation_count > 0;
        if has_figures || store::imports::open(tx, &release.uid).await?.is_some() {
            return Err(fault::has_observations(release));
        }
    }
    release.publication = publication;
    release.touch(now);
    Ok(())
}
