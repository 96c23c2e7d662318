//! The words of texts: who finds them, and how often they are tried for.

use std::{io::Read as _, time::Duration};

use accord_proto::documents::v1::{
    ExtractionState, SearchDocumentsRequest, SearchDocumentsResponse, TextVersion,
};
use storage::Error;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::announce;
use crate::{
    register::{Caller, Register, on_each_engine, on_each_engine_reading_with},
    sample::{self, PARTNERSHIP},
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

    /// Takes in a file of this type without waiting for its words.
    async fn with_file(&self, media_type: &str, bytes: &[u8]) -> TextVersion {
        self.with_text().await;
        let mut request = announce("one", bytes);
        request.upload.as_mut().unwrap().media_type = media_type.to_owned();
        self.uz.give(request, bytes).await
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

/// So many different words that noting them takes many steps.
fn many_words() -> String {
    let words = (0..20_000_u32).map(|index| {
        let letters = format!("{index:05}");
        letters
            .bytes()
            .map(|digit| char::from(digit - b'0' + b'a'))
            .collect::<String>()
    });
    let words: Vec<String> = words.collect();
    format!("{} zolotye", words.join(" "))
}

#[tokio::test]
async fn others_change_something_while_the_words_of_a_long_text_are_noted() {
    on_each_engine(async |register| {
        let content = many_words();
        let version = register.with_file("text/plain", content.as_bytes()).await;
        let upkeep = register.upkeep.clone();
        let extracting = tokio::spawn(async move {
            while !upkeep_is_done(&upkeep).await {}
        });
        // Some of the words are there, and not yet all: a change takes its turn between.
        let half = "SELECT count(*) FROM search_sources s JOIN text_versions v ON v.uid = s.version_uid \
                    WHERE v.extraction = 1";
        let mut between = 0;
        while register.uz.version(&version.name).await.unwrap().extraction_state() == ExtractionState::Pending {
            if register.number(half).await == 1 {
                let id = format!("between-{between}");
                let mut documents = register.uz.documents.clone();
                documents.create_document(sample::document(&id)).await.unwrap();
                between += register.number(half).await;
            }
        }
        extracting.abort();
        assert!(between > 0, "nobody came between");
        let found = register.read(&version).await;
        assert_eq!(found.extraction_state(), ExtractionState::Extracted);
        assert_eq!(search(&register.kg).await.results.len(), 1);
        let words = register.number("SELECT count(*) FROM search_postings p JOIN search_sources s ON s.source_no = p.source_no").await;
        assert_eq!(words, 20_001, "each word once");
    })
    .await;
}

async fn upkeep_is_done(upkeep: &documents::upkeep::Upkeep) -> bool {
    upkeep.extract().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    false
}

/// A PDF of one page with this content, packed or not.
fn pdf(content: &[u8], filter: &str) -> Vec<u8> {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> >>".to_vec(),
        [
            format!("<< /Length {}{filter} >>\nstream\n", content.len()).as_bytes(),
            content,
            b"\nendstream",
        ]
        .concat(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", index + 1).as_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(b"xref\n0 5\n0000000000 65535 f \n");
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").as_bytes());
    }
    let end = format!("trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    file.extend(end.as_bytes());
    file
}

/// Bytes packed as PDF packs them.
fn packed(bytes: &mut dyn std::io::Read) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::copy(bytes, &mut packer).unwrap();
    packer.finish().unwrap()
}

/// A PDF that takes long to read and has no words.
fn slow_pdf() -> Vec<u8> {
    pdf("q Q ".repeat(1_500_000).as_bytes(), "")
}

#[tokio::test]
async fn a_file_that_unpacks_to_more_than_there_is_memory_harms_nothing() {
    const MEMORY: u64 = 400 * 1024 * 1024;
    let reader = || {
        let program = env!("CARGO_BIN_EXE_accord-documents").into();
        documents::Reader::new(program).with_memory(MEMORY)
    };
    let zeros = |bytes: u64| packed(&mut std::io::repeat(b' ').take(bytes));
    let once = pdf(&zeros(2 * MEMORY), " /Filter /FlateDecode");
    let twice = pdf(
        &packed(&mut zeros(2 * MEMORY).as_slice()),
        " /Filter [/FlateDecode /FlateDecode]",
    );
    // A row of the picture as long as the memory, by which the lines of what is unpacked are read.
    let wide = pdf(
        &packed(&mut &b"abc"[..]),
        &format!(
            " /Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns {} >>",
            2 * MEMORY
        ),
    );
    on_each_engine_reading_with(reader, async |register| {
        register.with_text().await;
        let mut versions = Vec::new();
        for (id, bytes) in [("once", &once), ("twice", &twice), ("wide", &wide)] {
            assert!(bytes.len() < 8 * 1024 * 1024, "{id} is small itself");
            let mut request = announce(id, bytes);
            request.upload.as_mut().unwrap().media_type = "application/pdf".to_owned();
            versions.push(register.uz.give(request, bytes).await);
        }
        let mut request = announce("plain", b"zolotye");
        request.upload.as_mut().unwrap().media_type = "text/plain".to_owned();
        let plain = register.uz.give(request, b"zolotye").await;
        for version in versions {
            let found = register.read(&version).await;
            assert_ne!(
                found.extraction_state(),
                ExtractionState::Extracted,
                "{}",
                version.name
            );
            assert_ne!(
                found.extraction_state(),
                ExtractionState::Pending,
                "{}",
                version.name
            );
        }
        // The others have their turn.
        let found = register.read(&plain).await;
        assert_eq!(found.extraction_state(), ExtractionState::Extracted);
        assert_eq!(search(&register.kg).await.results.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_the_end_of_the_process_breaks_off_does_not_count() {
    on_each_engine(async |register| {
        // Nobody takes its words until it is announced to the upkeep of this test.
        let version = register.with_file("image/png", &slow_pdf()).await;
        let found = register.read(&version).await;
        assert_eq!(found.extraction_state(), ExtractionState::NotSupported);
        let stopping = CancellationToken::new();
        register
            .do_sql("UPDATE text_versions SET media_type = 'application/pdf'")
            .await;
        register.do_sql(AGAIN).await;
        let running = tokio::spawn(register.upkeep.clone().run(stopping.clone()));
        for _ in 0..1_000 {
            if register.attempts().await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(register.attempts().await, 1, "it is begun");
        stopping.cancel();
        tokio::time::timeout(Duration::from_secs(5), running)
            .await
            .unwrap()
            .unwrap();
        let found = register.uz.version(&version.name).await.unwrap();
        assert_eq!(
            found.extraction_state(),
            ExtractionState::Pending,
            "the file is too quickly read for this test"
        );
        assert_eq!(register.attempts().await, 0);
        assert_eq!(
            register
                .number("SELECT extraction_until_us FROM text_versions")
                .await,
            0
        );
    })
    .await;
}
