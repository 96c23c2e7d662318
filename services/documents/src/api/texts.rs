//! The methods on texts, and the checks they share.
//!
//! Whoever may not read a document learns nothing of its texts, not even whether there are any. Whoever may read the
//! document and not one of its texts learns that text's name, language and level.

pub(super) mod cancel_upload;
pub(super) mod complete_upload;
pub(super) mod create;
pub(super) mod create_upload;
pub(super) mod download;
mod fault;
pub(super) mod get;
pub(super) mod get_upload;
pub(super) mod get_version;
pub(super) mod list;
pub(super) mod list_versions;
mod receive;
pub(super) mod update;
pub(super) mod upload;
pub(super) mod withdraw;

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use identity::Caller;
use ledger::{Change, ChangeKind};
use storage::Tx;

use self::fault as faults;
use super::{Api, access, convert, documents};
use crate::{
    domain::{
        Document, DocumentName, DocumentText, Reader, TextName, TextVersion, TextVersionName,
        Upload, UploadName, UploadState,
    },
    store,
    text_store::TextStore,
    upkeep::Upkeep,
};

/// Returns the place for texts, or says which setting names one.
fn text_store(api: &Api) -> Result<TextStore, Fault> {
    api.texts
        .store()
        .cloned()
        .ok_or_else(faults::not_configured)
}

/// Reads a document that the reader may read, a deleted one too.
async fn load_document(
    tx: &mut Tx,
    reader: &Reader,
    name: &DocumentName,
) -> Result<Document, Fault> {
    let document = documents::load(tx, name).await?;
    if reader.may_read(&document) {
        Ok(document)
    } else {
        let level = document.content.access_level;
        reader.note_denial(level, &document.content.parties);
        Err(faults::level_required(&document.name, level))
    }
}

/// Reads a text of a document.
async fn load_text(
    tx: &mut Tx,
    document: &Document,
    name: &TextName,
) -> Result<DocumentText, Fault> {
    store::texts::get(tx, document, &name.text)
        .await?
        .ok_or_else(|| faults::no_text(name))
}

/// Checks that the reader may read a text, and not only that it exists.
fn check_text(reader: &Reader, document: &Document, text: &DocumentText) -> Result<(), Fault> {
    if may_read(reader, document, text) {
        Ok(())
    } else {
        let level = text.level_in(document);
        reader.note_denial(level, &document.content.parties);
        Err(faults::level_required(&text.name, level))
    }
}

fn may_read(reader: &Reader, document: &Document, text: &DocumentText) -> bool {
    reader.may_read_level(text.level_in(document), &document.content.parties)
}

/// Reads a version of a text that the reader may read.
async fn load_version(
    tx: &mut Tx,
    reader: &Reader,
    name: &TextVersionName,
) -> Result<(Document, DocumentText, TextVersion), Fault> {
    let text_name = name.parent();
    let document = load_document(tx, reader, &text_name.parent()).await?;
    let text = load_text(tx, &document, &text_name).await?;
    check_text(reader, &document, &text)?;
    let found = match name.number() {
        Some(number) => store::texts::versions::get(tx, &text, number).await?,
        None => None,
    };
    let version = found.ok_or_else(|| faults::no_version(name))?;
    Ok((document, text, version))
}

/// Reads an upload of the caller's own agency; another's is as good as none.
async fn load_upload(
    tx: &mut Tx,
    reader: &Reader,
    caller: &Caller,
    name: &UploadName,
) -> Result<(Document, DocumentText, Upload), Fault> {
    let document = load_document(tx, reader, &name.parent()).await?;
    let upload = store::texts::uploads::get(tx, &document, &name.upload)
        .await?
        .filter(|upload| {
            upload.agency == caller.agency && caller.party.as_ref() == Some(&upload.agency_party)
        })
        .ok_or_else(|| faults::no_upload(name))?;
    let parent = &document.name;
    let text = TextName::new(
        parent.partnership.clone(),
        parent.document.clone(),
        upload.text_id.clone(),
    );
    let text = load_text(tx, &document, &text).await?;
    check_text(reader, &document, &text)?;
    Ok((document, text, upload))
}

/// Removes the pieces of an upload that has ended. What fails is left to the next sweep.
async fn remove_pieces(api: &Api, upload_uid: &str) {
    if let Some(upkeep) = Upkeep::new(api.database.clone(), api.texts.clone(), api.clock.clone()) {
        upkeep.remove_pieces_of(upload_uid).await;
    }
}

/// Checks that an upload still takes bytes.
fn check_receiving(upload: &Upload) -> Result<(), Fault> {
    if upload.state == UploadState::Receiving {
        Ok(())
    } else {
        Err(faults::upload_finished(upload))
    }
}

/// Writes texts as the reader may see them.
async fn shown(
    tx: &mut Tx,
    reader: &Reader,
    document: &Document,
    texts: &[DocumentText],
) -> Result<Vec<pb::Text>, Fault> {
    let mut standing = store::texts::standing(tx, texts).await?;
    let message = |text: &DocumentText| {
        if may_read(reader, document, text) {
            let standing = standing.remove(&text.uid).unwrap_or_default();
            convert::text::message(document, text, &standing)
        } else {
            convert::text::redacted(text)
        }
    };
    Ok(texts.iter().map(message).collect())
}

/// Describes what happened to a text, as whoever may read it sees it.
async fn text_change(
    tx: &mut Tx,
    document: &Document,
    text: &DocumentText,
    kind: ChangeKind,
) -> Result<(pb::Text, Change), Fault> {
    let mut standing = store::texts::standing(tx, std::slice::from_ref(text)).await?;
    let standing = standing.remove(&text.uid).unwrap_or_default();
    let message = convert::text::message(document, text, &standing);
    let readers = access::readers_of(document, text.access_level);
    let change = Change::of(text.name.to_string(), kind, &message).readable_by(readers);
    Ok((message, change))
}

/// Describes what happened to a version.
fn version_change(
    document: &Document,
    text: &DocumentText,
    version: &TextVersion,
    kind: ChangeKind,
) -> (pb::TextVersion, Change) {
    let message = convert::text::version_message(version);
    let readers = access::readers_of(document, text.access_level);
    let change = Change::of(version.name.to_string(), kind, &message).readable_by(readers);
    (message, change)
}
