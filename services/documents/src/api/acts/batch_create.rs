//! `BatchCreateActs`.

use std::{collections::BTreeMap, sync::Arc};

use accord_proto::documents::v1 as pb;
use aip::{Violation, Violations};
use fault::Fault;
use identity::Caller;
use ledger::{Call, Stamp};
use storage::Tx;
use tonic::Request;

use super::create::{self, Recording};
use crate::{
    api::{Api, Mutation, batch},
    domain::{DocumentName, PartnershipName},
};

/// What stands for any document of a partnership (AIP-159).
const ANY: &str = "/documents/-";

/// What the acts of a batch are on.
#[derive(Debug)]
enum Parent {
    /// One document.
    Document(DocumentName),
    /// Documents of one partnership.
    Documents(PartnershipName),
}

/// Records acts on documents of one partnership, all or none.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::BatchCreateActsRequest>,
) -> Result<pb::BatchCreateActsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.ActService/BatchCreateActs",
        caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.get_ref();
    let parent = violations.take(parent(&given.parent));
    let latest = create::latest(api);
    let mut new = Vec::with_capacity(given.requests.len());
    if batch::is_countable("requests", given.requests.len(), &mut violations) {
        for (index, one) in given.requests.iter().enumerate() {
            let at = format!("requests[{index}].");
            batch::check_child(&at, &one.request_id, one.validate_only, &mut violations);
            let document = document(&at, parent.as_ref(), &one.parent, &mut violations);
            new.extend(create::recording(
                api,
                &at,
                document,
                one,
                latest,
                &mut violations,
            ));
        }
        distinct(&new, &mut violations);
    }
    violations.finish()?;
    for one in &new {
        caller.speaks_for(&one.report.party)?;
    }
    let work = Arc::new((new, caller.clone()));
    api.journal
        .mutate(call, move |tx, stamp| {
            let work = Arc::clone(&work);
            Box::pin(async move { insert(tx, stamp, &work.0, &work.1).await })
        })
        .await
}

fn parent(given: &str) -> Result<Parent, Violation> {
    match given.strip_suffix(ANY) {
        Some(partnership) => PartnershipName::parse("parent", partnership).map(Parent::Documents),
        None => DocumentName::parse("parent", given).map(Parent::Document),
    }
}

/// Reads which document one act is on.
fn document(
    at: &str,
    parent: Option<&Parent>,
    given: &str,
    violations: &mut Violations,
) -> Option<DocumentName> {
    let field = format!("{at}parent");
    if given.is_empty() {
        return match parent {
            Some(Parent::Document(document)) => Some(document.clone()),
            Some(Parent::Documents(_)) => violations.take(Err(Violation::required(field))),
            None => None,
        };
    }
    let document = violations.take(DocumentName::parse(&field, given))?;
    let is_inside = match parent {
        Some(Parent::Document(one)) => *one == document,
        Some(Parent::Documents(partnership)) => partnership.partnership == document.partnership,
        None => true,
    };
    if !is_inside {
        let text = "must be empty or a document of the parent of the batch";
        violations.push(field, "FIELD_INVALID", text);
    }
    Some(document)
}

/// Checks that no two acts of the batch have the same name.
fn distinct(new: &[Recording], violations: &mut Violations) {
    let mut seen = BTreeMap::new();
    for one in new.iter().filter(|one| one.named) {
        if let Some(first) = seen.insert(&one.name, &one.at) {
            let first = first.trim_end_matches('.');
            let text = format!("\"{}\" is the id in {first} too", one.name.act);
            violations.push(format!("{}act_id", one.at), "DUPLICATE_VALUE", text);
        }
    }
}

async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    new: &[Recording],
    caller: &Caller,
) -> Mutation<pb::BatchCreateActsResponse> {
    let (acts, changes) = create::insert(tx, stamp, new, caller).await?;
    let answer = pb::BatchCreateActsResponse { acts };
    fault::check_batch_answer(&answer)?;
    Ok((answer, changes))
}
