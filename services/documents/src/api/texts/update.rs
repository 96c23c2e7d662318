//! `UpdateText`.

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use aip::{Violation, Violations, etag, mask};
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{check_text, load_document, load_text, text_change};
use crate::{
    api::{Api, Mutation, access, authority, convert, fault},
    domain::{DocumentText, TextName},
    store::{search, texts},
};

/// A checked request.
#[derive(Clone)]
struct Update {
    caller: Caller,
    name: TextName,
    patch: pb::Text,
    mask: Option<prost_types::FieldMask>,
}

/// Changes a text.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::UpdateTextRequest>,
) -> Result<pb::Text, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.TextService/UpdateText",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.into_inner();
    let patch = violations.take(given.text.ok_or_else(|| Violation::required("text")));
    let name = patch
        .as_ref()
        .and_then(|patch| violations.take(TextName::parse("text.name", &patch.name)));
    let (Some(patch), Some(name), true) = (patch, name, violations.is_empty()) else {
        return Err(violations.into());
    };
    let update = Update {
        caller,
        name,
        patch,
        mask: given.update_mask,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, update.clone()))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, update: Update) -> Mutation<pb::Text> {
    let reader = access::reader(&update.caller);
    let document = load_document(tx, &reader, &update.name.parent()).await?;
    let current = load_text(tx, &document, &update.name).await?;
    check_text(&reader, &document, &current)?;
    authority::of_one_party(&update.caller, &document.content.parties)?;
    etag::check(
        &update.patch.etag,
        &etag::of(&current.uid, current.revision),
    )
    .map_err(|mismatch| fault::stale(&current.name, &mismatch))?;
    if document.deleted.is_some() {
        return Err(fault::document_deleted(&document.name));
    }
    let base = convert::text::message(&document, &current, &[]);
    let merged = mask::merge(&base, &update.patch, update.mask.as_ref(), "text")?;
    let mut violations = Violations::new();
    let Some(profile) = convert::text::profile(Some(&merged), &mut violations) else {
        return Err(violations.into());
    };
    let new = DocumentText {
        revision: current.revision + 1,
        authentic: profile.authentic,
        access_level: profile.access_level,
        updated: stamp.now,
        ..current.clone()
    };
    if !texts::update_if(tx, &new).await? {
        return Err(fault::changed_meanwhile(&new.name));
    }
    if new.access_level != current.access_level {
        search::relevel_text(tx, &document, &new.name.text, new.access_level).await?;
    }
    let (message, change) = text_change(tx, &document, &new, ChangeKind::Updated).await?;
    Ok((message, vec![change]))
}
