//! `CreateDocument`.

use std::slice;

use accord_proto::documents::v1 as pb;
use aip::{Violations, parse_id};
use fault::Fault;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{check_item_number, check_references, done};
use crate::{
    api::{Api, Mutation, authority, convert, derived, fault as faults, partnerships},
    domain::{Content, Document, DocumentName, PartnershipName},
    store::documents,
};

/// Registers a document.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::CreateDocumentRequest>,
) -> Result<pb::Document, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.DocumentService/CreateDocument",
        caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.get_ref();
    let parent = violations.take(PartnershipName::parse("parent", &given.parent));
    let id = match given.document_id.as_str() {
        "" => Some(format!("d-{}", api.clock.new_uid())),
        id => violations.take(parse_id("document_id", id)),
    };
    let name = parent
        .zip(id)
        .map(|(parent, id)| DocumentName::new(parent.partnership, id));
    let content =
        convert::document::content(name.as_ref(), given.document.as_ref(), &mut violations);
    let (Some(name), Some(content), true) = (name, content, violations.is_empty()) else {
        return Err(violations.into());
    };
    authority::of_one_party(caller, &content.parties)?;
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(insert(tx, stamp, name.clone(), content.clone()))
        })
        .await
}

/// Writes a new document after the checks that only the register can make.
pub(super) async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    name: DocumentName,
    content: Content,
) -> Mutation<pb::Document> {
    let partnership = partnerships::load(tx, &name.parent()).await?;
    check_references(tx, &partnership, &content).await?;
    let new = Document {
        name,
        uid: stamp.new_uid().to_string(),
        revision: 1,
        content,
        created: stamp.now,
        updated: stamp.now,
        deleted: None,
    };
    if documents::get(tx, &new.name).await?.is_none() {
        check_item_number(tx, &new).await?;
    }
    documents::insert(tx, &new)
        .await
        .map_err(|error| faults::insert_document(error, &new.name))?;
    derived::refresh(tx, stamp.now, slice::from_ref(&new.name)).await?;
    Ok(done(&new, ChangeKind::Created))
}
