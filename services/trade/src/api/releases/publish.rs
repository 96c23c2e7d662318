//! `PublishRelease`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{self, PublishReleaseRequest};
use aip::Violations;
use identity::Caller;
use ledger::{Call, ChangeKind};
use tonic::Request;

use super::{load, may_publish, save};
use crate::{
    api::{Api, fault},
    domain::name::ReleaseName,
    store,
};

const METHOD: &str = "accord.trade.v1.ReleaseService/PublishRelease";

/// What stands and the sums over it are worked out in the transaction that publishes, which readers do
/// not see before its end: no query sees only some of the figures, and none waits.
pub(crate) async fn run(
    api: &Api,
    request: Request<PublishReleaseRequest>,
) -> Result<v1::Release, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let name = violations.take(ReleaseName::parse("name", &request.name));
    violations.finish()?;
    let Some(name) = name else {
        return Err(fault::unreported());
    };

    let input = Arc::new((caller, name, request.etag));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, etag) = &*input;
                let mut release = load(tx, name).await?;
                may_publish(caller, &release.publication.reporter)?;
                fault::check_etag(&release.name, etag, &release.uid, release.revision)?;
                if let Some(open) = store::imports::open(tx, &release.uid).await? {
                    return Err(fault::import_unfinished(&open));
                }
                if store::sums::is_too_large(tx, &release).await? {
                    return Err(fault::too_large(&release));
                }
                let revision = release.revision;
                release
                    .publish(stamp.now)
                    .map_err(|error| fault::release(&release, error))?;
                let kind = ChangeKind::StateChanged;
                let (shown, change) = save(tx, name, &release, revision, kind).await?;
                store::standing::settle(tx).await?;
                Ok((shown, vec![change]))
            })
        })
        .await
}
