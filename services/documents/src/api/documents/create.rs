//! `CreateDocument`, and what it shares with other ways to register documents.

use std::collections::BTreeSet;
use std::sync::Arc;

use accord_proto::documents::v1 as pb;
use aip::{Violations, parse_id};
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{Proposed, check_item_numbers, check_references, cycles, done};
use crate::{
    api::{
        Api, Mutation, access, authority, convert, derived, fault as faults, partnerships,
        references::{self, Asked, Missing},
    },
    domain::{Content, Document, DocumentName, PartnershipName, Reader},
    store::{documents, relations},
};

/// A document that is to be registered, checked as far as it can be without the register.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    /// Where it stands in the request: empty, or such as `requests[3].`.
    pub(super) at: String,
    pub(super) name: DocumentName,
    pub(super) content: Content,
}

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
    let checked = registration(api, "", parent.as_ref(), given, &mut violations);
    let (Some(parent), Some(new), true) = (parent, checked, violations.is_empty()) else {
        return Err(violations.into());
    };
    authority::of_one_party(caller, &new.content.parties)?;
    let names = new.content.foreign_references().map(|(_, name)| name);
    let missing = match references::ask(api, &call, &OnBehalf::of(&request), names).await? {
        Asked::Answered(answer) => return Ok(answer),
        Asked::Missing(missing) => missing,
    };
    let work = Arc::new((access::reader(caller), missing, parent, [new]));
    api.journal
        .mutate(call, move |tx, stamp| {
            let work = Arc::clone(&work);
            Box::pin(async move {
                let (reader, missing, parent, new) = &*work;
                insert_one(tx, stamp, (reader, missing), parent, new).await
            })
        })
        .await
}

/// Checks one request for a document of `parent`; an id that is left out is made.
pub(super) fn registration(
    api: &Api,
    at: &str,
    parent: Option<&PartnershipName>,
    given: &pb::CreateDocumentRequest,
    violations: &mut Violations,
) -> Option<Registration> {
    let id = match given.document_id.as_str() {
        "" => Some(format!("d-{}", api.clock.new_uid())),
        id => violations.take(parse_id(&format!("{at}document_id"), id)),
    };
    let name = parent
        .zip(id)
        .map(|(parent, id)| DocumentName::new(parent.partnership.clone(), id));
    let mut found = Violations::new();
    let content = convert::document::content(name.as_ref(), given.document.as_ref(), &mut found);
    violations.merge_under(at.trim_end_matches('.'), found);
    Some(Registration {
        at: at.to_owned(),
        name: name?,
        content: content?,
    })
}

/// Registers one document after the checks that only the register can make.
pub(super) async fn insert_one(
    tx: &mut Tx,
    stamp: Stamp,
    known: (&Reader, &Missing),
    parent: &PartnershipName,
    new: &[Registration; 1],
) -> Mutation<pb::Document> {
    let [new] = new;
    let inserted = insert(tx, stamp, known, parent, std::slice::from_ref(new)).await?;
    let inserted = inserted
        .first()
        .ok_or_else(|| faults::changed_meanwhile(&new.name))?;
    Ok(done(inserted, ChangeKind::Created))
}

/// Registers documents of one partnership, all or none, in their order. `known` is what the caller may read,
/// and what other services have said is missing.
pub(super) async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    (reader, missing): (&Reader, &Missing),
    parent: &PartnershipName,
    new: &[Registration],
) -> Result<Vec<Document>, Fault> {
    let partnership = partnerships::load(tx, parent).await?;
    let proposed: Vec<_> = new
        .iter()
        .map(|new| Proposed {
            at: &new.at,
            name: &new.name,
            content: &new.content,
        })
        .collect();
    check_references(tx, &partnership, &proposed, missing, &BTreeSet::new()).await?;
    let names: Vec<_> = new.iter().map(|new| new.name.clone()).collect();
    let existing = documents::existing(tx, names.clone()).await?;
    if let Some(name) = names.iter().find(|name| existing.contains(name)) {
        return Err(faults::document_exists(name));
    }
    if let Some(name) = relations::referred_to(tx, &names).await? {
        return Err(faults::name_referred_to(&name));
    }
    check_item_numbers(tx, &partnership.name, &proposed).await?;
    let document = |new: &Registration| Document {
        name: new.name.clone(),
        uid: stamp.new_uid().to_string(),
        revision: 1,
        content: new.content.clone(),
        created: stamp.now,
        updated: stamp.now,
        deleted: None,
    };
    let documents: Vec<_> = new.iter().map(document).collect();
    cycles::check(tx, reader, &documents.iter().collect::<Vec<_>>()).await?;
    documents::insert_many(tx, &documents).await?;
    derived::insert(tx, stamp.now, &documents).await?;
    Ok(documents)
}
