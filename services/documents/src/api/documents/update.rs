//! `UpdateDocument`.

use accord_proto::documents::v1 as pb;
use aip::{Violation, Violations, mask};
use fault::Fault;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{check_change, Proposed, check_item_numbers, check_references, create, replace};
use crate::{
    api::{Api, Mutation, authority, convert, fault as faults, partnerships},
    domain::{Content, Document, DocumentName},
    store::documents,
};

/// A checked request.
#[derive(Clone)]
struct Update {
    caller: Caller,
    name: DocumentName,
    patch: pb::Document,
    mask: Option<prost_types::FieldMask>,
    allow_missing: bool,
}

/// Changes a document, or registers it where the caller allows that.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::UpdateDocumentRequest>,
) -> Result<pb::Document, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.DocumentService/UpdateDocument",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.into_inner();
    let patch = violations.take(
        given
            .document
            .ok_or_else(|| Violation::required("document")),
    );
    let name = patch
        .as_ref()
        .and_then(|patch| violations.take(DocumentName::parse("document.name", &patch.name)));
    let (Some(patch), Some(name), true) = (patch, name, violations.is_empty()) else {
        return Err(violations.into());
    };
    let update = Update {
        caller,
        name,
        patch,
        mask: given.update_mask,
        allow_missing: given.allow_missing,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, update.clone()))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, update: Update) -> Mutation<pb::Document> {
    let Some(current) = documents::get(tx, &update.name).await? else {
        if !update.allow_missing {
            return Err(faults::no_document(&update.name));
        }
        let content = content(&update.name, &update.patch)?;
        authority::of_one_party(&update.caller, &content.parties)?;
        let parent = update.name.parent();
        let new = [create::Registration {
            at: String::new(),
            name: update.name,
            content,
        }];
        return create::insert_one(tx, stamp, &parent, &new).await;
    };
    check_change(&current, &update.caller, &update.patch.etag)?;
    if current.deleted.is_some() {
        return Err(faults::document_deleted(&current.name));
    }
    let base = convert::document::message(&current);
    let merged = mask::merge(&base, &update.patch, update.mask.as_ref(), "document")?;
    let content = content(&current.name, &merged)?;
    let partnership = partnerships::load(tx, &current.name.parent()).await?;
    let proposed = [Proposed {
        at: "",
        name: &current.name,
        content: &content,
    }];
    check_references(tx, &partnership, &proposed).await?;
    check_item_numbers(tx, &partnership.name, &proposed).await?;
    for party in documents::parties_of_acts(tx, &current).await? {
        if !content.parties.contains(&party) {
            return Err(faults::party_in_use(&current.name, &party, "acts"));
        }
    }
    let new = Document {
        revision: current.revision + 1,
        content,
        updated: stamp.now,
        ..current.clone()
    };
    replace(tx, &current, new, ChangeKind::Updated).await
}

fn content(name: &DocumentName, given: &pb::Document) -> Result<Content, Fault> {
    let mut violations = Violations::new();
    convert::document::content(Some(name), Some(given), &mut violations)
        .ok_or_else(|| violations.into())
}
