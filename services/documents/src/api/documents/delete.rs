//! `DeleteDocument`.

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{check_change, load, replace};
use crate::{
    api::{Api, Mutation, access, fault as faults, partnerships},
    domain::{Document, DocumentName, Reader},
    store::relations,
};

/// How many of those that refer to a document are named.
const NAMED: usize = 10;

/// How many of those that refer to a document are counted.
const COUNTED: usize = 1_000;

/// A checked request.
#[derive(Clone)]
struct Delete {
    caller: Caller,
    name: DocumentName,
    etag: String,
    force: bool,
}

/// Deletes a document softly, unless others refer to it: its acts stay.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::DeleteDocumentRequest>,
) -> Result<pb::Document, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.DocumentService/DeleteDocument",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.into_inner();
    let name = violations.take(DocumentName::parse("name", &given.name));
    let (Some(name), true) = (name, violations.is_empty()) else {
        return Err(violations.into());
    };
    let delete = Delete {
        caller,
        name,
        etag: given.etag,
        force: given.force,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, delete.clone()))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, delete: Delete) -> Mutation<pb::Document> {
    let current = load(tx, &delete.name).await?;
    check_change(&current, &delete.caller, &delete.etag)?;
    if current.deleted.is_some() {
        return Err(faults::document_deleted(&current.name));
    }
    if !delete.force {
        check_unreferenced(tx, &access::reader(&delete.caller), &current.name).await?;
    }
    let new = Document {
        revision: current.revision + 1,
        updated: stamp.now,
        deleted: Some(stamp.now),
        ..current.clone()
    };
    replace(tx, &current, new, ChangeKind::Deleted).await
}

/// Checks that no document which is not deleted has a relation to the named one or waits for it, and that
/// it did not found its partnership. Of those that the reader may not read no more is told than that there
/// are some, and that only where nothing else stands in the way.
async fn check_unreferenced(
    tx: &mut Tx,
    reader: &Reader,
    name: &DocumentName,
) -> Result<(), Fault> {
    // Its own references do not keep a document.
    let mut any = relations::referrers(tx, name, None, 2).await?;
    any.remove(name);
    let partnership = partnerships::load(tx, &name.parent()).await?;
    let founded = partnership.profile.founding_document == Some(name.to_string());
    if any.is_empty() && !founded {
        return Ok(());
    }
    let mut known = relations::referrers(tx, name, Some(reader), COUNTED + 1).await?;
    known.remove(name);
    let count = known.len() + usize::from(founded);
    let mut named: Vec<String> = Vec::new();
    if founded {
        named.push(partnership.name.to_string());
    }
    named.extend(known.iter().map(ToString::to_string));
    named.truncate(NAMED);
    let count = match count {
        count if count > COUNTED => format!("more than {COUNTED}"),
        count => count.to_string(),
    };
    Err(faults::document_referenced(name, &named, &count))
}
