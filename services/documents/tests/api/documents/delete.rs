//! `DeleteDocument` and `UndeleteDocument`.

use accord_proto::documents::v1::{
    ActKind, DeleteDocumentRequest, Document, GetDocumentRequest, GetDocumentStatusRequest,
    ListActsRequest, ListDocumentsRequest, UndeleteDocumentRequest, UpdateDocumentRequest,
    WarningCode,
};
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::{Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP},
};

fn delete(etag: &str) -> DeleteDocumentRequest {
    DeleteDocumentRequest {
        name: CUSTOMS.to_owned(),
        etag: etag.to_owned(),
        ..DeleteDocumentRequest::default()
    }
}

fn undelete() -> UndeleteDocumentRequest {
    UndeleteDocumentRequest {
        name: CUSTOMS.to_owned(),
        ..UndeleteDocumentRequest::default()
    }
}

async fn listed(register: &Register, show_deleted: bool) -> usize {
    let request = ListDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        show_deleted,
        ..ListDocumentsRequest::default()
    };
    register
        .reader
        .clone()
        .documents
        .list_documents(request)
        .await
        .unwrap()
        .into_inner()
        .documents
        .len()
}

#[tokio::test]
async fn a_deleted_document_is_hidden_readable_by_name_and_can_come_back() {
    on_each_engine(async |register| {
        register.with_document().await;
        register
            .record(sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06"))
            .await;
        let mut kz = register.kz.clone();
        let deleted = kz
            .documents
            .delete_document(delete(""))
            .await
            .unwrap()
            .into_inner();
        let seconds = |time: Option<prost_types::Timestamp>| time.unwrap().seconds;
        assert_eq!(
            seconds(deleted.purge_time) - seconds(deleted.delete_time),
            30 * 24 * 3600
        );
        assert_eq!(
            (
                listed(&register, false).await,
                listed(&register, true).await
            ),
            (0, 1)
        );

        let found = kz
            .documents
            .get_document(GetDocumentRequest {
                name: CUSTOMS.to_owned(),
            })
            .await
            .unwrap();
        assert_eq!(found.into_inner(), deleted);
        let acts = ListActsRequest {
            parent: CUSTOMS.to_owned(),
            ..ListActsRequest::default()
        };
        assert_eq!(
            kz.acts
                .list_acts(acts)
                .await
                .unwrap()
                .into_inner()
                .acts
                .len(),
            1
        );
        let status = GetDocumentStatusRequest {
            name: CUSTOMS.to_owned(),
            ..GetDocumentStatusRequest::default()
        };
        let status = kz
            .documents
            .get_document_status(status)
            .await
            .unwrap()
            .into_inner();
        assert!(
            status
                .warnings
                .iter()
                .any(|warning| warning.code() == WarningCode::DocumentDeleted)
        );

        let back = kz
            .documents
            .undelete_document(undelete())
            .await
            .unwrap()
            .into_inner();
        assert!(back.delete_time.is_none() && back.purge_time.is_none());
        assert_eq!(listed(&register, false).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_document_takes_no_changes() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut kz = register.kz.clone();
        kz.documents.delete_document(delete("")).await.unwrap();
        let again = kz.documents.delete_document(delete("")).await;
        assert_fault(again, Code::FailedPrecondition, "DOCUMENT_DELETED");
        let update = UpdateDocumentRequest {
            document: Some(Document {
                name: CUSTOMS.to_owned(),
                ..Document::default()
            }),
            ..UpdateDocumentRequest::default()
        };
        assert_fault(
            kz.documents.update_document(update).await,
            Code::FailedPrecondition,
            "DOCUMENT_DELETED",
        );
        let act = kz
            .acts
            .create_act(sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06"))
            .await;
        assert_fault(act, Code::FailedPrecondition, "DOCUMENT_DELETED");
        let same_name = kz
            .documents
            .create_document(sample::document("customs-energy"))
            .await;
        assert_fault(same_name, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
    })
    .await;
}

#[tokio::test]
async fn deletion_checks_the_etag_the_caller_and_the_name() {
    on_each_engine(async |register| {
        let created = register.with_document().await;
        let stale = register
            .kz
            .clone()
            .documents
            .delete_document(delete("\"old\""))
            .await;
        assert_fault(stale, Code::Aborted, "ETAG_MISMATCH");
        let stranger = register
            .kg
            .clone()
            .documents
            .delete_document(delete(""))
            .await;
        assert_fault(stranger, Code::PermissionDenied, "PARTY_MISMATCH");
        let malformed = DeleteDocumentRequest {
            name: "x".to_owned(),
            ..DeleteDocumentRequest::default()
        };
        let malformed = register
            .kz
            .clone()
            .documents
            .delete_document(malformed)
            .await;
        assert_violations(malformed, &[("name", "NAME_INVALID")]);
        let not_deleted = register
            .kz
            .clone()
            .documents
            .undelete_document(undelete())
            .await;
        assert_fault(
            not_deleted,
            Code::FailedPrecondition,
            "DOCUMENT_NOT_DELETED",
        );
        register
            .kz
            .clone()
            .documents
            .delete_document(delete(&created.etag))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_item_number_is_free_while_its_document_is_deleted() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut kz = register.kz.clone();
        kz.documents.delete_document(delete("")).await.unwrap();
        let mut other = sample::document("other");
        other.document.as_mut().unwrap().item_number = Some(3);
        kz.documents.create_document(other).await.unwrap();
        let back = kz.documents.undelete_document(undelete()).await;
        assert_fault(back, Code::AlreadyExists, "ITEM_NUMBER_TAKEN");
    })
    .await;
}
