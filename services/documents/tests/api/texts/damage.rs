//! Stored bytes that change or go are reported, and never served.

use std::{fs, time::Duration};

use accord_proto::documents::v1::{DownloadTextRequest, IntegrityState};
use tonic::Code;

use super::{announce, file};
use crate::{errors::assert_fault, register::on_each_engine};

#[tokio::test]
async fn changed_bytes_are_never_served_and_are_told_from_then_on() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(3 * 1024 * 1024);
        let version = register.uz.give(announce("one", &bytes), &bytes).await;
        let stored = register.stored_files().remove(0);
        let mut damaged = bytes.clone();
        damaged[1024 * 1024 + 17] ^= 1;
        fs::write(&stored, &damaged).unwrap();
        let (_, whole) = register
            .kz
            .download(&version.name, 0, 1024 * 1024)
            .await
            .unwrap();
        assert_eq!(whole, bytes[..1024 * 1024]);
        assert_fault(
            register.kz.download(&version.name, 0, 0).await,
            Code::DataLoss,
            "TEXT_CORRUPT",
        );
        let told = register.reader.version(&version.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Corrupt);
        // What is known to be damaged is refused as a whole.
        assert_fault(
            register.kz.download(&version.name, 0, 1).await,
            Code::DataLoss,
            "TEXT_CORRUPT",
        );
        // Bringing the file back is found out by a look at all of it.
        fs::write(&stored, &bytes).unwrap();
        register.clock.advance(Duration::from_hours(2));
        register.upkeep.check().await;
        let told = register.reader.version(&version.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Intact);
        assert_eq!(
            register.kz.download(&version.name, 0, 0).await.unwrap().1,
            bytes
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_gone_or_cut_short_is_told() {
    on_each_engine(async |register| {
        register.with_text().await;
        let (short, gone) = (file(2_000_000), file(1_000));
        let short_version = register.uz.give(announce("one", &short), &short).await;
        let path = register.stored_files().remove(0);
        fs::write(path, &short[..1_500_000]).unwrap();
        let gone_version = register.uz.give(announce("two", &gone), &gone).await;
        let small = |path: &std::path::PathBuf| fs::metadata(path).unwrap().len() == 1_000;
        fs::remove_file(register.stored_files().into_iter().find(small).unwrap()).unwrap();
        assert_fault(
            register
                .uz
                .download(&short_version.name, 1_900_000, 0)
                .await,
            Code::DataLoss,
            "TEXT_CORRUPT",
        );
        assert_fault(
            register.uz.download(&gone_version.name, 0, 0).await,
            Code::DataLoss,
            "TEXT_MISSING",
        );
        let told = register.uz.version(&gone_version.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Missing);
        // One that was cut short first is gone when it is taken away later.
        for path in register.stored_files() {
            fs::remove_file(path).unwrap();
        }
        let short_version = short_version.name;
        assert_fault(
            register.uz.download(&short_version, 0, 0).await,
            Code::DataLoss,
            "TEXT_MISSING",
        );
        let told = register.uz.version(&short_version).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Missing);
        // Giving the same file again brings it back for both versions.
        register.uz.give(announce("three", &gone), &gone).await;
        assert_eq!(
            register
                .uz
                .download(&gone_version.name, 0, 0)
                .await
                .unwrap()
                .1,
            gone
        );
    })
    .await;
}

#[tokio::test]
async fn the_weekly_look_finds_damage_that_nobody_read() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        let version = register.uz.give(announce("one", &bytes), &bytes).await;
        fs::write(register.stored_files().remove(0), file(999)).unwrap();
        register.clock.advance(Duration::from_hours(6 * 24));
        register.upkeep.check().await;
        assert_eq!(
            register
                .uz
                .version(&version.name)
                .await
                .unwrap()
                .integrity_state(),
            IntegrityState::Intact
        );
        register.clock.advance(Duration::from_hours(2 * 24));
        register.upkeep.check().await;
        let told = register.uz.version(&version.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Corrupt);
        assert_ne!(told.integrity_check_time, version.integrity_check_time);
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_cannot_be_read_does_not_keep_others_from_their_look() {
    on_each_engine(async |register| {
        register.with_text().await;
        let (unreadable, damaged) = (file(1_000), file(2_000));
        let first = register
            .uz
            .give(announce("one", &unreadable), &unreadable)
            .await;
        let path = register.stored_files().remove(0);
        register.clock.advance(Duration::from_secs(1));
        let second = register.uz.give(announce("two", &damaged), &damaged).await;
        for other in register.stored_files() {
            if other != path {
                fs::write(other, file(1_999)).unwrap();
            }
        }
        // A link to itself can be opened by nobody.
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&path, &path).unwrap();
        register.clock.advance(Duration::from_hours(8 * 24));
        register.upkeep.check().await;
        let told = register.uz.version(&second.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Corrupt);
        let told = register.uz.version(&first.name).await.unwrap();
        assert_eq!(told.integrity_check_time, first.integrity_check_time);
        fs::remove_file(&path).unwrap();
        fs::write(&path, &unreadable).unwrap();
        register.clock.advance(Duration::from_hours(2));
        register.upkeep.check().await;
        let told = register.uz.version(&first.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Intact);
        assert_ne!(told.integrity_check_time, first.integrity_check_time);
    })
    .await;
}

#[tokio::test]
async fn what_a_read_from_before_a_repair_finds_is_not_noted() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(12 * 1024 * 1024);
        let version = register.uz.give(announce("one", &bytes), &bytes).await;
        let request = DownloadTextRequest {
            name: version.name.clone(),
            ..DownloadTextRequest::default()
        };
        let mut client = register.uz.texts.clone();
        let mut stream = client.download_text(request).await.unwrap().into_inner();
        stream.message().await.unwrap().unwrap();
        register.clock.advance(Duration::from_secs(1));
        register.uz.give(announce("two", &bytes), &bytes).await;
        // What is left to read is another's by now.
        fs::write(register.stored_files().remove(0), file(1_000)).unwrap();
        let broken = loop {
            match stream.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("all of it was sent before the file changed"),
                Err(status) => break status,
            }
        };
        assert_eq!(broken.code(), Code::DataLoss);
        let told = register.uz.version(&version.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Intact);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_makes_no_sense_does_not_keep_the_others_from_their_turn() {
    on_each_engine(async |register| {
        register.with_text().await;
        let (first, second) = (file(1_000), file(2_000));
        register.uz.give(announce("one", &first), &first).await;
        register.clock.advance(Duration::from_secs(1));
        let version = register.uz.give(announce("two", &second), &second).await;
        register
            .execute(
                "UPDATE blobs SET size_bytes = -1 WHERE size_bytes = 1000",
                vec![],
            )
            .await;
        for path in register.stored_files() {
            if fs::metadata(&path).unwrap().len() == 2_000 {
                fs::write(path, file(1_999)).unwrap();
            }
        }
        register.clock.advance(Duration::from_hours(8 * 24));
        register.upkeep.check().await;
        let told = register.uz.version(&version.name).await.unwrap();
        assert_eq!(told.integrity_state(), IntegrityState::Corrupt);
        let untouched = register
            .number("SELECT integrity FROM blobs WHERE size_bytes = -1")
            .await;
        assert_eq!(untouched, 1, "nothing is said of what cannot be looked at");
    })
    .await;
}

#[tokio::test]
async fn damaged_files_are_counted_for_an_alarm() {
    on_each_engine(async |register| {
        register.with_text().await;
        let (first, second) = (file(1_000), file(2_000));
        register.uz.give(announce("one", &first), &first).await;
        register.uz.give(announce("two", &second), &second).await;
        let count = |integrity: &str| {
            let text = register.metrics.text();
            let label = format!("integrity=\"{integrity}\"");
            let line = text.lines().find(|line| {
                line.starts_with("accord_documents_texts_damaged") && line.contains(&label)
            });
            line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        };
        assert_eq!((count("corrupt"), count("missing")), (Some(0), Some(0)));
        for path in register.stored_files() {
            if fs::metadata(&path).unwrap().len() == 2_000 {
                fs::write(path, file(1_999)).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        register.clock.advance(Duration::from_hours(8 * 24));
        register.upkeep.check().await;
        // The service counts by itself, once a minute.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(61)).await;
        tokio::time::resume();
        for _ in 0..200 {
            if (count("corrupt"), count("missing")) == (Some(1), Some(1)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{:?} {:?}", count("corrupt"), count("missing"));
    })
    .await;
}
