//! `CancelImport`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{CancelImportRequest, Import as Shown};
use aip::Violations;
use identity::Caller;
use ledger::{Call, Change, ChangeKind};
use tonic::Request;

use super::{
    get_import::{load_locked, release_of},
    load, may_publish,
};
use crate::{
    api::{Api, convert, fault},
    domain::name::ImportName,
    store,
};

const METHOD: &str = "accord.trade.v1.ReleaseService/CancelImport";

pub(crate) async fn run(api: &Api, request: Request<CancelImportRequest>) -> Result<Shown, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let name = violations.take(ImportName::parse("name", &request.name));
    violations.finish()?;
    let Some(name) = name else {
        return Err(fault::unreported());
    };

    let input = Arc::new((caller, name));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name) = &*input;
                let release = load(tx, &release_of(name)).await?;
                may_publish(caller, &release.publication.reporter)?;
                let mut import = load_locked(tx, name).await?;
                import
                    .cancel(stamp.now)
                    .map_err(|error| fault::import(&import.name, error))?;
                store::observations::delete(tx, release.number, import.number).await?;
                store::imports::put(tx, &import).await?;
                let shown = convert::import::show(&import);
                let change = Change::of(&import.name, ChangeKind::StateChanged, &shown);
                Ok((shown, vec![change]))
            })
        })
        .await
}
