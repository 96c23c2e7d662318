//! `WithdrawTextVersion`.

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use aip::{Violations, etag, text};
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{faults, load_version, text_change, version_change};
use crate::{
    api::{Api, Mutation, access, fault},
    domain::{DocumentText, TextVersion, TextVersionName, Withdrawal},
    store::{
        search,
        texts::{self, versions},
    },
};

/// The longest reason.
const REASON_CHARS: usize = 2_000;

/// A checked request.
#[derive(Clone)]
struct Withdraw {
    caller: Caller,
    name: TextVersionName,
    reason: String,
    etag: String,
}

/// Withdraws a version that an agency of the caller's own party gave.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::WithdrawTextVersionRequest>,
) -> Result<pb::TextVersion, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.TextService/WithdrawTextVersion",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.into_inner();
    let name = violations.take(TextVersionName::parse("name", &given.name));
    let reason = violations.take(text::required("reason", &given.reason, REASON_CHARS));
    let (Some(name), Some(reason), true) = (name, reason, violations.is_empty()) else {
        return Err(violations.into());
    };
    let withdraw = Withdraw {
        caller,
        name,
        reason,
        etag: given.etag,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, withdraw.clone()))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, withdraw: Withdraw) -> Mutation<pb::TextVersion> {
    let reader = access::reader(&withdraw.caller);
    let (document, text, current) = load_version(tx, &reader, &withdraw.name).await?;
    withdraw.caller.speaks_for(&current.recorder_party)?;
    etag::check(&withdraw.etag, &etag::of(&current.uid, current.revision))
        .map_err(|mismatch| fault::stale(&current.name, &mismatch))?;
    if document.deleted.is_some() {
        return Err(fault::document_deleted(&document.name));
    }
    if current.withdrawal.is_some() {
        return Err(faults::withdrawn(&current.name));
    }
    let new = TextVersion {
        revision: current.revision + 1,
        withdrawal: Some(Withdrawal {
            at: stamp.now,
            reason: withdraw.reason,
            withdrawer: withdraw.caller.agency,
        }),
        ..current
    };
    let text = DocumentText {
        revision: text.revision + 1,
        updated: stamp.now,
        ..text
    };
    if !versions::withdraw_if(tx, &new).await? || !texts::update_if(tx, &text).await? {
        return Err(fault::changed_meanwhile(&new.name));
    }
    search::remove_text(tx, &new.uid).await?;
    let (message, first) = version_change(&document, &text, &new, ChangeKind::StateChanged);
    let (_, second) = text_change(tx, &document, &text, ChangeKind::Updated).await?;
    Ok((message, vec![first, second]))
}
