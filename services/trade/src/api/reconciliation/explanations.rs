//! The methods on explanations, one file each.

pub(in crate::api) mod accept;
pub(in crate::api) mod create;
pub(in crate::api) mod dispute;
pub(in crate::api) mod get;
pub(in crate::api) mod list;
pub(in crate::api) mod withdraw;

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1;
use aip::{Violation, Violations, text};
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;

use crate::{
    api::{Api, convert::explanation::show, fault},
    domain::{
        explanation::{Error, Explanation, Statement},
        name::MirrorExplanationName,
    },
    store,
};

const MAX_REASON: usize = 1_000;

/// Reads an explanation that must exist.
async fn load(tx: &mut Tx, name: &MirrorExplanationName) -> Result<Explanation, Fault> {
    let name = name.to_string();
    store::explanations::get(tx, &name)
        .await?
        .ok_or_else(|| Fault::not_found(fault::EXPLANATION, &name))
}

/// Something that a party says about an explanation.
struct Answer {
    call: Call,
    caller: Caller,
    name: String,
    reason: Result<String, Violation>,
    etag: String,
    violations: Violations,
}

/// Whose word something is.
fn author(explanation: &Explanation) -> &str {
    &explanation.party
}

/// Records what a party says: `party` is the one whose word it is, `say` says it.
async fn record(
    api: &Api,
    answer: Answer,
    party: fn(&Explanation) -> &str,
    say: fn(&mut Explanation, Statement) -> Result<(), Error>,
) -> Result<v1::MirrorExplanation, Fault> {
    let mut violations = answer.violations;
    let name = violations.take(MirrorExplanationName::parse("name", &answer.name));
    let reason = violations.take(answer.reason);
    violations.finish()?;
    let (Some(name), Some(reason)) = (name, reason) else {
        return Err(fault::unreported());
    };
    let input = Arc::new((answer.caller, name, reason, answer.etag));
    api.journal
        .mutate(answer.call, move |tx, stamp: Stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, reason, etag) = &*input;
                let mut explanation = load(tx, name).await?;
                caller.speaks_for(party(&explanation))?;
                let revision = explanation.revision;
                fault::check_etag(&explanation.name, etag, &explanation.uid, revision)?;
                let statement = Statement {
                    agency: caller.agency.clone(),
                    reason: reason.clone(),
                    time: stamp.now,
                };
                say(&mut explanation, statement)
                    .map_err(|error| fault::explanation(&explanation.name, error))?;
                if !store::explanations::update_from(tx, &explanation, revision).await? {
                    return Err(fault::lost_update(&explanation.name));
                }
                let shown = show(&explanation);
                let change = Change::of(&explanation.name, ChangeKind::StateChanged, &shown);
                Ok((shown, vec![change]))
            })
        })
        .await
}

/// Checks a reason that must be given.
fn needed_reason(reason: &str) -> Result<String, Violation> {
    if reason.trim().is_empty() {
        return Err(Violation::required("reason"));
    }
    text::lines("reason", reason, MAX_REASON)
}
