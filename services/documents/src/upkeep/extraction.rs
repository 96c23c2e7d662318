//! The words of new versions, for search and for the comparison of originals.
//!
//! The libraries that read PDF may panic, run long or end the process on a damaged file. So a file is read in a thread
//! of its own with a large stack, for a bounded time, one at a time; and each attempt is counted before it begins, so
//! that a file which ends the process is given up after a few starts.

use std::{sync::Arc, thread, time::Duration};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use storage::Error;
use tokio::sync::oneshot;

use super::{Upkeep, noted};
use crate::{
    domain::Extraction,
    extract::{self, Outcome},
    store::{
        documents, search,
        texts::{
            self,
            blobs::{self, Blob},
            versions::{self, PendingVersion},
        },
    },
    text_store::Trouble,
};

/// How long taking words from one file may take.
const TIME: Duration = Duration::from_secs(30);

/// The largest file that words are taken from: it is in memory for that.
const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// How often one file is begun.
const ATTEMPTS: i64 = 3;

/// The stack of the thread that reads a file: PDF nests deep.
const STACK_BYTES: usize = 64 * 1024 * 1024;

impl Upkeep {
    /// Takes the words of every version that was not looked at.
    pub async fn extract(&self) {
        loop {
            let next = self
                .database
                .read(|tx| Box::pin(versions::next_pending(tx)));
            let Some(Some(version)) = noted(next.await) else {
                return;
            };
            if self.extract_one(version).await.is_none() {
                return;
            }
        }
    }

    /// Takes the words of one version; nothing if that has to wait.
    async fn extract_one(&self, version: PendingVersion) -> Option<()> {
        let outcome = if version.attempts >= ATTEMPTS {
            Outcome::Failed("it was begun too often".to_owned())
        } else {
            self.begin(&version).await?;
            match self.bytes(&version).await {
                Ok(bytes) => words(version.media_type.clone(), bytes).await,
                Err(Trouble::Unavailable) => return None,
                Err(trouble) => Outcome::Failed(trouble.to_string()),
            }
        };
        self.end(version, outcome).await
    }

    async fn begin(&self, version: &PendingVersion) -> Option<()> {
        let uid = version.uid.clone();
        let begun = self.database.write(move |tx| {
            let uid = uid.clone();
            Box::pin(async move { versions::begin_extraction(tx, &uid).await })
        });
        noted(begun.await)
    }

    /// Reads the whole file, checked.
    async fn bytes(&self, version: &PendingVersion) -> Result<Vec<u8>, Trouble> {
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
            return Ok(Vec::new());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(chunks.size()).unwrap_or(0));
        while (bytes.len() as u64) < chunks.size() {
            let offset = bytes.len() as u64;
            let chunk: Bytes = self.store.read_chunk(&object, &chunks, offset).await?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Notes what was found, and makes the words searchable, in one transaction.
    async fn end(&self, version: PendingVersion, outcome: Outcome) -> Option<()> {
        if let Outcome::Failed(why) = &outcome {
            tracing::warn!(version = %version.text.version(version.number), why, "no words could be taken from a text");
        }
        let work = Arc::new((version, outcome));
        let ended = self.database.write(move |tx| {
            let work = Arc::clone(&work);
            Box::pin(async move { record(tx, &work.0, &work.1).await })
        });
        noted(ended.await)
    }
}

async fn record(
    tx: &mut storage::Tx,
    version: &PendingVersion,
    outcome: &Outcome,
) -> Result<(), Error> {
    let (state, content) = match outcome {
        Outcome::Words(content) => (Extraction::Extracted, content.as_str()),
        Outcome::NoWords => (Extraction::NoWords, ""),
        Outcome::NotSupported => (Extraction::NotSupported, ""),
        Outcome::Failed(_) => (Extraction::Failed, ""),
    };
    let chars = i64::try_from(content.chars().count()).unwrap_or(i64::MAX);
    let hash = match outcome {
        Outcome::Words(content) => words_sha256(content),
        _ => String::new(),
    };
    if !versions::end_extraction(tx, &version.uid, state, chars, &hash).await? {
        return Ok(());
    }
    if let Outcome::Words(content) = outcome
        && let Some(document) = documents::get(tx, &version.text.parent()).await?
        && let Some(text) = texts::get(tx, &document, &version.text.text).await?
    {
        let source = search::TextSource {
            version_uid: &version.uid,
            text_id: &version.text.text,
            version_id: &format!("v{}", version.number),
            language: &text.language,
            level: text.access_level,
            content,
        };
        search::replace_text(tx, &document, &source).await?;
    }
    Ok(())
}

/// Takes the words from a file in a thread of its own.
async fn words(media_type: String, bytes: Vec<u8>) -> Outcome {
    if bytes.is_empty() {
        return Outcome::Failed(format!("it has more than {MAX_BYTES} bytes"));
    }
    let (tell, told) = oneshot::channel();
    let reading = thread::Builder::new()
        .name("text-words".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // A panic drops the sender, and that tells.
            let _ = tell.send(extract::words(&media_type, &bytes));
        });
    if let Err(error) = reading {
        return Outcome::Failed(error.to_string());
    }
    match tokio::time::timeout(TIME, told).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::Failed("reading it panicked".to_owned()),
        Err(_) => Outcome::Failed(format!("reading it took more than {TIME:?}")),
    }
}

/// Returns the SHA-256 of words with one space between them: the same for two layouts of one text.
fn words_sha256(content: &str) -> String {
    let mut hash = Sha256::new();
    for (index, word) in content.split_whitespace().enumerate() {
        if index > 0 {
            hash.update(" ");
        }
        hash.update(word);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_does_not_count_and_words_do() {
        assert_eq!(
            words_sha256("Article 1\n\n The\tparties"),
            words_sha256("Article 1 The parties ")
        );
        assert_ne!(words_sha256("Article 1"), words_sha256("Article 2"));
        assert_ne!(words_sha256("ab c"), words_sha256("a bc"));
    }
}
