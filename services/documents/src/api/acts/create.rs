//! `CreateAct`, and what it shares with `BatchCreateActs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use accord_proto::documents::v1 as pb;
use aip::{Violations, parse_id};
use fault::Fault;
use identity::Caller;
use jiff::civil::Date;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::{Error, Tx};
use tonic::Request;

use crate::{
    api::{
        Api, Mutation, access,
        convert::{self, act::Report},
        derived, fault as faults,
    },
    domain::{Act, ActKind, ActName, Document, DocumentName},
    store::{acts, documents},
};

/// An act that is to be recorded, checked as far as it can be without its document.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    /// Where it stands in the request: empty, or such as `requests[3].`.
    pub(super) at: String,
    pub(super) name: ActName,
    /// Whether the caller gave the id: one that was made is new.
    pub(super) named: bool,
    pub(super) report: Report,
}

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
    let checked = recording(api, "", parent, given, latest(api), &mut violations);
    let (Some(new), true) = (checked, violations.is_empty()) else {
        return Err(violations.into());
    };
    caller.speaks_for(&new.report.party)?;
    let work = Arc::new(([new], caller.clone()));
    api.journal
        .mutate(call, move |tx, stamp| {
            let work = Arc::clone(&work);
            Box::pin(async move { insert_one(tx, stamp, &work.0, &work.1).await })
        })
        .await
}

/// The last day that an act may have: east of UTC it may already be tomorrow.
pub(super) fn latest(api: &Api) -> Date {
    api.clock.today().tomorrow().unwrap_or(Date::MAX)
}

/// Checks one request for an act on `parent`; an id that is left out is made.
pub(super) fn recording(
    api: &Api,
    at: &str,
    parent: Option<DocumentName>,
    given: &pb::CreateActRequest,
    latest: Date,
    violations: &mut Violations,
) -> Option<Recording> {
    let id = match given.act_id.as_str() {
        "" => Some(format!("a-{}", api.clock.new_uid())),
        id => violations.take(parse_id(&format!("{at}act_id"), id)),
    };
    let mut found = Violations::new();
    let report = convert::act::report(given.act.as_ref(), latest, &mut found);
    violations.merge_under(at.trim_end_matches('.'), found);
    let parent = parent?;
    Some(Recording {
        at: at.to_owned(),
        name: ActName::new(parent.partnership, parent.document, id?),
        named: !given.act_id.is_empty(),
        report: report?,
    })
}

async fn insert_one(
    tx: &mut Tx,
    stamp: Stamp,
    new: &[Recording; 1],
    caller: &Caller,
) -> Mutation<pb::Act> {
    let [name] = new.each_ref().map(|new| &new.name);
    let (messages, changes) = insert(tx, stamp, new, caller).await?;
    let message = messages
        .into_iter()
        .next()
        .ok_or_else(|| faults::changed_meanwhile(name))?;
    Ok((message, changes))
}

/// Records acts, all or none, in their order.
pub(super) async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    new: &[Recording],
    caller: &Caller,
) -> Mutation<Vec<pb::Act>> {
    let reader = access::reader(caller);
    let documents = documents_of(tx, new).await?;
    let mut violations = Violations::new();
    let mut recorded = Vec::with_capacity(new.len());
    for new in new {
        let parent = new.name.parent();
        let document = documents
            .get(&parent)
            .ok_or_else(|| faults::no_document(&parent))?;
        // What is wrong with the act would tell a caller of another state who the parties are.
        access::check(&reader, document)?;
        if document.deleted.is_some() {
            return Err(faults::document_deleted(&document.name));
        }
        let mut found = Violations::new();
        let notifying_party = notifying_party(document, &new.report, &mut found);
        violations.merge_under(new.at.trim_end_matches('.'), found);
        recorded.push((document, act(new, &stamp, notifying_party, &caller.agency)));
    }
    violations.finish()?;
    let rows: Vec<_> = recorded
        .iter()
        .map(|(document, act)| (*document, act))
        .collect();
    if !acts::insert_new(tx, &rows).await? {
        return Err(already_there(tx, &rows).await?);
    }
    derived::refresh_after_acts(tx, stamp.now, documents.values().cloned().collect()).await?;
    let message = |(document, act): &(&Document, Act)| {
        let message = convert::act::message(act);
        let change = Change::of(act.name.to_string(), ChangeKind::Created, &message)
            .readable_by(access::readers(document));
        (message, change)
    };
    Ok(recorded.iter().map(message).unzip())
}

/// Reads the documents that the acts are on.
async fn documents_of(
    tx: &mut Tx,
    new: &[Recording],
) -> Result<BTreeMap<DocumentName, Document>, Fault> {
    let names: BTreeSet<_> = new.iter().map(|new| new.name.parent()).collect();
    let names: Vec<_> = names.into_iter().collect();
    let found = documents::get_many(tx, &names).await?;
    Ok(found
        .into_iter()
        .map(|document| (document.name.clone(), document))
        .collect())
}

/// Says which of the acts is there already, once not all of them could be recorded.
async fn already_there(tx: &mut Tx, rows: &[(&Document, &Act)]) -> Result<Fault, Fault> {
    let keys: Vec<_> = rows
        .iter()
        .map(|(document, act)| (document.uid.as_str(), act.id()))
        .collect();
    let existing = acts::existing(tx, &keys).await?;
    let existing: BTreeMap<_, _> = existing
        .iter()
        .map(|(document, id, uid)| ((document.as_str(), id.as_str()), uid))
        .collect();
    let is_other = |(document, act): &&(&Document, &Act)| {
        let found = existing.get(&(document.uid.as_str(), act.id()));
        found.is_some_and(|uid| **uid != act.uid)
    };
    let (_, act) = rows.iter().find(is_other).ok_or(Error::Conflict)?;
    Ok(faults::act_exists(&act.name))
}

fn act(new: &Recording, stamp: &Stamp, notifying_party: Option<String>, recorder: &str) -> Act {
    let report = new.report.clone();
    Act {
        name: new.name.clone(),
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
        recorder: recorder.to_owned(),
        retraction: None,
    }
}

/// Checks the parties of an act against the document's, and returns whose notification was received:
/// between two parties it can only be the other's.
fn notifying_party(
    document: &Document,
    report: &Report,
    violations: &mut Violations,
) -> Option<String> {
    let parties = &document.content.parties;
    if !parties.contains(&report.party) {
        let text = format!("{} is not a party of the document", report.party);
        violations.push("act.party", "NOT_A_PARTY", text);
    }
    let field = "act.notifying_party";
    let others: Vec<_> = parties
        .iter()
        .filter(|party| **party != report.party)
        .collect();
    match (&report.notifying_party, others.as_slice()) {
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
    }
}
