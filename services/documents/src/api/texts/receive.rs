//! The bytes of an upload on their way to durable pieces: each is an object first, and then a row.

mod held;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use accord_proto::documents::v1 as pb;
use aip::Violations;
use clock::Clock;
use fault::Fault;
use identity::Caller;
use storage::Database;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::held::Held;
use super::{check_receiving, faults, load_upload};
use crate::{
    api::{Api, access},
    domain::{Upload, UploadName, UploadState},
    store::texts::uploads::{self, Part},
    text_store::{PIECE_BYTES, TextStore, Trouble},
};

/// The most bytes of one message.
const MESSAGE_BYTES: usize = 2 * 1024 * 1024;

/// One stream of an upload.
pub(super) struct Receiver {
    database: Database,
    clock: Clock,
    store: TextStore,
    caller: Caller,
    /// The upload, as far as it is durable.
    upload: Upload,
    /// What tells this stream from an older or newer one.
    lease: String,
    slots: Arc<Semaphore>,
    waiting: Option<Waiting>,
}

/// Bytes that are not durable yet; there are as many of these in the process as slots.
struct Waiting {
    held: Held,
    since: Instant,
    _slot: OwnedSemaphorePermit,
}

/// The most pieces of one upload, each of which is an object and a row; a file of the largest size has some 500 full ones.
const MAX_PIECES: usize = 10_000;

/// From this size on a piece does not count among the many: as many of these are no file that may be given.
const COUNTED_BYTES: i64 = 1024 * 1024;

impl Receiver {
    /// Takes the upload over for this stream, which goes on at `offset`.
    pub(super) async fn begin(
        api: &Api,
        store: TextStore,
        caller: &Caller,
        name: UploadName,
        offset: i64,
    ) -> Result<Self, Fault> {
        let lease = api.clock.new_uid().simple().to_string();
        let input = Arc::new((caller.clone(), name, lease.clone()));
        let upload = api.database.write(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name, lease) = &*input;
                let reader = access::reader(caller);
                let (_, _, upload) = load_upload(tx, &reader, caller, name).await?;
                check_receiving(&upload)?;
                if upload.received_bytes != offset {
                    return Err(faults::offset_mismatch(&upload, offset));
                }
                if !uploads::lease(tx, &upload.uid, lease, offset).await? {
                    // A piece was recorded between the two statements.
                    let (_, _, upload) = load_upload(tx, &reader, caller, name).await?;
                    check_receiving(&upload)?;
                    return Err(faults::offset_mismatch(&upload, offset));
                }
                Ok(upload)
            })
        });
        Ok(Self {
            upload: upload.await?,
            database: api.database.clone(),
            clock: api.clock.clone(),
            store,
            caller: caller.clone(),
            lease,
            slots: Arc::clone(&api.texts.pieces),
            waiting: None,
        })
    }

    /// Returns the upload, as far as it is durable.
    pub(super) fn upload(&self) -> &Upload {
        &self.upload
    }

    /// Takes the bytes of a message; earlier ones become durable when there is no room for more.
    pub(super) async fn take(&mut self, message: pb::UploadTextRequest) -> Result<(), Fault> {
        self.check(&message)?;
        if message.data.is_empty() {
            return Ok(());
        }
        if self.held_bytes() + message.data.len() > PIECE_BYTES {
            self.flush().await?;
        }
        let waiting = match &mut self.waiting {
            Some(waiting) => waiting,
            none => {
                let slot = Arc::clone(&self.slots).acquire_owned().await;
                none.insert(Waiting {
                    _slot: slot.map_err(Fault::internal)?,
                    held: Held::default(),
                    since: Instant::now(),
                })
            }
        };
        waiting.held.push(message.data);
        Ok(())
    }

    fn check(&self, message: &pb::UploadTextRequest) -> Result<(), Fault> {
        let mut violations = Violations::new();
        if !message.name.is_empty() && message.name != self.upload.name.to_string() {
            let description = format!("must be {} or empty in this stream", self.upload.name);
            violations.push("name", "FIELD_INVALID", description);
        }
        let sent = message.data.len();
        if sent > MESSAGE_BYTES {
            let description = format!("must have at most {MESSAGE_BYTES} bytes, not {sent}");
            violations.push("data", "FIELD_INVALID", description);
        }
        let size = self.upload.file.size_bytes;
        let room = size - self.upload.received_bytes - as_i64(self.held_bytes());
        if as_i64(sent) > room {
            let description = format!(
                "goes {} bytes beyond the announced {size}",
                as_i64(sent) - room
            );
            violations.push("data", "FIELD_INVALID", description);
        }
        Ok(violations.finish()?)
    }

    /// Returns whether there are bytes in memory that came longer ago than `time`.
    pub(super) fn holds_since(&self, time: Duration) -> bool {
        self.waiting
            .as_ref()
            .is_some_and(|waiting| waiting.since.elapsed() >= time)
    }

    /// Uses a pause of the sender to make durable what there is, or else to see whether a newer stream goes on.
    pub(super) async fn pause(&mut self) -> Result<(), Fault> {
        if self.waiting.is_some() {
            return self.flush().await;
        }
        let input = Arc::new((self.upload.uid.clone(), self.lease.clone()));
        let leased = self.database.read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(
                async move { Ok::<_, Fault>(uploads::is_leased(tx, &input.0, &input.1).await?) },
            )
        });
        if leased.await? {
            Ok(())
        } else {
            Err(self.lost().await)
        }
    }

    /// Makes the bytes in memory durable.
    pub(super) async fn flush(&mut self) -> Result<(), Fault> {
        let Some(waiting) = self.waiting.take() else {
            return Ok(());
        };
        let offset = self.upload.received_bytes;
        let part = Part {
            // No two streams write the same object, so an old one cannot replace a new one's bytes.
            object: format!("uploads/{}/{offset}-{}", self.upload.uid, self.lease),
            offset_bytes: offset,
            size_bytes: as_i64(waiting.held.bytes()),
        };
        self.check_count(&part).await?;
        let blocks = waiting.held.into_blocks();
        let stored = self.store.put(&part.object, blocks).await;
        stored.map_err(|trouble| faults::writing(&trouble, &part.object))?;
        let now = self.clock.now();
        let input = Arc::new((self.upload.uid.clone(), self.lease.clone(), part.clone()));
        let recorded = self.database.write(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (uid, lease, part) = &*input;
                Ok::<_, Fault>(uploads::receive(tx, uid, lease, part, now).await?)
            })
        });
        if recorded.await? {
            self.upload.received_bytes += part.size_bytes;
            self.upload.touched = now;
            return Ok(());
        }
        // What cannot be removed now is swept.
        let _: Result<(), Trouble> = self.store.remove(&part.object).await;
        Err(self.lost().await)
    }

    /// Checks that a small piece is not one of too many.
    async fn check_count(&self, part: &Part) -> Result<(), Fault> {
        if part.size_bytes >= COUNTED_BYTES {
            return Ok(());
        }
        let uid = self.upload.uid.clone();
        let counted = self.database.read(move |tx| {
            let uid = uid.clone();
            Box::pin(
                async move { Ok::<_, Fault>(uploads::part_count(tx, &uid, MAX_PIECES).await?) },
            )
        });
        if counted.await? < MAX_PIECES {
            Ok(())
        } else {
            Err(faults::fragmented(&self.upload, MAX_PIECES))
        }
    }

    /// Returns why the upload is no longer this stream's.
    async fn lost(&self) -> Fault {
        let input = Arc::new((self.caller.clone(), self.upload.name.clone()));
        let found = self.database.read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, name) = &*input;
                load_upload(tx, &access::reader(caller), caller, name).await
            })
        });
        match found.await {
            Ok((_, _, upload)) if upload.state != UploadState::Receiving => {
                faults::upload_finished(&upload)
            }
            Ok(_) => faults::taken_over(&self.upload.name),
            Err(fault) => fault,
        }
    }

    fn held_bytes(&self) -> usize {
        let waiting = self.waiting.as_ref();
        waiting.map_or(0, |waiting| waiting.held.bytes())
    }
}

fn as_i64(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
