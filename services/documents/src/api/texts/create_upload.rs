//! `CreateUpload`.

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use aip::{Violations, parse_id};
use identity::Caller;
use ledger::{Call, Stamp};
use storage::Tx;
use tonic::Request;

use super::{check_text, faults, load_document, text_store};
use crate::{
    api::{Api, Mutation, access, authority, convert, fault},
    domain::{AnnouncedFile, Document, TextName, Upload, UploadName, UploadState},
    store::texts::{self, uploads},
    texts::Quota,
};

/// A checked request.
#[derive(Clone)]
struct Create {
    caller: Caller,
    name: UploadName,
    text: TextName,
    file: AnnouncedFile,
}

/// Announces a file.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::CreateUploadRequest>,
) -> Result<pb::Upload, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.TextService/CreateUpload",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let given = request.get_ref();
    let parent = violations.take(crate::domain::DocumentName::parse("parent", &given.parent));
    let id = match given.upload_id.as_str() {
        "" => Some(format!("u-{}", api.clock.new_uid())),
        id => violations.take(parse_id("upload_id", id)),
    };
    let announced =
        convert::text::announced(given.upload.as_ref(), api.texts.max_bytes, &mut violations);
    if let (Some(parent), Some((text, _))) = (&parent, &announced)
        && text.parent() != *parent
    {
        let description = format!("must be a text of {parent}");
        violations.push("upload.text", "FIELD_INVALID", description);
    }
    let (Some(parent), Some(id), Some((text, file)), true) =
        (parent, id, announced, violations.is_empty())
    else {
        return Err(violations.into());
    };
    text_store(api)?;
    let quota = api.texts.quota;
    let create = Create {
        caller,
        name: UploadName::new(parent.partnership, parent.document, id),
        text,
        file,
    };
    api.journal
        .mutate(call, move |tx, stamp| {
            Box::pin(apply(tx, stamp, create.clone(), quota))
        })
        .await
}

async fn apply(tx: &mut Tx, stamp: Stamp, create: Create, quota: Quota) -> Mutation<pb::Upload> {
    let Create {
        caller,
        name,
        text,
        file,
    } = create;
    let reader = access::reader(&caller);
    let document = load_document(tx, &reader, &name.parent()).await?;
    authority::of_one_party(&caller, &document.content.parties)?;
    if document.deleted.is_some() {
        return Err(fault::document_deleted(&document.name));
    }
    let found = texts::get(tx, &document, &text.text).await?;
    let mut violations = Violations::new();
    if found.is_none() {
        let description = format!("there is no {text}");
        violations.push("upload.text", "REFERENCE_NOT_FOUND", description);
    }
    check_party(&document, &file, &mut violations);
    let (Some(found), true) = (found, violations.is_empty()) else {
        return Err(violations.into());
    };
    check_text(&reader, &document, &found)?;
    if let Some(party) = &file.party {
        caller.speaks_for(party)?;
    }
    let new = Upload {
        name,
        uid: stamp.new_uid().to_string(),
        agency: caller.agency,
        agency_party: caller.party.unwrap_or_default(),
        text_uid: found.uid,
        text_id: text.text,
        file,
        received_bytes: 0,
        state: UploadState::Receiving,
        version_number: 0,
        created: stamp.now,
        touched: stamp.now,
    };
    uploads::insert(tx, &document, &new)
        .await
        .map_err(|error| faults::insert_upload(error, &new.name))?;
    check_quota(tx, &document, &new, quota).await?;
    // Nobody but the agency sees it: no entry in the log.
    Ok((convert::text::upload_message(&new), Vec::new()))
}

/// Checks that with the new upload not more receive than may.
async fn check_quota(
    tx: &mut Tx,
    document: &Document,
    new: &Upload,
    quota: Quota,
) -> Result<(), Fault> {
    let (of_agency, of_document) = (quota.of_agency, quota.of_document);
    let (agency, party) = (new.agency.as_str(), new.agency_party.as_str());
    let open = uploads::open_of_agency(tx, agency, party, of_agency + 1).await?;
    if open > of_agency {
        return Err(faults::too_many_of_agency(agency, of_agency));
    }
    let open = uploads::open_of_document(tx, document, of_document + 1).await?;
    if open > of_document {
        return Err(faults::too_many_of_document(&document.name, of_document));
    }
    Ok(())
}

fn check_party(document: &Document, file: &AnnouncedFile, violations: &mut Violations) {
    if let Some(party) = &file.party
        && !document.content.parties.contains(party)
    {
        let description = format!("{party} is not a party of the document");
        violations.push("upload.party", "NOT_A_PARTY", description);
    }
}
