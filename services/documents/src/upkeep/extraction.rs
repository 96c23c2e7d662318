//! The words of new versions, for search and for the comparison of originals.
//!
//! The libraries that read PDF may panic, run long, take any amount of memory or end the process on a damaged file. So a
//! file is read in a process of its own with a bounded memory ([`Reader`](crate::Reader)), for a bounded time, one at a
//! time; where the program has no such processes, in a thread of its own, and while one that took too long is not at its
//! end, no other begins. Each attempt is counted just before it begins, so that a file which ends this process is given
//! up after a few starts; one that is broken off because the process stops does not count.
//!
//! An attempt belongs to one replica for a while. What it came to is noted under the log's lock, as by a mutation, in many
//! short transactions (`noting`).

mod noting;

use std::{sync::Arc, thread, time::Duration};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{Upkeep, noted};
use crate::{
    extract::{self, Outcome, STACK_BYTES},
    store::texts::{
        blobs::{self, Blob},
        versions::{self, PendingVersion},
    },
    text_store::Trouble,
};

/// How long taking words from one file may take.
const TIME: Duration = Duration::from_secs(30);

/// How long an attempt belongs to the replica that began it: much longer than it takes.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// The largest file that words are taken from: it is in memory for that.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// How often one file is begun.
const ATTEMPTS: i64 = 3;

impl Upkeep {
    /// Takes the words of every version that was not looked at.
    pub async fn extract(&self) {
        while self.extract_next().await.is_some() {}
    }

    /// Takes the words of one version; nothing if there is none, or it has to wait.
    async fn extract_next(&self) -> Option<()> {
        if self.stopping.is_cancelled() {
            return None;
        }
        let Ok(turn) = Arc::clone(&self.reading).try_acquire_owned() else {
            tracing::warn!(
                "no words are taken from texts: a file that was given up is still being read"
            );
            return None;
        };
        let now = self.clock.now();
        let next = self
            .database
            .read(move |tx| Box::pin(versions::next_pending(tx, now)));
        let version = noted(next.await)??;
        if version.attempts >= ATTEMPTS {
            let outcome = Outcome::Failed("it was begun too often".to_owned());
            return self.end(&version, outcome).await;
        }
        if !extract::is_supported(&version.media_type) {
            return self.end(&version, Outcome::NotSupported).await;
        }
        let bytes = tokio::select! {
            bytes = self.bytes(&version) => bytes,
            () = self.stopping.cancelled() => return None,
        };
        let bytes = match bytes {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                let outcome = Outcome::Failed(format!("it has more than {MAX_BYTES} bytes"));
                return self.end(&version, outcome).await;
            }
            Err(Trouble::Unavailable) => return None,
            Err(trouble) => {
                return self
                    .end(&version, Outcome::Failed(trouble.to_string()))
                    .await;
            }
        };
        let now = self.clock.now();
        let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        if !self.begin(&version, now, until).await? {
            return Some(());
        }
        let outcome = tokio::select! {
            biased;
            outcome = self.words(turn, &version, bytes) => outcome,
            () = self.stopping.cancelled() => None,
        };
        let ended = match outcome {
            Some(Outcome::Words(words)) => self.index(&version, until, words).await,
            Some(outcome) => self.end(&version, outcome).await,
            None => None,
        };
        if ended.is_none() {
            self.give_back(&version, until).await;
        }
        ended
    }

    /// Takes the words from a file, apart from everything else; nothing where that cannot be begun.
    async fn words(
        &self,
        turn: OwnedSemaphorePermit,
        version: &PendingVersion,
        bytes: Vec<u8>,
    ) -> Option<Outcome> {
        let media_type = version.media_type.clone();
        let Some(reader) = &self.texts.reader else {
            let work = move || extract::words(&media_type, &bytes);
            return Some(in_thread(TIME, turn, work).await);
        };
        let outcome = reader.words(&media_type, &bytes, TIME).await;
        drop(turn);
        outcome
            .inspect_err(|error| {
                tracing::warn!(%error, "no words are taken from texts: no process for that starts");
            })
            .ok()
    }

    /// Counts an attempt; false if another replica has begun.
    async fn begin(
        &self,
        version: &PendingVersion,
        now: Timestamp,
        until: Timestamp,
    ) -> Option<bool> {
        let uid = version.uid.clone();
        let begun = self.database.write(move |tx| {
            let uid = uid.clone();
            Box::pin(async move { versions::begin_extraction(tx, &uid, now, until).await })
        });
        noted(begun.await)
    }

    /// Takes back an attempt that was broken off.
    async fn give_back(&self, version: &PendingVersion, until: Timestamp) {
        let uid = version.uid.clone();
        let given = self.database.write(move |tx| {
            let uid = uid.clone();
            Box::pin(async move { versions::give_back_extraction(tx, &uid, until).await })
        });
        noted(given.await);
    }

    /// Reads the whole file, checked; nothing if it is too large.
    async fn bytes(&self, version: &PendingVersion) -> Result<Option<Vec<u8>>, Trouble> {
        let sha256 = version.sha256.clone();
        let found = self.database.read(move |tx| {
            let sha256 = sha256.clone();
            Box::pin(async move { blobs::get(tx, &sha256).await })
        });
        let Blob { object, chunks, .. } = found
            .await
            .map_err(|_| Trouble::Unavailable)?
            .ok_or(Trouble::Missing)?;
        if chunks.size() > MAX_BYTES {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(chunks.size()).unwrap_or(0));
        while (bytes.len() as u64) < chunks.size() {
            let offset = bytes.len() as u64;
            let chunk: Bytes = self.store.read_chunk(&object, &chunks, offset).await?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }
}

/// Runs `work` in a thread of its own, which has the turn to its end, even when that takes more than `time`.
async fn in_thread(
    time: Duration,
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> Outcome + Send + 'static,
) -> Outcome {
    let (tell, told) = oneshot::channel();
    let reading = thread::Builder::new()
        .name("text-words".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // A panic drops the sender, and that tells; the turn is given on before.
            let tell = tell;
            let turn = turn;
            let outcome = work();
            drop(turn);
            drop(tell.send(outcome));
        });
    if let Err(error) = reading {
        return Outcome::Failed(error.to_string());
    }
    match tokio::time::timeout(time, told).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::Failed("reading it panicked".to_owned()),
        Err(_) => Outcome::Failed(format!("reading it took more than {time:?}")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn a_thread_that_was_given_up_keeps_its_turn_to_its_end() {
        let turns = Arc::new(Semaphore::new(1));
        let turn = || Arc::clone(&turns).try_acquire_owned();
        let (end, ended) = mpsc::channel::<()>();
        let outcome = in_thread(Duration::from_millis(10), turn().unwrap(), move || {
            ended.recv().ok();
            Outcome::NoWords
        });
        assert!(matches!(outcome.await, Outcome::Failed(why) if why.contains("10ms")));
        turn().unwrap_err();
        end.send(()).unwrap();
        drop(turns.acquire().await.unwrap());
        let outcome = in_thread(TIME, turn().unwrap(), || panic!("a damaged file"));
        assert!(matches!(outcome.await, Outcome::Failed(why) if why.contains("panicked")));
        let outcome = in_thread(TIME, turn().unwrap(), || Outcome::NoWords);
        assert_eq!(outcome.await, Outcome::NoWords);
        drop(turn().unwrap());
    }
}
