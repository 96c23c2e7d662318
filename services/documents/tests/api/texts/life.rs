//! The whole life of a text.

use accord_proto::{
    documents::v1::{
        AccessLevel, ExtractionState, GetTextRequest, IntegrityState, ListTextVersionsRequest,
        OriginalsComparison, UploadState, WithdrawTextVersionRequest,
    },
    ledger::v1::{ChangeKind, ListEntriesRequest},
};
use tonic::Code;

use super::{RU, announce, file, sha256};
use crate::{errors::assert_fault, register::on_each_engine, sample::CUSTOMS};

#[tokio::test]
async fn a_file_becomes_a_version_is_read_and_withdrawn() {
    on_each_engine(async |register| {
        let text = register.with_text().await;
        assert_eq!(
            (text.name.as_str(), text.language_code.as_str()),
            (RU, "ru")
        );
        assert_eq!(text.access_level(), AccessLevel::Public);
        assert_eq!(text.originals_comparison(), OriginalsComparison::Incomplete);
        let bytes = file(3_000_001);
        let version = register.uz.give(announce("one", &bytes), &bytes).await;
        assert_eq!(version.name, format!("{RU}/versions/v1"));
        assert_eq!(
            (version.size_bytes, version.sha256.clone()),
            (3_000_001, sha256(&bytes))
        );
        assert_eq!(version.integrity_state(), IntegrityState::Intact);
        assert_eq!(version.recorder, "uz-mfa");
        let (header, read) = register.kz.download(&version.name, 0, 0).await.unwrap();
        assert_eq!(read, bytes);
        assert_eq!(
            (header.read_size, header.sha256),
            (3_000_001, sha256(&bytes))
        );
        let done = register
            .uz
            .upload_of(&format!("{CUSTOMS}/uploads/one"))
            .await
            .unwrap();
        assert_eq!(
            (done.state(), done.text_version),
            (UploadState::Completed, version.name.clone())
        );

        let changed = register
            .uz
            .texts
            .clone()
            .get_text(GetTextRequest {
                name: RU.to_owned(),
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (changed.version_count, changed.latest_version.clone()),
            (1, version.name.clone())
        );
        assert_ne!(changed.etag, text.etag);

        let withdraw = WithdrawTextVersionRequest {
            name: version.name.clone(),
            reason: "wrong file".to_owned(),
            ..WithdrawTextVersionRequest::default()
        };
        let other = register
            .kz
            .texts
            .clone()
            .withdraw_text_version(withdraw.clone())
            .await;
        assert_fault(other, Code::PermissionDenied, "PARTY_MISMATCH");
        let stale = WithdrawTextVersionRequest {
            etag: "\"x\"".to_owned(),
            ..withdraw.clone()
        };
        assert_fault(
            register.uz.texts.clone().withdraw_text_version(stale).await,
            Code::Aborted,
            "ETAG_MISMATCH",
        );
        let gone = register
            .uz_library
            .texts
            .clone()
            .withdraw_text_version(withdraw.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (gone.withdrawer.as_str(), gone.withdrawal_reason.as_str()),
            ("uz-library", "wrong file")
        );
        let again = register
            .uz
            .texts
            .clone()
            .withdraw_text_version(withdraw)
            .await;
        assert_fault(again, Code::FailedPrecondition, "TEXT_WITHDRAWN");
        let refused = register.uz.download(&version.name, 0, 0).await;
        assert_fault(refused, Code::FailedPrecondition, "TEXT_WITHDRAWN");
        let second = register.uz.give(announce("two", &bytes), &bytes).await;
        assert_eq!(second.name, format!("{RU}/versions/v2"));
        let request = ListTextVersionsRequest {
            parent: RU.to_owned(),
            page_size: 1,
            ..ListTextVersionsRequest::default()
        };
        let first_page = register
            .reader
            .texts
            .clone()
            .list_text_versions(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(first_page.text_versions[0].name, second.name);
        let request = ListTextVersionsRequest {
            page_token: first_page.next_page_token,
            ..request
        };
        let last_page = register
            .reader
            .texts
            .clone()
            .list_text_versions(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(last_page.text_versions[0].name, version.name);
        assert!(
            last_page.text_versions[0].withdraw_time.is_some()
                && last_page.next_page_token.is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn what_others_see_is_in_the_log_and_uploads_are_not() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(10);
        register.uz.give(announce("one", &bytes), &bytes).await;
        let request = ListEntriesRequest {
            parent: "logs/documents".to_owned(),
            ..ListEntriesRequest::default()
        };
        let entries = register
            .reader
            .clone()
            .ledger
            .list_entries(request)
            .await
            .unwrap()
            .into_inner()
            .entries;
        let told: Vec<_> = entries
            .iter()
            .skip(2)
            .map(|entry| (entry.resource.as_str(), entry.kind()))
            .collect();
        let version = format!("{RU}/versions/v1");
        assert_eq!(
            told,
            [
                (RU, ChangeKind::Created),
                (version.as_str(), ChangeKind::Created),
                (RU, ChangeKind::Updated)
            ]
        );
        assert_eq!(entries[3].resource_type, "documents.accord/TextVersion");
    })
    .await;
}

#[tokio::test]
async fn plain_text_is_looked_at_for_words_and_other_types_are_not() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = "Стороны создают свободную торговлю".as_bytes();
        let mut request = announce("one", bytes);
        request.upload.as_mut().unwrap().media_type = "text/plain; charset=utf-8".to_owned();
        let version = register.uz.give(request, bytes).await;
        register.upkeep.extract().await;
        let other = register.uz.give(announce("two", bytes), bytes).await;
        register.upkeep.extract().await;
        for (name, states) in [
            (&version.name, vec![ExtractionState::Extracted]),
            (&other.name, vec![ExtractionState::NotSupported]),
        ] {
            let mut found = register.reader.version(name).await.unwrap();
            for _ in 0..100 {
                if found.extraction_state() != ExtractionState::Pending {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                found = register.reader.version(name).await.unwrap();
            }
            assert!(states.contains(&found.extraction_state()), "{found:?}");
            let chars = if found.extraction_state() == ExtractionState::Extracted {
                34
            } else {
                0
            };
            assert_eq!(found.extracted_character_count, chars);
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_place_for_texts_the_setting_is_named() {
    let databases = storage::testing::databases(documents::SCHEMA, documents::MIGRATIONS).await;
    for opened in databases {
        let register = crate::register::Register::without_texts(opened.database.clone());
        register.with_text().await;
        let refused = register.uz.begin(announce("one", b"x")).await;
        let message = refused.as_ref().unwrap_err().message().to_owned();
        assert!(
            message.contains("--texts-url (ACCORD_TEXTS_URL)"),
            "{message}"
        );
        assert_fault(
            refused,
            Code::FailedPrecondition,
            "TEXT_STORE_NOT_CONFIGURED",
        );
        opened.remove().await;
    }
}
