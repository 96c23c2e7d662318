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

const DAY: Duration = Duration::from_hours(25);

/// Makes every stored file older than a day.
fn age(register: &Register) {
    for path in register.stored_files() {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::SystemTime::now() - DAY)
            .unwrap();
    }
}

async fn execute(register: &Register, text: &'static str, values: Vec<storage::Value>) {
    let done = register.database.write(move |tx| {
        let values = values.clone();
        Box::pin(async move { tx.execute(text, values).await.map(drop) })
    });
    let done: Result<(), storage::Error> = done.await;
    done.unwrap();
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
            execute(&register, insert, args![hash, object, 6, nothing, now]).await;
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
        execute(&register, "DELETE FROM text_versions", vec![]).await;
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
        execute(&register, end, vec![]).await;
        register.uz.give(announce("one", &bytes), &bytes).await;
        assert_eq!(register.stored_files().len(), 2);
        register.upkeep.sweep().await;
        assert_eq!(register.stored_files().len(), 1);
    })
    .await;
}
