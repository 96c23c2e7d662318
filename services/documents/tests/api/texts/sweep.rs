//! What a crash between two steps leaves, and what nobody needs any more, is removed; what is needed stays.

use std::{fs, time::Duration};

use accord_proto::documents::v1::UploadState;
use storage::args;
use tonic::Code;

use super::{announce, file, sha256};
use crate::{
    errors::assert_fault,
    register::{Register, on_each_engine},
};

/// Copies of the one stored file and its version, by the hundreds; each tenth without a version.
const MANY_FILES: &str = "INSERT INTO blobs (sha256, object, size_bytes, chunk_hashes, integrity, checked_us, tried_us, claimed_us) \
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) \
     SELECT 'copy-' || n.i, 'sha256/zz/' || n.i, b.size_bytes, b.chunk_hashes, b.integrity, b.checked_us, b.tried_us, b.claimed_us \
     FROM blobs b, n";
const THEIR_VERSIONS: &str = "INSERT INTO text_versions (uid, text_uid, number, revision, media_type, sha256, party, source_note, \
     extraction, extraction_attempts, extraction_until_us, extracted_chars, words_sha256, created_us, recorder, recorder_party, \
     withdrawal_reason, withdrawer) \
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) \
     SELECT 'copy-' || n.i, v.text_uid, 1000 + n.i, 1, v.media_type, 'copy-' || n.i, '', '', v.extraction, 0, 0, 0, '', \
     v.created_us, v.recorder, v.recorder_party, '', '' FROM text_versions v, n WHERE n.i % 10 <> 0";

const DAY: Duration = Duration::from_hours(25);

/// Makes every stored file older than a day.
fn age(register: &Register) {
    for path in register.stored_files() {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::SystemTime::now() - DAY)
            .unwrap();
    }
}

#[tokio::test]
async fn an_upload_without_bytes_for_a_day_is_given_up() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        register.clock.advance(Duration::from_hours(23));
        register
            .uz
            .send(&upload.name, 0, &bytes[..500])
            .await
            .unwrap();
        register.clock.advance(Duration::from_hours(23));
        register.upkeep.sweep().await;
        assert_eq!(
            register
                .uz
                .upload_of(&upload.name)
                .await
                .unwrap()
                .received_bytes,
            500
        );
        register.clock.advance(Duration::from_hours(2));
        register.upkeep.sweep().await;
        let told = register.uz.upload_of(&upload.name).await.unwrap();
        assert_eq!(told.state(), UploadState::Cancelled);
        assert!(register.stored_files().is_empty());
        assert_fault(
            register.uz.send(&upload.name, 500, &bytes[500..]).await,
            Code::FailedPrecondition,
            "UPLOAD_FINISHED",
        );
        register.clock.advance(Duration::from_hours(8 * 24));
        register.upkeep.sweep().await;
        assert_fault(
            register.uz.upload_of(&upload.name).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
    })
    .await;
}

#[tokio::test]
async fn a_crash_after_the_piece_and_before_its_row_leaves_nothing() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        register
            .uz
            .send(&upload.name, 0, &bytes[..500])
            .await
            .unwrap();
        let recorded = register.stored_files().remove(0);
        let orphan = recorded.with_file_name("500-crashed");
        fs::write(&orphan, "half").unwrap();
        let staged = recorded.with_file_name("0-crashed#7");
        fs::write(&staged, "half").unwrap();
        register.upkeep.remove_strangers().await;
        assert!(
            orphan.exists() && staged.exists(),
            "they are younger than a day"
        );
        age(&register);
        register.upkeep.remove_strangers().await;
        assert_eq!(register.stored_files(), [recorded]);
        register
            .uz
            .send(&upload.name, 500, &bytes[500..])
            .await
            .unwrap();
        register.uz.complete(&upload.name).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_crash_after_the_claim_or_the_file_and_before_the_version_leaves_nothing() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        let kept = register.uz.give(announce("kept", &bytes), &bytes).await;
        let now = clock::to_micros(register.clock.now());
        let insert = "INSERT INTO blobs (sha256, object, size_bytes, chunk_hashes, integrity, checked_us, tried_us, claimed_us) \
                      VALUES ($1, $2, $3, $4, 1, $5, 0, $5)";
        let nothing: &[u8] = &[];
        for (content, object) in [("claimed", "sha256/aa/claimed"), ("stored", "sha256/aa/stored")] {
            let hash = sha256(content.as_bytes());
            register.execute(insert, args![hash, object, 6, nothing, now]).await;
        }
        let path = register.store_folder.path().join("sha256/aa/stored");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "stored").unwrap();
        register.upkeep.sweep().await;
        assert!(path.exists(), "the claim is younger than a day");
        register.clock.advance(DAY);
        age(&register);
        register.upkeep.sweep().await;
        register.upkeep.remove_strangers().await;
        assert!(!path.exists());
        assert_eq!(register.stored_files().len(), 1);
        assert_eq!(register.uz.download(&kept.name, 0, 0).await.unwrap().1, bytes);
        // The claim is gone: the same content can be given as if never before.
        let again = register.uz.give(announce("again", b"stored"), b"stored").await;
        assert_eq!(register.uz.download(&again.name, 0, 0).await.unwrap().1, b"stored");
    })
    .await;
}

#[tokio::test]
async fn a_file_whose_last_version_was_purged_is_removed() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        register.uz.give(announce("one", &bytes), &bytes).await;
        register.execute("DELETE FROM text_versions", vec![]).await;
        register.upkeep.sweep().await;
        assert_eq!(register.stored_files().len(), 1);
        register.clock.advance(DAY);
        register.upkeep.sweep().await;
        assert!(register.stored_files().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_end_of_an_upload_removes_its_own_pieces_and_no_others() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        let other = register.uz.begin(announce("other", &bytes)).await.unwrap();
        register.uz.send(&other.name, 0, &bytes).await.unwrap();
        let end = "UPDATE uploads SET state = 4 WHERE id = 'other'";
        register.execute(end, vec![]).await;
        register.uz.give(announce("one", &bytes), &bytes).await;
        assert_eq!(register.stored_files().len(), 2);
        register.upkeep.sweep().await;
        assert_eq!(register.stored_files().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn every_page_of_a_large_store_is_looked_at() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        register.uz.give(announce("one", &bytes), &bytes).await;
        register.execute(MANY_FILES, vec![]).await;
        register.execute(THEIR_VERSIONS, vec![]).await;
        register.upkeep.sweep().await;
        let files = "SELECT count(*) FROM blobs";
        assert_eq!(register.number(files).await, 1_201);
        register.clock.advance(DAY);
        register.upkeep.sweep().await;
        assert_eq!(register.number(files).await, 1_081);
        assert_eq!(register.stored_files().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_could_not_be_put_together_leaves_nothing_half_written() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(9 * 1024 * 1024);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        register.uz.send(&upload.name, 0, &bytes).await.unwrap();
        let pieces = register.stored_files();
        assert!(
            pieces.len() > 1,
            "the first piece is copied before the last is missed"
        );
        // By size: the last piece is the smaller one.
        let last = pieces
            .iter()
            .min_by_key(|path| fs::metadata(path).unwrap().len())
            .unwrap();
        let content = fs::read(last).unwrap();
        fs::remove_file(last).unwrap();
        let broken = register.uz.complete(&upload.name).await;
        assert_eq!(broken.unwrap_err().code(), Code::Internal);
        let left: Vec<_> = pieces
            .iter()
            .filter(|path| *path != last)
            .cloned()
            .collect();
        assert_eq!(
            register.stored_files(),
            left,
            "neither a file nor a part of one"
        );
        let told = register.uz.upload_of(&upload.name).await.unwrap();
        assert_eq!(told.state(), UploadState::Receiving);
        // With the piece back, it is completed as if nothing had been.
        fs::write(last, content).unwrap();
        let version = register.uz.complete(&upload.name).await.unwrap();
        assert_eq!(version.sha256, sha256(&bytes));
    })
    .await;
}

#[tokio::test]
async fn a_document_that_is_purged_while_its_upload_is_completed_leaves_nothing() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        register.uz.send(&upload.name, 0, &bytes).await.unwrap();
        let (locked, is_locked) = tokio::sync::oneshot::channel();
        let locked = std::sync::Arc::new(std::sync::Mutex::new(Some(locked)));
        let database = register.database.clone();
        // What a purge does to the rows, as slowly as may be: the file is put together meanwhile.
        let purge = tokio::spawn(async move {
            let done: Result<(), storage::Error> = database
                .write(move |tx| {
                    let locked = locked.lock().unwrap().take();
                    Box::pin(async move {
                        ledger::lock(tx).await?;
                        locked.map(|locked| locked.send(()));
                        tokio::time::sleep(Duration::from_millis(500)).await;
                        for table in ["upload_parts", "uploads", "texts"] {
                            tx.execute(storage::Sql::new(format!("DELETE FROM {table}")), vec![])
                                .await?;
                        }
                        Ok(())
                    })
                })
                .await;
            done.unwrap();
        });
        is_locked.await.unwrap();
        let refused = register.uz.complete(&upload.name).await;
        purge.await.unwrap();
        assert_fault(refused, Code::NotFound, "RESOURCE_NOT_FOUND");
        register.clock.advance(DAY);
        age(&register);
        register.upkeep.sweep().await;
        register.upkeep.remove_strangers().await;
        assert!(register.stored_files().is_empty());
        assert_eq!(register.number("SELECT count(*) FROM blobs").await, 0);
    })
    .await;
}
