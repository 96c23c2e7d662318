//! `ListSectors`.

use accord_proto::documents::v1::{
    AccessLevel, DeleteDocumentRequest, Document, ListSectorsRequest, UndeleteDocumentRequest,
    UpdateDocumentRequest,
};
use tonic::Code;

use super::{change, name, of_level};
use crate::{
    errors::assert_fault,
    register::{Caller, Register, on_each_engine},
    sample::{self, PARTNERSHIP},
};

async fn sectors(caller: &Caller, page_size: i32) -> Vec<(String, i32)> {
    let mut documents = caller.documents.clone();
    let mut request = ListSectorsRequest {
        parent: PARTNERSHIP.to_owned(),
        page_size,
        ..ListSectorsRequest::default()
    };
    let mut found = Vec::new();
    loop {
        let page = documents
            .list_sectors(request.clone())
            .await
            .unwrap()
            .into_inner();
        found.extend(
            page.sectors
                .into_iter()
                .map(|sector| (sector.sector, sector.document_count)),
        );
        if page.next_page_token.is_empty() {
            return found;
        }
        request.page_token = page.next_page_token;
    }
}

async fn register_with_sectors(register: &Register) {
    register.with_partnership().await;
    for (id, level, of) in [
        ("a", AccessLevel::Public, &["customs", "energy"][..]),
        ("b", AccessLevel::Public, &["customs"]),
        ("c", AccessLevel::Official, &["customs", "space"]),
        ("d", AccessLevel::Restricted, &["defense", "customs"]),
        ("e", AccessLevel::Public, &[]),
    ] {
        let mut request = of_level(sample::document(id), level);
        change(&mut request).sectors = of.iter().map(|&word| word.to_owned()).collect();
        register.create(request).await;
    }
}

fn expected(list: &[(&str, i32)]) -> Vec<(String, i32)> {
    list.iter()
        .map(|(sector, count)| ((*sector).to_owned(), *count))
        .collect()
}

#[tokio::test]
async fn each_caller_counts_what_it_may_read() {
    on_each_engine(async |register| {
        register_with_sectors(&register).await;
        let everything = expected(&[("customs", 4), ("defense", 1), ("energy", 1), ("space", 1)]);
        for page_size in [1, 3, 0] {
            assert_eq!(sectors(&register.operator, page_size).await, everything);
            assert_eq!(sectors(&register.uz, page_size).await, everything);
            assert_eq!(
                sectors(&register.reader, page_size).await,
                expected(&[("customs", 3), ("energy", 1), ("space", 1)])
            );
            assert_eq!(
                sectors(&register.kg, page_size).await,
                expected(&[("customs", 2), ("energy", 1)])
            );
        }
    })
    .await;
}

#[tokio::test]
async fn counts_follow_every_change() {
    on_each_engine(async |register| {
        register_with_sectors(&register).await;
        let mut documents = register.uz.clone().documents;
        let update = UpdateDocumentRequest {
            document: Some(Document {
                name: name("a"),
                sectors: vec!["energy".to_owned(), "science".to_owned()],
                access_level: AccessLevel::Official.into(),
                ..Document::default()
            }),
            ..UpdateDocumentRequest::default()
        };
        documents.update_document(update).await.unwrap();
        let deletion = DeleteDocumentRequest {
            name: name("d"),
            ..DeleteDocumentRequest::default()
        };
        documents.delete_document(deletion).await.unwrap();
        assert_eq!(
            sectors(&register.operator, 0).await,
            expected(&[("customs", 2), ("energy", 1), ("science", 1), ("space", 1)])
        );
        assert_eq!(sectors(&register.kg, 0).await, expected(&[("customs", 1)]));
        let undeletion = UndeleteDocumentRequest {
            name: name("d"),
            ..UndeleteDocumentRequest::default()
        };
        documents.undelete_document(undeletion).await.unwrap();
        assert_eq!(
            sectors(&register.uz, 0).await,
            expected(&[
                ("customs", 3),
                ("defense", 1),
                ("energy", 1),
                ("science", 1),
                ("space", 1)
            ])
        );
    })
    .await;
}

#[tokio::test]
async fn an_unknown_partnership_has_none() {
    on_each_engine(async |register| {
        let request = ListSectorsRequest {
            parent: PARTNERSHIP.to_owned(),
            ..ListSectorsRequest::default()
        };
        assert_fault(
            register
                .reader
                .clone()
                .documents
                .list_sectors(request)
                .await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
    })
    .await;
}
