//! The words of texts: who finds them, and how often they are tried for.

use std::time::Duration;

use accord_proto::documents::v1::{
    ExtractionState, SearchDocumentsRequest, SearchDocumentsResponse, TextVersion,
};
use storage::Error;
use tokio::sync::oneshot;

use super::announce;
use crate::{
    register::{Caller, Register, on_each_engine},
    sample::PARTNERSHIP,
};

/// Makes the version look as if nobody had looked at it.
const AGAIN: &str =
    "UPDATE text_versions SET extraction = 1, extraction_attempts = 0, extraction_until_us = 0";

const RESTRICT: &str = "UPDATE texts SET access_level = 3";

const ATTEMPTS: &str = "SELECT v.extraction_attempts FROM text_versions v";

impl Register {
    /// A text with one word, indexed.
    async fn with_words(&self) -> TextVersion {
        self.with_text().await;
        let mut request = announce("one", b"zolotye");
        request.upload.as_mut().unwrap().media_type = "text/plain".to_owned();
        let version = self.uz.give(request, b"zolotye").await;
        self.read(&version).await
    }

    /// Waits until a version was looked at: the service's own upkeep may be at it.
    async fn read(&self, version: &TextVersion) -> TextVersion {
        for _ in 0..100 {
            self.upkeep.extract().await;
            let found = self.uz.version(&version.name).await.unwrap();
            if found.extraction_state() != ExtractionState::Pending {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no words were taken");
    }

    async fn do_sql(&self, sql: &'static str) {
        let done: Result<u64, Error> = self
            .database
            .write(move |tx| Box::pin(async move { tx.execute(sql, vec![]).await }))
            .await;
        done.unwrap();
    }

    async fn attempts(&self) -> i64 {
        let read: Result<(i64,), Error> = self
            .database
            .read(|tx| Box::pin(async move { tx.one(ATTEMPTS, vec![]).await }))
            .await;
        read.unwrap().0
    }
}

async fn search(caller: &Caller) -> SearchDocumentsResponse {
    let request = SearchDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        query: "zolotye".to_owned(),
        ..SearchDocumentsRequest::default()
    };
    let answer = caller.documents.clone().search_documents(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn a_level_that_changes_while_words_are_noted_holds_for_them() {
    on_each_engine(async |register| {
        register.with_words().await;
        assert_eq!(search(&register.kg).await.results.len(), 1);
        register.do_sql(AGAIN).await;
        let (locked, is_locked) = oneshot::channel();
        let locked = std::sync::Arc::new(std::sync::Mutex::new(Some(locked)));
        let database = register.database.clone();
        // A mutation as slow as may be.
        let mutation = tokio::spawn(async move {
            let done: Result<(), Error> = database
                .write(move |tx| {
                    let locked = locked.lock().unwrap().take();
                    Box::pin(async move {
                        ledger::lock(tx).await?;
                        tx.execute(RESTRICT, vec![]).await?;
                        locked.map(|locked| locked.send(()));
                        tokio::time::sleep(Duration::from_millis(500)).await;
                        Ok(())
                    })
                })
                .await;
            done.unwrap();
        });
        is_locked.await.unwrap();
        register.upkeep.extract().await;
        mutation.await.unwrap();
        assert!(search(&register.kg).await.results.is_empty());
        assert_eq!(search(&register.uz).await.results[0].fragments.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn no_words_are_shown_on_the_word_of_the_index_alone() {
    on_each_engine(async |register| {
        register.with_words().await;
        assert_eq!(search(&register.kg).await.results[0].fragments.len(), 1);
        register.do_sql(RESTRICT).await;
        assert!(search(&register.kg).await.results[0].fragments.is_empty());
        assert_eq!(search(&register.uz).await.results[0].fragments.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_what_was_begun_counts_as_an_attempt() {
    on_each_engine(async |register| {
        let version = register.with_words().await;
        assert_eq!(register.attempts().await, 1);
        register.do_sql(AGAIN).await;
        // The store does not answer: a link to itself stands where the file was.
        let file = register.stored_files().remove(0);
        let aside = file.with_extension("aside");
        std::fs::rename(&file, &aside).unwrap();
        std::os::unix::fs::symlink(&file, &file).unwrap();
        for _ in 0..4 {
            register.upkeep.extract().await;
        }
        assert_eq!(register.attempts().await, 0);
        std::fs::remove_file(&file).unwrap();
        std::fs::rename(&aside, &file).unwrap();
        // Another replica has it.
        register
            .do_sql("UPDATE text_versions SET extraction_attempts = 2, extraction_until_us = 9000000000000000")
            .await;
        register.upkeep.extract().await;
        let found = register.uz.version(&version.name).await.unwrap();
        assert_eq!(found.extraction_state(), ExtractionState::Pending);
        // That one went down.
        register
            .do_sql("UPDATE text_versions SET extraction_until_us = 1")
            .await;
        let found = register.read(&version).await;
        assert_eq!(found.extraction_state(), ExtractionState::Extracted);
        register.do_sql(AGAIN).await;
        register
            .do_sql("UPDATE text_versions SET extraction_attempts = 3")
            .await;
        let found = register.read(&version).await;
        assert_eq!(found.extraction_state(), ExtractionState::Failed);
    })
    .await;
}
