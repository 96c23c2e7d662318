//! Texts themselves: one for each language, and how one is changed.

use accord_proto::documents::v1::{
    CreateTextRequest, DeleteDocumentRequest, ListTextsRequest, Text, UpdateTextRequest,
};
use tonic::Code;

use super::{RU, text};
use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
    sample::CUSTOMS,
};

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
