//! The whole life of a text.

use accord_proto::{
    documents::v1::{
        AccessLevel, CreateTextRequest, CreateUploadRequest, DeleteDocumentRequest,
        ExtractionState, GetTextRequest, IntegrityState, ListTextVersionsRequest, ListTextsRequest,
        OriginalsComparison, Text, UpdateTextRequest, Upload, UploadState,
        WithdrawTextVersionRequest,
    },
    ledger::v1::{ChangeKind, ListEntriesRequest},
};
use tonic::Code;

use super::{RU, announce, file, sha256, text};
use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
    sample::CUSTOMS,
};

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
async fn there_is_one_text_for_each_language() {
    on_each_engine(async |register| {
        register.with_text().await;
        let mut texts = register.kz.texts.clone();
        let latin = texts
            .create_text(text("uz-latn"))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (
                latin.language_code.as_str(),
                latin.name.ends_with("/texts/uz-latn")
            ),
            ("uz-Latn", true)
        );
        assert_fault(
            texts.create_text(text("uz-Latn")).await,
            Code::AlreadyExists,
            "RESOURCE_ALREADY_EXISTS",
        );
        let wrong = CreateTextRequest {
            parent: "x".to_owned(),
            text: Some(Text {
                language_code: "русский".to_owned(),
                access_level: 9,
                ..Text::default()
            }),
            request_id: "x".to_owned(),
            ..CreateTextRequest::default()
        };
        assert_violations(
            texts.create_text(wrong).await,
            &[
                ("parent", "NAME_INVALID"),
                ("text.language_code", "LANGUAGE_TAG_INVALID"),
                ("text.access_level", "FIELD_INVALID"),
                ("request_id", "REQUEST_ID_INVALID"),
            ],
        );
        assert_fault(
            register.kg.texts.clone().create_text(text("en")).await,
            Code::PermissionDenied,
            "PARTY_MISMATCH",
        );
        assert_fault(
            register.reader.texts.clone().create_text(text("en")).await,
            Code::PermissionDenied,
            "ROLE_REQUIRED",
        );
        let page = texts
            .list_texts(ListTextsRequest {
                parent: CUSTOMS.to_owned(),
                page_size: 1,
                ..ListTextsRequest::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(page.texts[0].name, RU);
        let request = ListTextsRequest {
            parent: CUSTOMS.to_owned(),
            page_token: page.next_page_token,
            ..ListTextsRequest::default()
        };
        let page = texts.list_texts(request).await.unwrap().into_inner();
        assert_eq!(
            (page.texts.len(), page.texts[0].name.clone()),
            (1, latin.name)
        );
        let delete = DeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            ..DeleteDocumentRequest::default()
        };
        register
            .kz
            .documents
            .clone()
            .delete_document(delete)
            .await
            .unwrap();
        assert_fault(
            texts.create_text(text("en")).await,
            Code::FailedPrecondition,
            "DOCUMENT_DELETED",
        );
    })
    .await;
}

#[tokio::test]
async fn a_text_is_changed_with_mask_etag_and_retry() {
    on_each_engine(async |register| {
        let text = register.with_text().await;
        let mut texts = register.kz.texts.clone();
        let request = UpdateTextRequest {
            text: Some(Text {
                name: RU.to_owned(),
                authentic: Some(false),
                etag: text.etag.clone(),
                ..Text::default()
            }),
            request_id: "11111111-1111-4111-8111-000000000001".to_owned(),
            ..UpdateTextRequest::default()
        };
        let check = UpdateTextRequest {
            validate_only: true,
            request_id: String::new(),
            ..request.clone()
        };
        assert_eq!(
            texts
                .update_text(check)
                .await
                .unwrap()
                .into_inner()
                .authentic,
            Some(false)
        );
        let changed = texts
            .update_text(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(changed.authentic, Some(false));
        assert_eq!(
            texts
                .update_text(request.clone())
                .await
                .unwrap()
                .into_inner(),
            changed
        );
        let stale = UpdateTextRequest {
            request_id: String::new(),
            ..request
        };
        assert_fault(
            texts.update_text(stale).await,
            Code::Aborted,
            "ETAG_MISMATCH",
        );
        let clear = UpdateTextRequest {
            text: Some(Text {
                name: RU.to_owned(),
                ..Text::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["authentic".to_owned()],
            }),
            ..UpdateTextRequest::default()
        };
        assert_eq!(
            texts
                .update_text(clear)
                .await
                .unwrap()
                .into_inner()
                .authentic,
            None
        );
        let other = UpdateTextRequest {
            text: Some(Text {
                name: RU.to_owned(),
                language_code: "kk".to_owned(),
                ..Text::default()
            }),
            ..UpdateTextRequest::default()
        };
        assert_violations(
            texts.update_text(other).await,
            &[("text.language_code", "IMMUTABLE_FIELD")],
        );
        let missing = UpdateTextRequest {
            text: Some(Text {
                name: RU.replace("/ru", "/kk"),
                ..Text::default()
            }),
            ..UpdateTextRequest::default()
        };
        assert_fault(
            texts.update_text(missing).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_of_an_announcement_is_told_at_once() {
    on_each_engine(async |register| {
        register.with_text().await;
        let wrong = CreateUploadRequest {
            parent: CUSTOMS.to_owned(),
            upload_id: "Über".to_owned(),
            upload: Some(Upload {
                text: "partnerships/uz-kz/documents/other/texts/ru".to_owned(),
                media_type: "pdf".to_owned(),
                size_bytes: 20 * 1024 * 1024 + 1,
                sha256: "AB".repeat(32),
                party: "uz".to_owned(),
                source: Some(accord_proto::documents::v1::Source {
                    uri: "x".to_owned(),
                    note: String::new(),
                }),
                ..Upload::default()
            }),
            ..CreateUploadRequest::default()
        };
        assert_violations(
            register.uz.begin(wrong).await,
            &[
                ("upload_id", "ID_INVALID"),
                ("upload.media_type", "MEDIA_TYPE_INVALID"),
                ("upload.size_bytes", "FIELD_INVALID"),
                ("upload.sha256", "SHA256_INVALID"),
                ("upload.party", "COUNTRY_INVALID"),
                ("upload.source.uri", "URI_INVALID"),
            ],
        );
        let mut unknown = announce("one", b"x");
        let upload = unknown.upload.as_mut().unwrap();
        upload.text = RU.replace("/ru", "/kk");
        upload.party = "KG".to_owned();
        assert_violations(
            register.uz.begin(unknown).await,
            &[
                ("upload.text", "REFERENCE_NOT_FOUND"),
                ("upload.party", "NOT_A_PARTY"),
            ],
        );
        let mut others = announce("one", b"x");
        others.upload.as_mut().unwrap().party = "KZ".to_owned();
        assert_fault(
            register.uz.begin(others).await,
            Code::PermissionDenied,
            "PARTY_MISMATCH",
        );
        let mut elsewhere = announce("one", b"x");
        elsewhere.upload.as_mut().unwrap().text =
            "partnerships/uz-kz/documents/other/texts/ru".to_owned();
        assert_violations(
            register.uz.begin(elsewhere).await,
            &[("upload.text", "FIELD_INVALID")],
        );
        register.uz.begin(announce("one", b"x")).await.unwrap();
        assert_fault(
            register.kz.begin(announce("one", b"y")).await,
            Code::AlreadyExists,
            "RESOURCE_ALREADY_EXISTS",
        );
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
