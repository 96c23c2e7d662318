//! `UpdateDocument`.

use std::collections::BTreeSet;

use accord_proto::documents::v1 as pb;
use aip::{Violation, Violations, mask};
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    Proposed, check_change, check_item_numbers, check_references, create, cycles, replace,
};
use crate::{
    api::{
        Api, Mutation, access, authority, convert, fault as faults, partnerships,
        references::{self, Missing},
    },
    domain::{Content, Document, DocumentName, foreign::Foreign},
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
    /// Which resources of other services there are not, of those that the change adds references to.
    missing: Missing,
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
    let on_behalf = OnBehalf::of(&request);
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
    let mut update = Update {
        caller,
        name,
        patch,
        mask: given.update_mask,
        allow_missing: given.allow_missing,
        missing: Missing::default(),
    };
    if update.may_refer_abroad() {
        if let Some(answer) = api.journal.answered(&call).await? {
            return Ok(answer);
        }
        let names = added(api, update.clone()).await?;
        update.missing = references::missing(api, &on_behalf, names).await?;
    }
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, update.clone()))
        })
        .await
}

impl Update {
    /// Whether the new values name a resource of another service.
    fn may_refer_abroad(&self) -> bool {
        let mut relations = self.patch.relations.iter();
        relations.any(|relation| Foreign::of(&relation.target).is_some())
    }

    /// What a document that is not there yet is registered with.
    fn registered(&self) -> Result<Content, Fault> {
        if !self.allow_missing {
            return Err(faults::no_document(&self.name));
        }
        let content = content(&self.name, &self.patch)?;
        authority::of_one_party(&self.caller, &content.parties)?;
        Ok(content)
    }

    /// What becomes of the content of a document.
    fn changed(&self, current: &Document) -> Result<Content, Fault> {
        check_change(current, &self.caller, &self.patch.etag)?;
        if current.deleted.is_some() {
            return Err(faults::document_deleted(&current.name));
        }
        let base = convert::document::message(current);
        let merged = mask::merge(&base, &self.patch, self.mask.as_ref(), "document")?;
        let content = content(&current.name, &merged)?;
        // Nobody registers a document of others, be it by an update.
        authority::of_one_party(&self.caller, &content.parties)?;
        Ok(content)
    }
}

/// Reads which references to resources of other services the change adds. A document that changes in
/// between is no matter: what it referred to then was asked for when it came to refer to it.
async fn added(api: &Api, update: Update) -> Result<BTreeSet<String>, Fault> {
    let names = api.database.read(move |tx| {
        let update = update.clone();
        Box::pin(async move {
            let names = |content: &Content| -> BTreeSet<String> {
                let references = content.foreign_references();
                references.map(|(_, name)| name.to_owned()).collect()
            };
            Ok::<_, Fault>(match documents::get(tx, &update.name).await? {
                None => names(&update.registered()?),
                Some(current) => &names(&update.changed(&current)?) - &names(&current.content),
            })
        })
    });
    names.await
}

async fn apply(tx: &mut Tx, stamp: Stamp, update: Update) -> Mutation<pb::Document> {
    let reader = access::reader(&update.caller);
    let Some(current) = documents::get(tx, &update.name).await? else {
        let content = update.registered()?;
        let parent = update.name.parent();
        let new = [create::Registration {
            at: String::new(),
            name: update.name,
            content,
        }];
        return create::insert_one(tx, stamp, (&reader, &update.missing), &parent, &new).await;
    };
    let content = update.changed(&current)?;
    let partnership = partnerships::load(tx, &current.name.parent()).await?;
    let proposed = [Proposed {
        at: "",
        name: &current.name,
        content: &content,
    }];
    // What it referred to before may have been removed for good since.
    let kept = current.content.document_references().into_iter();
    let kept = kept.map(|(_, name)| name).collect();
    check_references(tx, &partnership, &proposed, &update.missing, &kept).await?;
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
    if new.content.relations != current.content.relations {
        cycles::check(tx, &reader, &[&new]).await?;
    }
    replace(tx, &current, new, ChangeKind::Updated).await
}

fn content(name: &DocumentName, given: &pb::Document) -> Result<Content, Fault> {
    let mut violations = Violations::new();
    convert::document::content(Some(name), Some(given), &mut violations)
        .ok_or_else(|| violations.into())
}
