//! `RetractAct`.

use accord_proto::documents::v1 as pb;
use aip::{Violations, etag, text};
use fault::Fault;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::load;
use crate::{
    api::{Api, Mutation, access, convert, derived, fault as faults},
    domain::{Act, ActName, Retraction},
    store::acts,
};

/// The longest reason.
const REASON_CHARS: usize = 2_000;

/// A checked request.
#[derive(Clone)]
struct Retract {
    caller: Caller,
    name: ActName,
    reason: String,
    etag: String,
}

/// Retracts an act of the caller's own party.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::RetractActRequest>,
) -> Result<pb::Act, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.ActService/RetractAct",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.into_inner();
    let name = violations.take(ActName::parse("name", &given.name));
    let reason = violations.take(text::required("reason", &given.reason, REASON_CHARS));
    let (Some(name), Some(reason), true) = (name, reason, violations.is_empty()) else {
        return Err(violations.into());
    };
    let retract = Retract {
        caller,
        name,
        reason,
        etag: given.etag,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, retract.clone()))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, retract: Retract) -> Mutation<pb::Act> {
    let reader = access::reader(&retract.caller);
    let (document, current) = load(tx, &reader, &retract.name).await?;
    retract.caller.speaks_for(&current.party)?;
    etag::check(&retract.etag, &etag::of(&current.uid, current.revision))
        .map_err(|mismatch| faults::stale(&current.name, &mismatch))?;
    if document.deleted.is_some() {
        return Err(faults::document_deleted(&document.name));
    }
    if current.retraction.is_some() {
        return Err(faults::act_retracted(&current.name));
    }
    let retraction = Retraction {
        at: stamp.now,
        reason: retract.reason,
        retractor: retract.caller.agency,
    };
    let new = Act {
        revision: current.revision + 1,
        retraction: Some(retraction),
        ..current
    };
    if !acts::retract_if(tx, &new).await? {
        return Err(faults::changed_meanwhile(&new.name));
    }
    derived::refresh_after_acts(tx, stamp.now, vec![document.clone()]).await?;
    let message = convert::act::message(&new);
    let change = Change::of(new.name.to_string(), ChangeKind::StateChanged, &message)
        .readable_by(access::readers(&document));
    Ok((message, vec![change]))
}
