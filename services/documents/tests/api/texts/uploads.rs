//! Uploads: resumed, broken off, wrong, repeated, and in two streams at once.

use accord_proto::documents::v1::{
    CancelUploadRequest, CompleteUploadRequest, UploadState, UploadTextRequest,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use super::{announce, file, messages, sha256};
use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
};

#[tokio::test]
async fn an_upload_goes_on_from_wherever_it_stopped() {
    on_each_engine(async |register| {
        register.with_text().await;
        let large = file(9_000_000);
        for (number, cuts) in [
            vec![0, 1],
            vec![1_048_575, 1_048_576, 1_048_577],
            vec![2_099_999, 2_100_000],
            vec![8_388_608],
            vec![2_100_000, 2_100_000],
        ]
        .into_iter()
        .enumerate()
        {
            let size = if cuts == [8_388_608] {
                large.len()
            } else {
                2_100_000
            };
            let bytes = &large[..size];
            let upload = register
                .uz
                .begin(announce(&format!("u{number}"), bytes))
                .await
                .unwrap();
            let mut at = 0;
            for cut in cuts {
                let sent = register
                    .uz
                    .send(&upload.name, at, &bytes[at..cut])
                    .await
                    .unwrap();
                assert_eq!(sent.received_bytes, cut as i64);
                at = usize::try_from(
                    register
                        .uz
                        .upload_of(&upload.name)
                        .await
                        .unwrap()
                        .received_bytes,
                )
                .unwrap();
                assert_eq!(at, cut);
            }
            register
                .uz
                .send(&upload.name, at, &bytes[at..])
                .await
                .unwrap();
            let version = register.uz.complete(&upload.name).await.unwrap();
            let (_, read) = register.kz.download(&version.name, 0, 0).await.unwrap();
            assert_eq!(sha256(&read), sha256(bytes));
        }
        // Two files, however often they were given, and no pieces.
        assert_eq!(register.stored_files().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_breaks_keeps_what_came() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(3_000_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        let (sender, receiver) = mpsc::channel(8);
        let mut client = register.uz.texts.clone();
        let call =
            tokio::spawn(async move { client.upload_text(ReceiverStream::new(receiver)).await });
        for message in messages(&upload.name, 0, &bytes[..2_000_000]) {
            sender.send(message).await.unwrap();
        }
        // The messages are on their way when the call is dropped.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        call.abort();
        let mut received = 0;
        for _ in 0..100 {
            received = register
                .uz
                .upload_of(&upload.name)
                .await
                .unwrap()
                .received_bytes;
            if received == 2_000_000 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(received, 2_000_000);
        register
            .uz
            .send(&upload.name, 2_000_000, &bytes[2_000_000..])
            .await
            .unwrap();
        register.uz.complete(&upload.name).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn wrong_offsets_and_sizes_are_refused_and_change_nothing() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        let name = upload.name.as_str();
        let wrong = register.uz.send(name, 1, &bytes[1..]).await;
        let explained = assert_fault(wrong, Code::OutOfRange, "UPLOAD_OFFSET_MISMATCH");
        assert_eq!(
            (
                explained.metadata["received_bytes"].as_str(),
                explained.metadata["offset"].as_str()
            ),
            ("0", "1")
        );
        register.uz.send(name, 0, &bytes[..400]).await.unwrap();
        assert_fault(
            register.uz.send(name, 0, &bytes).await,
            Code::OutOfRange,
            "UPLOAD_OFFSET_MISMATCH",
        );
        let too_much = [&bytes[400..], b"x"].concat();
        assert_violations(
            register.uz.send(name, 400, &too_much).await,
            &[("data", "FIELD_INVALID")],
        );
        let explained = assert_fault(
            register.uz.complete(name).await,
            Code::FailedPrecondition,
            "UPLOAD_INCOMPLETE",
        );
        assert_eq!(explained.metadata["received_bytes"], "400");
        let mut large = messages(name, 400, b"x");
        large[0].data = vec![0; 2 * 1024 * 1024 + 1];
        let large = register
            .uz
            .texts
            .clone()
            .upload_text(tokio_stream::iter(large))
            .await;
        assert_violations(
            large,
            &[("data", "FIELD_INVALID"), ("data", "FIELD_INVALID")],
        );
        let nameless = register.uz.send("", -1_i64 as usize, b"").await;
        assert_violations(
            nameless,
            &[("name", "FIELD_REQUIRED"), ("offset", "FIELD_INVALID")],
        );
        let mut two = messages(name, 400, b"a");
        two.push(UploadTextRequest {
            name: "other".to_owned(),
            ..UploadTextRequest::default()
        });
        let two = register
            .uz
            .texts
            .clone()
            .upload_text(tokio_stream::iter(two))
            .await;
        assert_violations(two, &[("name", "FIELD_INVALID")]);
        assert_eq!(
            register.uz.upload_of(name).await.unwrap().received_bytes,
            401
        );
    })
    .await;
}

#[tokio::test]
async fn a_wrong_hash_refuses_the_upload_and_keeps_nothing() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(1_500_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        let mut other = bytes.clone();
        other[700_000] ^= 1;
        register.uz.send(&upload.name, 0, &other).await.unwrap();
        let explained = assert_fault(
            register.uz.complete(&upload.name).await,
            Code::FailedPrecondition,
            "SHA256_MISMATCH",
        );
        assert_eq!(explained.metadata["announced"], sha256(&bytes));
        assert_eq!(explained.metadata["computed"], sha256(&other));
        assert_eq!(
            register.uz.upload_of(&upload.name).await.unwrap().state(),
            UploadState::Refused
        );
        assert_eq!(register.stored_files(), Vec::<std::path::PathBuf>::new());
        let explained = assert_fault(
            register.uz.complete(&upload.name).await,
            Code::FailedPrecondition,
            "UPLOAD_FINISHED",
        );
        assert_eq!(explained.metadata["state"], "UPLOAD_STATE_REFUSED");
        assert_fault(
            register.uz.send(&upload.name, 1_500_000, b"").await,
            Code::FailedPrecondition,
            "UPLOAD_FINISHED",
        );
    })
    .await;
}

#[tokio::test]
async fn a_retry_of_completion_gets_the_same_version() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(100);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        register.uz.send(&upload.name, 0, &bytes).await.unwrap();
        let request = CompleteUploadRequest {
            name: upload.name.clone(),
            request_id: "11111111-1111-4111-8111-000000000001".to_owned(),
        };
        let calls = (0..4).map(|_| {
            let (mut client, request) = (register.uz.texts.clone(), request.clone());
            tokio::spawn(async move { client.complete_upload(request).await.unwrap().into_inner() })
        });
        let mut answers = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            answers.push(call.await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert!(answers[0].name.ends_with("/versions/v1"));
        assert_fault(
            register.uz.complete(&upload.name).await,
            Code::FailedPrecondition,
            "UPLOAD_FINISHED",
        );
    })
    .await;
}

#[tokio::test]
async fn a_newer_stream_takes_over_and_the_older_one_ends() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(2_000_000);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        let (sender, receiver) = mpsc::channel(8);
        let mut client = register.uz.texts.clone();
        let older =
            tokio::spawn(async move { client.upload_text(ReceiverStream::new(receiver)).await });
        for message in messages(&upload.name, 0, &vec![9; 1_000_000]) {
            sender.send(message).await.unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        register.uz.send(&upload.name, 0, &bytes).await.unwrap();
        drop(sender);
        assert_fault(older.await.unwrap(), Code::Aborted, "UPLOAD_TAKEN_OVER");
        let version = register.uz.complete(&upload.name).await.unwrap();
        assert_eq!(
            register.uz.download(&version.name, 0, 0).await.unwrap().1,
            bytes
        );
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_its_agencys_own_and_can_be_cancelled() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(100);
        let upload = register.uz.begin(announce("one", &bytes)).await.unwrap();
        for other in [&register.kz, &register.uz_library] {
            assert_fault(
                other.upload_of(&upload.name).await,
                Code::NotFound,
                "RESOURCE_NOT_FOUND",
            );
            assert_fault(
                other.send(&upload.name, 0, &bytes).await,
                Code::NotFound,
                "RESOURCE_NOT_FOUND",
            );
            assert_fault(
                other.complete(&upload.name).await,
                Code::NotFound,
                "RESOURCE_NOT_FOUND",
            );
        }
        register.uz.send(&upload.name, 0, &bytes).await.unwrap();
        assert_eq!(register.stored_files().len(), 1);
        let cancel = CancelUploadRequest {
            name: upload.name.clone(),
            request_id: "11111111-1111-4111-8111-000000000001".to_owned(),
        };
        let mut client = register.uz.texts.clone();
        let cancelled = client
            .cancel_upload(cancel.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(cancelled.state(), UploadState::Cancelled);
        assert_eq!(
            client
                .cancel_upload(cancel.clone())
                .await
                .unwrap()
                .into_inner(),
            cancelled
        );
        assert!(register.stored_files().is_empty());
        let again = CancelUploadRequest {
            request_id: String::new(),
            ..cancel
        };
        assert_fault(
            client.cancel_upload(again).await,
            Code::FailedPrecondition,
            "UPLOAD_FINISHED",
        );
        assert_fault(
            register.uz.complete(&upload.name).await,
            Code::FailedPrecondition,
            "UPLOAD_FINISHED",
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_announced_with_a_wrong_size_does_not_spoil_the_right_one() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(2_100_000);
        let mut short = announce("short", &bytes);
        short.upload.as_mut().unwrap().size_bytes = 1_000;
        let upload = register.uz.begin(short).await.unwrap();
        register
            .uz
            .send(&upload.name, 0, &bytes[..1_000])
            .await
            .unwrap();
        assert_fault(
            register.uz.complete(&upload.name).await,
            Code::FailedPrecondition,
            "SHA256_MISMATCH",
        );
        let version = register.uz.give(announce("right", &bytes), &bytes).await;
        assert_eq!(version.size_bytes, 2_100_000);
        let (header, read) = register.kz.download(&version.name, 0, 0).await.unwrap();
        assert_eq!(header.size_bytes, 2_100_000);
        assert_eq!(sha256(&read), sha256(&bytes));
    })
    .await;
}

#[tokio::test]
async fn completions_and_a_cancellation_at_once_agree_on_the_end() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(6_000_000);
        for (id, request_id) in [
            ("retried", "11111111-1111-4111-8111-000000000001"),
            ("again", ""),
        ] {
            let upload = register.uz.begin(announce(id, &bytes)).await.unwrap();
            register.uz.send(&upload.name, 0, &bytes).await.unwrap();
            // More than are put together at once: some begin when the pieces are gone.
            let calls = (0..8).map(|_| {
                let (mut client, name) = (register.uz.texts.clone(), upload.name.clone());
                let request_id = request_id.to_owned();
                tokio::spawn(async move {
                    let request = CompleteUploadRequest { name, request_id };
                    client.complete_upload(request).await
                })
            });
            let mut completed = 0;
            for call in calls.collect::<Vec<_>>() {
                match call.await.unwrap() {
                    Ok(_) => completed += 1,
                    refused => {
                        assert_fault(refused, Code::FailedPrecondition, "UPLOAD_FINISHED");
                    }
                }
            }
            assert_eq!(completed, if request_id.is_empty() { 1 } else { 8 });
        }
        let upload = register
            .uz
            .begin(announce("cancelled", &bytes))
            .await
            .unwrap();
        register.uz.send(&upload.name, 0, &bytes).await.unwrap();
        let (caller, name) = (register.uz.clone(), upload.name.clone());
        let completion = tokio::spawn(async move { caller.complete(&name).await });
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let cancel = CancelUploadRequest {
            name: upload.name.clone(),
            ..CancelUploadRequest::default()
        };
        let cancelled = register.uz.texts.clone().cancel_upload(cancel).await;
        let completed = completion.await.unwrap();
        assert_ne!(cancelled.is_ok(), completed.is_ok());
        let refused = completed.map(drop).and(cancelled.map(drop));
        assert_fault(refused, Code::FailedPrecondition, "UPLOAD_FINISHED");
    })
    .await;
}
