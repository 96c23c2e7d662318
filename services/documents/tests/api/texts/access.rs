//! What callers below the level of a document or of a text are told.

use accord_proto::documents::v1::{
    AccessLevel, Document, DownloadTextRequest, GetTextRequest, GetTextVersionRequest,
    ListTextVersionsRequest, ListTextsRequest, Text, UpdateDocumentRequest, UpdateTextRequest,
};
use accord_proto::ledger::v1::ListEntriesRequest;
use tonic::{Code, Status};

use super::{RU, announce, file, text};
use crate::{
    errors::assert_fault,
    register::{Caller, Register, on_each_engine},
    sample::CUSTOMS,
};

async fn restrict_text(register: &Register) -> Text {
    let request = UpdateTextRequest {
        text: Some(Text {
            name: RU.to_owned(),
            access_level: AccessLevel::Restricted.into(),
            ..Text::default()
        }),
        ..UpdateTextRequest::default()
    };
    register
        .uz
        .texts
        .clone()
        .update_text(request)
        .await
        .unwrap()
        .into_inner()
}

fn get(name: &str) -> GetTextRequest {
    GetTextRequest {
        name: name.to_owned(),
    }
}

/// Every reading of versions, each with its answer.
async fn readings(caller: &Caller) -> Vec<Result<(), Status>> {
    let version = format!("{RU}/versions/v1");
    let mut texts = caller.texts.clone();
    vec![
        texts
            .get_text_version(GetTextVersionRequest {
                name: version.clone(),
            })
            .await
            .map(drop),
        texts
            .get_text_version(GetTextVersionRequest {
                name: format!("{RU}/versions/v9"),
            })
            .await
            .map(drop),
        texts
            .list_text_versions(ListTextVersionsRequest {
                parent: RU.to_owned(),
                ..ListTextVersionsRequest::default()
            })
            .await
            .map(drop),
        texts
            .download_text(DownloadTextRequest {
                name: version,
                ..DownloadTextRequest::default()
            })
            .await
            .map(drop),
    ]
}

#[tokio::test]
async fn below_a_texts_level_its_language_is_told_and_nothing_else() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(100);
        register.uz.give(announce("one", &bytes), &bytes).await;
        let pending = register.uz.begin(announce("two", &bytes)).await.unwrap();
        let restricted = restrict_text(&register).await;
        let expected = Text {
            name: RU.to_owned(),
            language_code: "ru".to_owned(),
            access_level: AccessLevel::Restricted.into(),
            redacted: true,
            ..Text::default()
        };
        for caller in [&register.reader, &register.kg] {
            let found = caller
                .texts
                .clone()
                .get_text(get(RU))
                .await
                .unwrap()
                .into_inner();
            assert_eq!(found, expected);
            let request = ListTextsRequest {
                parent: CUSTOMS.to_owned(),
                ..ListTextsRequest::default()
            };
            let found = caller
                .texts
                .clone()
                .list_texts(request)
                .await
                .unwrap()
                .into_inner();
            assert_eq!(found.texts, std::slice::from_ref(&expected));
            for refused in readings(caller).await {
                let explained =
                    assert_fault(refused, Code::PermissionDenied, "ACCESS_LEVEL_REQUIRED");
                assert_eq!(
                    explained.metadata["access_level"],
                    "ACCESS_LEVEL_RESTRICTED"
                );
            }
        }
        for caller in [&register.kz, &register.operator] {
            assert_eq!(
                caller
                    .texts
                    .clone()
                    .get_text(get(RU))
                    .await
                    .unwrap()
                    .into_inner(),
                restricted
            );
        }
        assert!(readings(&register.kz).await[0].is_ok());
        assert!(register.uz.upload_of(&pending.name).await.is_ok());
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
        let last = entries.last().unwrap();
        assert_eq!(last.resource, RU);
        assert!(last.state.is_none(), "{last:?}");
    })
    .await;
}

#[tokio::test]
async fn below_a_documents_level_not_even_texts_are_told() {
    on_each_engine(async |register| {
        register.with_text().await;
        let bytes = file(100);
        register.uz.give(announce("one", &bytes), &bytes).await;
        let request = UpdateDocumentRequest {
            document: Some(Document {
                name: CUSTOMS.to_owned(),
                access_level: AccessLevel::Restricted.into(),
                ..Document::default()
            }),
            ..UpdateDocumentRequest::default()
        };
        register
            .uz
            .documents
            .clone()
            .update_document(request)
            .await
            .unwrap();
        for caller in [&register.reader, &register.kg] {
            let mut texts = caller.texts.clone();
            let mut refused = readings(caller).await;
            for name in [RU.to_owned(), RU.replace("/ru", "/kk")] {
                refused.push(texts.get_text(get(&name)).await.map(drop));
            }
            let request = ListTextsRequest {
                parent: CUSTOMS.to_owned(),
                ..ListTextsRequest::default()
            };
            refused.push(texts.list_texts(request).await.map(drop));
            for refused in refused {
                assert_fault(refused, Code::PermissionDenied, "ACCESS_LEVEL_REQUIRED");
            }
        }
        let kg = &register.kg;
        let upload = format!("{CUSTOMS}/uploads/one");
        let mut texts = kg.texts.clone();
        let refused = [
            texts.create_text(text("en")).await.map(drop),
            kg.begin(announce("x", &bytes)).await.map(drop),
            kg.upload_of(&upload).await.map(drop),
            kg.send(&upload, 0, &bytes).await.map(drop),
            kg.complete(&upload).await.map(drop),
        ];
        for refused in refused {
            assert_fault(refused, Code::PermissionDenied, "ACCESS_LEVEL_REQUIRED");
        }
        assert!(readings(&register.kz).await[3].is_ok());
    })
    .await;
}
