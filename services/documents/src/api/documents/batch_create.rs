//! `BatchCreateDocuments`.

use std::{collections::BTreeMap, sync::Arc};

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    create::{self, Registration},
    done,
};
use crate::{
    api::{
        Api, Mutation, access, authority, batch,
        references::{self, Asked, Missing},
    },
    domain::{PartnershipName, Reader},
};

/// Registers documents of one partnership, all or none.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::BatchCreateDocumentsRequest>,
) -> Result<pb::BatchCreateDocumentsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.DocumentService/BatchCreateDocuments",
        caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.get_ref();
    let parent = violations.take(PartnershipName::parse("parent", &given.parent));
    let mut new = Vec::with_capacity(given.requests.len());
    if batch::is_countable("requests", given.requests.len(), &mut violations) {
        for (index, one) in given.requests.iter().enumerate() {
            let at = format!("requests[{index}].");
            check_child(&at, &given.parent, one, &mut violations);
            new.extend(create::registration(
                api,
                &at,
                parent.as_ref(),
                one,
                &mut violations,
            ));
        }
        distinct(&given.requests, &mut violations);
    }
    let (Some(parent), true) = (parent, violations.is_empty()) else {
        return Err(violations.into());
    };
    for one in &new {
        authority::of_one_party(caller, &one.content.parties)?;
    }
    let names = new.iter().flat_map(|one| one.content.foreign_references());
    let names = names.map(|(_, name)| name);
    let missing = match references::ask(api, &call, &OnBehalf::of(&request), names).await? {
        Asked::Answered(answer) => return Ok(answer),
        Asked::Missing(missing) => missing,
    };
    let work = Arc::new((access::reader(caller), missing, parent, new));
    api.journal
        .mutate(call, move |tx, stamp| {
            let work = Arc::clone(&work);
            Box::pin(async move {
                let (reader, missing, parent, new) = &*work;
                insert(tx, stamp, (reader, missing), parent, new).await
            })
        })
        .await
}

fn check_child(
    at: &str,
    parent: &str,
    given: &pb::CreateDocumentRequest,
    violations: &mut Violations,
) {
    batch::check_child(at, &given.request_id, given.validate_only, violations);
    if !given.parent.is_empty() && given.parent != parent {
        let text = "must be empty or the parent of the batch";
        violations.push(format!("{at}parent"), "FIELD_INVALID", text);
    }
}

/// Checks that no two documents of the batch have the same id or item number.
fn distinct(requests: &[pb::CreateDocumentRequest], violations: &mut Violations) {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let mut numbers: BTreeMap<i32, usize> = BTreeMap::new();
    for (index, request) in requests.iter().enumerate() {
        let id = request.document_id.as_str();
        if !id.is_empty()
            && let Some(first) = ids.insert(id, index)
        {
            let text = format!("\"{id}\" is the id in requests[{first}] too");
            let field = format!("requests[{index}].document_id");
            violations.push(field, "DUPLICATE_VALUE", text);
        }
        let number = request
            .document
            .as_ref()
            .and_then(|given| given.item_number);
        if let Some(number) = number
            && let Some(first) = numbers.insert(number, index)
        {
            let text = format!("{number} is the number in requests[{first}] too");
            let field = format!("requests[{index}].document.item_number");
            violations.push(field, "DUPLICATE_VALUE", text);
        }
    }
}

async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    known: (&Reader, &Missing),
    parent: &PartnershipName,
    new: &[Registration],
) -> Mutation<pb::BatchCreateDocumentsResponse> {
    let inserted = create::insert(tx, stamp, known, parent, new).await?;
    let mut changes = Vec::with_capacity(inserted.len());
    let mut documents = Vec::with_capacity(inserted.len());
    for document in &inserted {
        let (message, change) = done(document, ChangeKind::Created);
        documents.push(message);
        changes.extend(change);
    }
    let answer = pb::BatchCreateDocumentsResponse { documents };
    fault::check_batch_answer(&answer)?;
    Ok((answer, changes))
}
