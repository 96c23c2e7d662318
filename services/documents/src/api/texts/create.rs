//! `CreateText`.

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use aip::Violations;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{faults, load_document, text_change};
use crate::{
    api::{
        Api, Mutation, access, authority,
        convert::{self, text::TextProfile},
        fault,
    },
    domain::{DocumentName, DocumentText, TextName},
    store::texts,
};

/// A checked request.
#[derive(Clone)]
struct Create {
    caller: Caller,
    parent: DocumentName,
    profile: TextProfile,
}

/// Registers the text of a document in one language.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::CreateTextRequest>,
) -> Result<pb::Text, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.TextService/CreateText",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.get_ref();
    let parent = violations.take(DocumentName::parse("parent", &given.parent));
    let profile = convert::text::profile(given.text.as_ref(), &mut violations);
    let (Some(parent), Some(profile), true) = (parent, profile, violations.is_empty()) else {
        return Err(violations.into());
    };
    let create = Create {
        caller,
        parent,
        profile,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, create.clone()))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, create: Create) -> Mutation<pb::Text> {
    let reader = access::reader(&create.caller);
    let document = load_document(tx, &reader, &create.parent).await?;
    authority::of_one_party(&create.caller, &document.content.parties)?;
    if document.deleted.is_some() {
        return Err(fault::document_deleted(&document.name));
    }
    let DocumentName {
        partnership,
        document: id,
    } = create.parent;
    let new = DocumentText {
        name: TextName::new(partnership, id, create.profile.id()),
        uid: stamp.new_uid().to_string(),
        revision: 1,
        language: create.profile.language,
        authentic: create.profile.authentic,
        access_level: create.profile.access_level,
        version_count: 0,
        created: stamp.now,
        updated: stamp.now,
    };
    texts::insert(tx, &document, &new)
        .await
        .map_err(|error| faults::insert_text(error, &new.name))?;
    let (message, change) = text_change(tx, &document, &new, ChangeKind::Created).await?;
    Ok((message, vec![change]))
}
