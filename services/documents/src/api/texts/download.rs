//! `DownloadText`.

use std::sync::Arc;

use accord_proto::documents::v1 as pb;
use aip::Violations;
use bytes::Bytes;
use fault::Fault;
use futures::{StreamExt as _, stream::BoxStream};
use identity::Caller;
use storage::Database;
use tonic::{Request, Status};

use super::{faults, load_version, text_store};
use crate::{
    api::{Api, DOMAIN, access},
    domain::{Integrity, TextVersion, TextVersionName},
    store::texts::blobs::{self, Blob},
    text_store::{TextStore, Trouble},
};

/// The pieces of a file on its way out.
pub(in crate::api) type Pieces = BoxStream<'static, Result<pb::DownloadTextResponse, Status>>;

/// A checked range of a version. The bytes are read when the caller takes them: one chunk is in memory at a time.
struct Reading {
    database: Database,
    store: TextStore,
    version: TextVersion,
    blob: Blob,
    at: u64,
    end: u64,
}

/// Returns bytes of a version, each checked before it is sent.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::DownloadTextRequest>,
) -> Result<Pieces, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_read()?;
    let given = request.into_inner();
    let name = check(&given)?;
    let (version, blob) = find(api, caller, name).await?;
    if version.withdrawal.is_some() {
        return Err(faults::withdrawn(&version.name));
    }
    let store = text_store(api)?;
    match blob.integrity {
        Integrity::Intact => {}
        Integrity::Corrupt => return Err(still_damaged(api, store, version, blob).await),
        Integrity::Missing => return Err(faults::reading(&Trouble::Missing, &version)),
    }
    let size = version.size_bytes;
    let at = given.read_offset;
    if at > size {
        return Err(faults::read_offset(size, at));
    }
    let limit = match given.read_limit {
        0 => i64::MAX,
        limit => limit,
    };
    let end = at.saturating_add(limit).min(size);
    let header = pb::DownloadHeader {
        media_type: version.media_type.clone(),
        size_bytes: size,
        sha256: version.sha256.clone(),
        read_offset: at,
        read_size: end - at,
    };
    let mut reading = Reading {
        database: api.database.clone(),
        store,
        version,
        blob,
        at: u64::try_from(at).unwrap_or(0),
        end: u64::try_from(end).unwrap_or(0),
    };
    // The first chunk is read before anything is answered: what is lost is told without a beginning.
    let first = reading.next().await?;
    let header = pb::DownloadTextResponse {
        header: Some(header),
        data: Vec::new(),
    };
    let begin = [Some(header), first.map(message)].into_iter().flatten();
    let rest = futures::stream::try_unfold(reading, |mut reading| async move {
        match reading.next().await {
            Ok(Some(bytes)) => Ok(Some((message(bytes), reading))),
            Ok(None) => Ok(None),
            Err(fault) => Err(fault.into_status(DOMAIN)),
        }
    });
    Ok(futures::stream::iter(begin.map(Ok)).chain(rest).boxed())
}

/// Says that a file is corrupt; or that it is gone, if it was taken away since that was found.
async fn still_damaged(api: &Api, store: TextStore, version: TextVersion, blob: Blob) -> Fault {
    if store.size(&blob.object).await != Err(Trouble::Missing) {
        return faults::reading(&Trouble::Corrupt, &version);
    }
    let gone = Reading {
        database: api.database.clone(),
        store,
        version,
        blob,
        at: 0,
        end: 0,
    };
    gone.lost(Trouble::Missing).await
}

fn check(given: &pb::DownloadTextRequest) -> Result<TextVersionName, Fault> {
    let mut violations = Violations::new();
    let name = violations.take(TextVersionName::parse("name", &given.name));
    for (field, value) in [
        ("read_offset", given.read_offset),
        ("read_limit", given.read_limit),
    ] {
        if value < 0 {
            let description = format!("must not be negative, as {value} is");
            violations.push(field, "FIELD_INVALID", description);
        }
    }
    match name {
        Some(name) if violations.is_empty() => Ok(name),
        _ => Err(violations.into()),
    }
}

async fn find(
    api: &Api,
    caller: Caller,
    name: TextVersionName,
) -> Result<(TextVersion, Blob), Fault> {
    let input = Arc::new((access::reader(&caller), name));
    let found = api.database.read(move |tx| {
        let input = Arc::clone(&input);
        Box::pin(async move {
            let (_, _, version) = load_version(tx, &input.0, &input.1).await?;
            let blob = blobs::get(tx, &version.sha256).await?;
            let blob = blob.ok_or_else(|| Fault::internal("a version has no file"))?;
            Ok::<_, Fault>((version, blob))
        })
    });
    found.await
}

impl Reading {
    /// Reads and checks the chunk that the range goes on in; returns the bytes of it that were asked for.
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        if self.at >= self.end {
            return Ok(None);
        }
        let chunk = self.blob.chunks.around(self.at);
        let read = self
            .store
            .read_chunk(&self.blob.object, &self.blob.chunks, self.at)
            .await;
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(trouble) => return Err(self.lost(trouble).await),
        };
        let from = usize::try_from(self.at - chunk.start).unwrap_or(usize::MAX);
        let to = usize::try_from(self.end.min(chunk.end) - chunk.start).unwrap_or(usize::MAX);
        self.at = chunk.end;
        Ok(Some(bytes.slice(from..to)))
    }

    /// Notes what was found damaged, for everyone who asks later.
    async fn lost(&self, trouble: Trouble) -> Fault {
        let found = match trouble {
            Trouble::Unavailable => return faults::store_unavailable(),
            Trouble::Corrupt => Integrity::Corrupt,
            Trouble::Missing => Integrity::Missing,
        };
        tracing::error!(version = %self.version.name, object = self.blob.object, ?found, "a stored text is damaged");
        let blob = Arc::new(self.blob.clone());
        let noted = self.database.write(move |tx| {
            let blob = Arc::clone(&blob);
            Box::pin(async move { blobs::doubted(tx, &blob, found).await })
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "that a stored text is damaged could not be noted");
        }
        faults::reading(&trouble, &self.version)
    }
}

fn message(bytes: Bytes) -> pb::DownloadTextResponse {
    pb::DownloadTextResponse {
        header: None,
        data: bytes.into(),
    }
}
