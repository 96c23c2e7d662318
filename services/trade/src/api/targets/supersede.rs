//! `SupersedeTarget`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{SupersedeTargetRequest, Target as Shown};
use aip::Violations;
use identity::Caller;
use ledger::{Call, Change, ChangeKind};
use tonic::Request;

use super::{expect_free, load, may_speak, new, read};
use crate::{
    api::{Api, convert, fault},
    domain::name::TargetName,
    store,
};

const METHOD: &str = "accord.trade.v1.TargetService/SupersedeTarget";

pub(crate) async fn run(
    api: &Api,
    request: Request<SupersedeTargetRequest>,
) -> Result<Shown, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let name = violations.take(TargetName::parse("name", &request.name));
    let id = violations.take(aip::parse_id("successor_id", &request.successor_id));
    let agreement = read(request.successor.as_ref(), "successor", &mut violations);
    violations.finish()?;
    let (Some(name), Some(id), Some(agreement)) = (name, id, agreement) else {
        return Err(fault::unreported());
    };

    let successor_name = TargetName::new(name.partnership.clone(), id);
    let input = Arc::new((caller, name, successor_name, agreement, request.etag));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, successor_name, agreement, etag) = &*input;
                let mut target = load(tx, name).await?;
                may_speak(caller, &target.agreement)?;
                fault::check_etag(&target.name, etag, &target.uid, target.revision)?;
                expect_free(tx, successor_name).await?;
                let uid = stamp.new_uid().to_string();
                let mut successor = new(successor_name, agreement, caller, uid, stamp.now);
                let revision = target.revision;
                target
                    .supersede(&mut successor, stamp.now)
                    .map_err(|error| fault::target(&target, error))?;
                store::targets::insert(tx, &name.partnership, &successor).await?;
                if !store::targets::update_from(tx, &target, revision).await? {
                    return Err(fault::lost_update(&target.name));
                }
                let before = convert::target::show(&target);
                let shown = convert::target::show(&successor);
                let changes = vec![
                    Change::of(&target.name, ChangeKind::StateChanged, &before),
                    Change::of(&successor.name, ChangeKind::Created, &shown),
                ];
                Ok((shown, changes))
            })
        })
        .await
}
