//! `CompleteUpload`.
//!
//! The file is put together and read back before the one mutation that makes it a version. A crash anywhere before that
//! leaves a claim, an object and pieces, which the sweep removes, and an upload that can be completed again.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::documents::v1 as pb;
use aip::Violations;
use identity::Caller;
use ledger::{Call, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;
use tracing::Instrument as _;

use super::{
    check_receiving, faults, load_upload, remove_pieces, text_change, text_store, version_change,
};
use crate::{
    api::{Api, Mutation, access, authority, fault},
    domain::{
        Document, DocumentText, Extraction, Integrity, TextVersion, Upload, UploadName, UploadState,
    },
    store::texts::{
        self, blobs,
        uploads::{self, Part},
        versions,
    },
    text_store::{Chunks, Hasher, Incoming, TextStore},
};

/// A file that is stored and was read back.
#[derive(Clone, Debug, Default)]
struct Stored {
    object: String,
    size_bytes: i64,
    chunk_hashes: Vec<u8>,
}

/// How putting a file together ended.
enum Outcome {
    Stored(Stored),
    /// Its hash is another than the one announced.
    Mismatch(String),
}

/// Checks the hash of a file that is there in full, and makes it the next version of its text.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::CompleteUploadRequest>,
) -> Result<pb::TextVersion, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let mut violations = Violations::new();
    let call = Call::new(
        "accord.documents.v1.TextService/CompleteUpload",
        &caller,
        request.get_ref(),
        &mut violations,
    );
    let name = violations.take(UploadName::parse("name", &request.get_ref().name));
    let (Some(name), true) = (name, violations.is_empty()) else {
        return Err(violations.into());
    };
    if let Some(answer) = api.journal.answered(&call).await? {
        return Ok(answer);
    }
    let upload = read(api, &caller, &name).await?;
    let stored = if upload.state == UploadState::Receiving {
        prepare(api, &upload).await?
    } else {
        // A retry gets its first answer; anything else is refused inside.
        Stored::default()
    };
    let input = Arc::new((caller, name, stored));
    let version = api
        .journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move { apply(tx, stamp, &input.0, &input.1, &input.2).await })
        })
        .await?;
    api.texts.bell.notify_one();
    remove_pieces(api, &upload.uid).await;
    Ok(version)
}

async fn read(api: &Api, caller: &Caller, name: &UploadName) -> Result<Upload, Fault> {
    let input = Arc::new((caller.clone(), name.clone()));
    let found = api.database.read(move |tx| {
        let input = Arc::clone(&input);
        Box::pin(async move {
            let (caller, name) = &*input;
            let reader = access::reader(caller);
            let (document, _, upload) = load_upload(tx, &reader, caller, name).await?;
            if upload.state == UploadState::Receiving {
                check(caller, &document, &upload)?;
            }
            Ok::<_, Fault>(upload)
        })
    });
    found.await
}

/// Checks who completes an upload that receives, and that nothing is missing.
fn check(caller: &Caller, document: &Document, upload: &Upload) -> Result<(), Fault> {
    authority::of_one_party(caller, &document.content.parties)?;
    if let Some(party) = &upload.file.party {
        caller.speaks_for(party)?;
    }
    if document.deleted.is_some() {
        return Err(fault::document_deleted(&document.name));
    }
    if upload.received_bytes < upload.file.size_bytes {
        return Err(faults::incomplete(upload));
    }
    Ok(())
}

/// Stores the file, or refuses the upload; nothing is stored if the upload has ended meanwhile.
///
/// It runs in a task of its own: the future of a call is dropped when its client goes away, and would leave a half
/// written object behind.
async fn prepare(api: &Api, upload: &Upload) -> Result<Stored, Fault> {
    let store = text_store(api)?;
    let turn = Arc::clone(&api.texts.completions).acquire_owned().await;
    let turn = turn.map_err(Fault::internal)?;
    let (api, upload) = (api.clone(), upload.clone());
    let task = async move {
        let _turn = turn;
        store_or_refuse(&api, &store, &upload).await
    };
    let stored = tokio::spawn(task.in_current_span()).await;
    stored.unwrap_or_else(|error| Err(Fault::internal(error)))
}

async fn store_or_refuse(api: &Api, store: &TextStore, upload: &Upload) -> Result<Stored, Fault> {
    let Some((object, parts)) = claim(api, upload).await? else {
        return Ok(Stored::default());
    };
    // Whoever ends an upload removes its pieces, and then they are missing here: that says nothing of the file.
    match assemble(store, upload, &object, parts).await {
        Ok(Outcome::Stored(stored)) => Ok(stored),
        Ok(Outcome::Mismatch(computed)) => {
            if refuse(api, upload).await? {
                Err(faults::mismatch(upload, &computed))
            } else {
                Ok(Stored::default())
            }
        }
        Err(fault) => {
            if receives(api, upload).await? {
                Err(fault)
            } else {
                Ok(Stored::default())
            }
        }
    }
}

async fn assemble(
    store: &TextStore,
    upload: &Upload,
    object: &str,
    parts: Vec<Part>,
) -> Result<Outcome, Fault> {
    let trouble = |trouble| faults::writing(&trouble, object);
    let mut incoming = store.begin(object).await.map_err(trouble)?;
    let (size, sha256, chunk_hashes) = match copy(store, &mut incoming, object, parts).await {
        Ok(hasher) => hasher.finish(),
        Err(fault) => {
            incoming.abort().await;
            return Err(fault);
        }
    };
    if sha256 != upload.file.sha256 {
        incoming.abort().await;
        return Ok(Outcome::Mismatch(sha256));
    }
    incoming.finish().await.map_err(trouble)?;
    let chunks = Chunks::new(size, chunk_hashes.clone())
        .ok_or_else(|| Fault::internal("a file has more or fewer hashes than chunks"))?;
    store.verify(object, &chunks).await.map_err(trouble)?;
    Ok(Outcome::Stored(Stored {
        object: object.to_owned(),
        size_bytes: i64::try_from(size).unwrap_or(i64::MAX),
        chunk_hashes,
    }))
}

/// Copies the pieces into one object, and hashes them on the way.
async fn copy(
    store: &TextStore,
    incoming: &mut Incoming,
    object: &str,
    parts: Vec<Part>,
) -> Result<Hasher, Fault> {
    let mut hasher = Hasher::default();
    for part in parts {
        let size = u64::try_from(part.size_bytes).unwrap_or(0);
        let bytes = store.read(&part.object, 0..size, size).await;
        let bytes = bytes.map_err(|trouble| faults::writing(&trouble, &part.object))?;
        let hashed = bytes.clone();
        hasher = tokio::task::spawn_blocking(move || {
            hasher.update(&hashed);
            hasher
        })
        .await
        .map_err(Fault::internal)?;
        let pushed = incoming.push(bytes).await;
        pushed.map_err(|trouble| faults::writing(&trouble, object))?;
    }
    Ok(hasher)
}

/// Notes that the file is about to be stored, before a byte of it is, and reads the pieces; nothing if the upload has
/// ended.
async fn claim(api: &Api, upload: &Upload) -> Result<Option<(String, Vec<Part>)>, Fault> {
    let now = api.clock.now();
    let sha256 = &upload.file.sha256;
    let fresh = format!(
        "sha256/{}/{sha256}.{}",
        sha256.get(..2).unwrap_or_default(),
        api.clock.new_uid().simple()
    );
    let input = Arc::new((upload.clone(), fresh));
    let claimed = api.database.write(move |tx| {
        let input = Arc::clone(&input);
        Box::pin(async move {
            let (upload, fresh) = &*input;
            if !uploads::receives(tx, &upload.uid).await? {
                return Ok::<_, Fault>(None);
            }
            let file = &upload.file;
            let object = blobs::claim(tx, &file.sha256, fresh, file.size_bytes, now).await?;
            Ok(Some((object, uploads::parts(tx, &upload.uid).await?)))
        })
    });
    claimed.await
}

async fn receives(api: &Api, upload: &Upload) -> Result<bool, Fault> {
    let uid = upload.uid.clone();
    let receives = api.database.read(move |tx| {
        let uid = uid.clone();
        Box::pin(async move { Ok::<_, Fault>(uploads::receives(tx, &uid).await?) })
    });
    receives.await
}

/// Refuses the upload; false if it has ended otherwise.
async fn refuse(api: &Api, upload: &Upload) -> Result<bool, Fault> {
    let uid = upload.uid.clone();
    let refused = api.database.write(move |tx| {
        let uid = uid.clone();
        Box::pin(
            async move { Ok::<_, Fault>(uploads::end(tx, &uid, UploadState::Refused, 0).await?) },
        )
    });
    let refused = refused.await?;
    if refused {
        remove_pieces(api, &upload.uid).await;
    }
    Ok(refused)
}

async fn apply(
    tx: &mut Tx,
    stamp: Stamp,
    caller: &Caller,
    name: &UploadName,
    stored: &Stored,
) -> Mutation<pb::TextVersion> {
    let reader = access::reader(caller);
    let (document, text, upload) = load_upload(tx, &reader, caller, name).await?;
    check_receiving(&upload)?;
    check(caller, &document, &upload)?;
    let number = text.version_count + 1;
    if !uploads::end(tx, &upload.uid, UploadState::Completed, number).await? {
        return Err(faults::upload_finished(&Upload {
            state: UploadState::Cancelled,
            ..upload
        }));
    }
    let sha256 = upload.file.sha256.as_str();
    let (object, hashes) = (stored.object.as_str(), stored.chunk_hashes.as_slice());
    if !blobs::stored(tx, sha256, object, stored.size_bytes, hashes, stamp.now).await? {
        // The claim has lapsed: this call took longer than a day.
        return Err(faults::store_unavailable());
    }
    let version = version(&stamp, caller, &text, number, upload);
    let text = DocumentText {
        revision: text.revision + 1,
        version_count: number,
        updated: stamp.now,
        ..text
    };
    versions::insert(tx, &version).await?;
    if !texts::update_if(tx, &text).await? {
        return Err(fault::changed_meanwhile(&text.name));
    }
    let (message, first) = version_change(&document, &text, &version, ChangeKind::Created);
    let (_, second) = text_change(tx, &document, &text, ChangeKind::Updated).await?;
    Ok((message, vec![first, second]))
}

fn version(
    stamp: &Stamp,
    caller: &Caller,
    text: &DocumentText,
    number: i64,
    upload: Upload,
) -> TextVersion {
    let file = upload.file;
    TextVersion {
        name: text.name.version(number),
        uid: stamp.new_uid().to_string(),
        text_uid: text.uid.clone(),
        number,
        revision: 1,
        media_type: file.media_type,
        size_bytes: file.size_bytes,
        sha256: file.sha256,
        party: file.party,
        source: file.source,
        extraction: Extraction::Pending,
        extracted_chars: 0,
        is_partly_extracted: false,
        integrity: Integrity::Intact,
        checked: stamp.now,
        created: stamp.now,
        recorder: caller.agency.clone(),
        recorder_party: caller.party.clone().unwrap_or_default(),
        withdrawal: None,
    }
}
