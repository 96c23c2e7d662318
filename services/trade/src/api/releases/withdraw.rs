//! `WithdrawRelease`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{self, WithdrawReleaseRequest};
use aip::{Violations, convert, text};
use identity::Caller;
use ledger::{Call, ChangeKind};
use tonic::Request;

use super::{load, may_publish, save};
use crate::{
    api::{Api, fault},
    domain::name::ReleaseName,
    store,
};

const METHOD: &str = "accord.trade.v1.ReleaseService/WithdrawRelease";

const MAX_REASON: usize = 1_000;

pub(crate) async fn run(
    api: &Api,
    request: Request<WithdrawReleaseRequest>,
) -> Result<v1::Release, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let name = violations.take(ReleaseName::parse("name", &request.name));
    let reason = violations.take(text::required("reason", &request.reason, MAX_REASON));
    let time = convert::optional_time("withdraw_time", request.withdraw_time.as_ref());
    let time = violations.take(time).flatten();
    violations.finish()?;
    let (Some(name), Some(reason)) = (name, reason) else {
        return Err(fault::unreported());
    };

    let input = Arc::new((caller, name, reason, request.etag));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, reason, etag) = &*input;
                let mut release = load(tx, name).await?;
                may_publish(caller, &release.publication.reporter)?;
                fault::check_etag(&release.name, etag, &release.uid, release.revision)?;
                let revision = release.revision;
                release
                    .withdraw(time.unwrap_or(stamp.now), reason.clone(), stamp.now)
                    .map_err(|error| fault::release(&release, error))?;
                let kind = ChangeKind::StateChanged;
                let (shown, change) = save(tx, name, &release, revision, kind).await?;
                store::standing::withdraw(tx, &name.partnership, &release).await?;
                Ok((shown, vec![change]))
            })
        })
        .await
}
