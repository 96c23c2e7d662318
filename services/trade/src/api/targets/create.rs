//! `CreateTarget`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{CreateTargetRequest, Target as Shown};
use aip::Violations;
use identity::Caller;
use ledger::{Call, Change, ChangeKind};
use tonic::Request;

use super::{expect_free, may_speak, new, read};
use crate::{
    api::{Api, convert, fault},
    domain::name::{PartnershipName, TargetName},
    store,
};

const METHOD: &str = "accord.trade.v1.TargetService/CreateTarget";

pub(crate) async fn run(api: &Api, request: Request<CreateTargetRequest>) -> Result<Shown, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let id = violations.take(aip::parse_id("target_id", &request.target_id));
    let agreement = read(request.target.as_ref(), "target", &mut violations);
    violations.finish()?;
    let (Some(parent), Some(id), Some(agreement)) = (parent, id, agreement) else {
        return Err(fault::unreported());
    };
    may_speak(&caller, &agreement)?;

    let input = Arc::new((caller, TargetName::new(parent.partnership, id), agreement));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, agreement) = &*input;
                expect_free(tx, name).await?;
                let uid = stamp.new_uid().to_string();
                let target = new(name, agreement, caller, uid, stamp.now);
                store::targets::insert(tx, &name.partnership, &target).await?;
                let shown = convert::target::show(&target);
                let change = Change::of(&target.name, ChangeKind::Created, &shown);
                Ok((shown, vec![change]))
            })
        })
        .await
}
