//! `UndeleteDocument`.

use accord_proto::documents::v1 as pb;
use aip::Violations;
use fault::Fault;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{check_change, check_item_numbers, cycles, load, replace};
use crate::{
    api::{Api, Mutation, access, fault as faults},
    domain::{Document, DocumentName},
};

/// Takes back a deletion, unless another document has taken the item number meanwhile, or relations were
/// made that would go in a circle through this one.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::UndeleteDocumentRequest>,
) -> Result<pb::Document, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.DocumentService/UndeleteDocument",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.into_inner();
    let name = violations.take(DocumentName::parse("name", &given.name));
    let (Some(name), true) = (name, violations.is_empty()) else {
        return Err(violations.into());
    };
    let work = (caller, name, given.etag);
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, work.clone()))
        })
        .await
}

async fn apply(
    tx: &mut Tx,
    stamp: Stamp,
    (caller, name, etag): (Caller, DocumentName, String),
) -> Mutation<pb::Document> {
    let current = load(tx, &name).await?;
    check_change(&current, &caller, &etag)?;
    if current.deleted.is_none() {
        return Err(faults::document_not_deleted(&current.name));
    }
    check_item_numbers(tx, &current.name.parent(), &[(&current).into()]).await?;
    let new = Document {
        revision: current.revision + 1,
        updated: stamp.now,
        deleted: None,
        ..current.clone()
    };
    cycles::check(tx, &access::reader(&caller), &[&new]).await?;
    replace(tx, &current, new, ChangeKind::Undeleted).await
}
