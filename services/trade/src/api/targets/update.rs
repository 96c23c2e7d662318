//! `UpdateTarget`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{Target as Shown, UpdateTargetRequest};
use aip::{Violations, mask};
use identity::Caller;
use ledger::{Call, Change, ChangeKind};
use tonic::Request;

use super::{load, may_speak, read};
use crate::{
    api::{Api, convert, fault},
    domain::name::TargetName,
    store,
};

const METHOD: &str = "accord.trade.v1.TargetService/UpdateTarget";

pub(crate) async fn run(api: &Api, request: Request<UpdateTargetRequest>) -> Result<Shown, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let given = request.target.unwrap_or_default();
    let name = violations.take(TargetName::parse("target.name", &given.name));
    violations.finish()?;
    let Some(name) = name else {
        return Err(fault::unreported());
    };

    let input = Arc::new((caller, name, given, request.update_mask));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, given, update_mask) = &*input;
                let mut target = load(tx, name).await?;
                may_speak(caller, &target.agreement)?;
                fault::check_etag(&target.name, &given.etag, &target.uid, target.revision)?;
                let before = convert::target::show(&target);
                let merged = mask::merge(&before, given, update_mask.as_ref(), "target")?;
                let mut violations = Violations::new();
                let agreement = read(Some(&merged), "target", &mut violations);
                violations.finish()?;
                target.agreement = agreement.ok_or_else(fault::unreported)?;
                let revision = target.revision;
                target.revision += 1;
                target.update_time = stamp.now;
                if !store::targets::update_from(tx, &target, revision).await? {
                    return Err(fault::lost_update(&target.name));
                }
                let shown = convert::target::show(&target);
                let change = Change::of(&target.name, ChangeKind::Updated, &shown);
                Ok((shown, vec![change]))
            })
        })
        .await
}
