//! What an attempt came to, noted in the database.
//!
//! A long text has tens of thousands of words. They are noted some at a time, each time under the log's lock and as the
//! text's and the document's levels are then: who changes something waits for one step only, and a change of a level comes
//! before a step or after it. So a text is found by some of its words a moment before it is found by all. A step is taken only
//! while the attempt is still this replica's and the version stands; one that is broken off begins anew with the next.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use storage::{Error, Tx};

use super::{Outcome, PendingVersion, Upkeep, noted};
use crate::{
    domain::Extraction,
    extract,
    store::{
        documents,
        search::{self, Entry},
        texts::{self, versions},
    },
};

/// How many words are noted under one lock.
const WORDS: usize = 500;

/// One step of noting the words of a text.
enum Step {
    /// Its content, in place of what an attempt before may have left.
    Begin(String),
    /// Some of its words.
    Words(Vec<Entry>),
    /// That these were all: how many characters it has, and the hash of its words; empty if the file may say more.
    End { chars: i64, hash: String },
}

impl Upkeep {
    /// Notes that there are no words, and why; those that an attempt before found are not found any more.
    pub(super) async fn end(&self, version: &PendingVersion, outcome: Outcome) -> Option<()> {
        if let Outcome::Failed(why) = &outcome {
            tracing::warn!(version = %version.text.version(version.number), why, "no words could be taken from a text");
        }
        let state = match outcome {
            Outcome::Words(_) => return None,
            Outcome::NoWords => Extraction::NoWords,
            Outcome::NotSupported => Extraction::NotSupported,
            Outcome::Failed(_) => Extraction::Failed,
        };
        let uid = version.uid.clone();
        let ended = self.database.write(move |tx| {
            let uid = uid.clone();
            Box::pin(async move {
                ledger::lock(tx).await?;
                search::remove_text(tx, &uid).await?;
                versions::end_extraction(tx, &uid, state, 0, "").await
            })
        });
        noted(ended.await).map(drop)
    }

    /// Makes the words of a text searchable, and then notes that they are; nothing if that was broken off.
    pub(super) async fn index(
        &self,
        version: &PendingVersion,
        until: Timestamp,
        found: extract::Words,
    ) -> Option<()> {
        let content = found.text;
        let end = Step::End {
            chars: i64::try_from(content.chars().count()).unwrap_or(i64::MAX),
            hash: if found.is_partial {
                String::new()
            } else {
                words_sha256(&content)
            },
        };
        let words = search::words_of(&content);
        let words = words.chunks(WORDS).map(|some| Step::Words(some.to_vec()));
        let steps = std::iter::once(Step::Begin(content)).chain(words);
        for step in steps.chain(std::iter::once(end)) {
            if self.stopping.is_cancelled() {
                return None;
            }
            if !self.step(version, until, step).await? {
                return Some(());
            }
        }
        Some(())
    }

    /// Takes a step; false if the attempt is no longer this replica's or the version is gone.
    async fn step(&self, version: &PendingVersion, until: Timestamp, step: Step) -> Option<bool> {
        let work = Arc::new((version.clone(), step));
        let taken = self.database.write(move |tx| {
            let work = Arc::clone(&work);
            Box::pin(async move {
                ledger::lock(tx).await?;
                take(tx, &work.0, until, &work.1).await
            })
        });
        noted(taken.await)
    }
}

/// Takes a step. It needs the log's lock.
async fn take(
    tx: &mut Tx,
    version: &PendingVersion,
    until: Timestamp,
    step: &Step,
) -> Result<bool, Error> {
    if !versions::holds_extraction(tx, &version.uid, until).await? {
        return Ok(false);
    }
    let Some(document) = documents::get(tx, &version.text.parent()).await? else {
        return Ok(false);
    };
    match step {
        Step::Begin(content) => {
            let Some(text) = texts::get(tx, &document, &version.text.text).await? else {
                return Ok(false);
            };
            let source = search::TextSource {
                version_uid: &version.uid,
                text_id: &version.text.text,
                version_id: &format!("v{}", version.number),
                language: &text.language,
                level: text.access_level,
                content,
            };
            search::begin_text(tx, &document, &source).await?;
            Ok(true)
        }
        Step::Words(words) => {
            search::add_words(tx, &document, &version.uid, words).await?;
            Ok(true)
        }
        Step::End { chars, hash } => {
            let state = Extraction::Extracted;
            versions::end_extraction(tx, &version.uid, state, *chars, hash).await
        }
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
