//! `CreateAct`.

use std::slice;

use accord_proto::documents::v1 as pb;
use aip::{Violations, parse_id};
use fault::Fault;
use identity::Caller;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use crate::{
    api::{
        Api, Mutation,
        convert::{self, act::Report},
        derived, documents, fault as faults,
    },
    domain::{Act, ActKind, ActName, Document, DocumentName},
    store::acts,
};

/// Records an act of the caller's own party.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::CreateActRequest>,
) -> Result<pb::Act, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.ActService/CreateAct",
        caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.get_ref();
    let parent = violations.take(DocumentName::parse("parent", &given.parent));
    let id = match given.act_id.as_str() {
        "" => Some(format!("a-{}", api.clock.new_uid())),
        id => violations.take(parse_id("act_id", id)),
    };
    // East of UTC it may already be tomorrow.
    let latest = api
        .clock
        .today()
        .tomorrow()
        .unwrap_or(jiff::civil::Date::MAX);
    let report = convert::act::report(given.act.as_ref(), latest, &mut violations);
    let (Some(parent), Some(id), Some(report), true) = (parent, id, report, violations.is_empty())
    else {
        return Err(violations.into());
    };
    caller.speaks_for(&report.party)?;
    let name = ActName::new(parent.partnership, parent.document, id);
    let work = (name, report, caller.agency.clone());
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(insert(tx, stamp, work.clone()))
        })
        .await
}

async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    (name, report, recorder): (ActName, Report, String),
) -> Mutation<pb::Act> {
    let document = documents::load(tx, &name.parent()).await?;
    if document.deleted.is_some() {
        return Err(faults::document_deleted(&document.name));
    }
    let notifying_party = notifying_party(&document, &report)?;
    let new = Act {
        name,
        uid: stamp.new_uid().to_string(),
        revision: 1,
        party: report.party,
        kind: report.kind,
        date: report.date,
        receipt: report.receipt,
        effective: report.effective,
        notifying_party,
        reference: report.reference,
        source: report.source,
        publication: report.publication,
        created: stamp.now,
        recorder,
        retraction: None,
    };
    acts::insert(tx, &document, &new)
        .await
        .map_err(|error| faults::insert_act(error, &new.name))?;
    derived::refresh_after_acts(tx, stamp.now, slice::from_ref(&document.name)).await?;
    let message = convert::act::message(&new);
    let change = Change::of(new.name.to_string(), ChangeKind::Created, &message);
    Ok((message, vec![change]))
}

/// Checks the parties of an act against the document's, and returns whose notification was received:
/// between two parties it can only be the other's.
fn notifying_party(document: &Document, report: &Report) -> Result<Option<String>, Fault> {
    let parties = &document.content.parties;
    let mut violations = Violations::new();
    if !parties.contains(&report.party) {
        let text = format!("{} is not a party of the document", report.party);
        violations.push("act.party", "NOT_A_PARTY", text);
    }
    let field = "act.notifying_party";
    let others: Vec<_> = parties
        .iter()
        .filter(|party| **party != report.party)
        .collect();
    let notifying_party = match (&report.notifying_party, others.as_slice()) {
        _ if report.kind != ActKind::NotificationReceived => None,
        (Some(given), _) if *given == report.party => {
            violations.push(field, "FIELD_INVALID", "a party does not notify itself");
            None
        }
        (Some(given), others) => {
            if !others.contains(&given) {
                violations.push(
                    field,
                    "NOT_A_PARTY",
                    format!("{given} is not a party of the document"),
                );
            }
            Some(given.clone())
        }
        (None, [other]) => Some((*other).clone()),
        (None, _) => {
            violations.push(
                field,
                "FIELD_REQUIRED",
                "must be set where the document has more than two parties",
            );
            None
        }
    };
    violations.finish()?;
    Ok(notifying_party)
}
