//! `request_id` and `validate_only` on every mutating method.

use accord_proto::{
    documents::v1::{
        ActKind, DeleteDocumentRequest, Document, GetActRequest, GetDocumentRequest,
        GetPartnershipRequest, Partnership, RetractActRequest, UndeleteDocumentRequest,
        UpdateDocumentRequest, UpdatePartnershipRequest,
    },
    ledger::v1::ListEntriesRequest,
};
use tonic::Code;

use crate::{
    errors::assert_fault,
    register::{Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP},
};

/// A request id, different for each number.
fn id(number: u32) -> String {
    format!("11111111-1111-4111-8111-{number:012}")
}

async fn entries(register: &Register) -> usize {
    let request = ListEntriesRequest {
        parent: "logs/documents".to_owned(),
        ..ListEntriesRequest::default()
    };
    register
        .reader
        .clone()
        .ledger
        .list_entries(request)
        .await
        .unwrap()
        .into_inner()
        .entries
        .len()
}

/// Calls a method twice with the same request: the second answer is the first and adds no entry.
macro_rules! assert_replayed {
    ($register:expr, $client:expr, $method:ident, $request:expr) => {{
        let mut client = $client.clone();
        let request = $request;
        let first = client.$method(request.clone()).await.unwrap().into_inner();
        let count = entries(&$register).await;
        let second = client.$method(request).await.unwrap().into_inner();
        assert_eq!(first, second);
        assert_eq!(entries(&$register).await, count);
        first
    }};
}

#[tokio::test]
async fn a_retry_of_any_mutation_returns_the_first_answer_and_has_no_second_effect() {
    on_each_engine(async |register| {
        let (uz, kz) = (&register.uz, &register.kz);
        let mut request = sample::partnership();
        request.request_id = id(1);
        assert_replayed!(register, uz.partnerships, create_partnership, request);
        let patch = Partnership {
            name: PARTNERSHIP.to_owned(),
            display_names: sample::english("Other"),
            ..Partnership::default()
        };
        let request = UpdatePartnershipRequest {
            partnership: Some(patch),
            request_id: id(2),
            ..UpdatePartnershipRequest::default()
        };
        assert_replayed!(register, uz.partnerships, update_partnership, request);
        let mut request = sample::document("customs-energy");
        request.request_id = id(3);
        let document = assert_replayed!(register, kz.documents, create_document, request);
        let patch = Document {
            signature_place: "X".to_owned(),
            etag: document.etag.clone(),
            ..document
        };
        let request = UpdateDocumentRequest {
            document: Some(patch),
            request_id: id(4),
            ..UpdateDocumentRequest::default()
        };
        assert_replayed!(register, kz.documents, update_document, request);
        let mut request = sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06");
        request.request_id = id(5);
        let act = assert_replayed!(register, kz.acts, create_act, request);
        let request = RetractActRequest {
            name: act.name,
            reason: "wrong".to_owned(),
            request_id: id(6),
            ..RetractActRequest::default()
        };
        assert_replayed!(register, kz.acts, retract_act, request);
        let request = DeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            request_id: id(7),
            ..DeleteDocumentRequest::default()
        };
        assert_replayed!(register, kz.documents, delete_document, request);
        let request = UndeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            request_id: id(8),
            ..UndeleteDocumentRequest::default()
        };
        assert_replayed!(register, kz.documents, undelete_document, request);
        assert_eq!(entries(&register).await, 8);
    })
    .await;
}

#[tokio::test]
async fn a_request_id_is_not_used_for_another_request() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut request = sample::document("one");
        request.request_id = id(1);
        let mut uz = register.uz.clone();
        uz.documents.create_document(request.clone()).await.unwrap();
        request.document_id = "two".to_owned();
        let reused = uz.documents.create_document(request).await;
        assert_fault(reused, Code::InvalidArgument, "REQUEST_ID_REUSED");
    })
    .await;
}

#[tokio::test]
async fn validate_only_answers_as_if_and_changes_nothing() {
    on_each_engine(async |register| {
        let mut kz = register.kz.clone();
        let mut request = sample::partnership();
        request.validate_only = true;
        kz.partnerships.create_partnership(request).await.unwrap();
        let missing = kz
            .partnerships
            .get_partnership(GetPartnershipRequest {
                name: PARTNERSHIP.to_owned(),
            })
            .await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");

        let document = register.with_document().await;
        let act = register
            .record(sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06"))
            .await;
        let before = entries(&register).await;
        let mut request = sample::document("other");
        request.validate_only = true;
        let made = kz
            .documents
            .create_document(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(made.name, "partnerships/uz-kz/documents/other");
        let missing = kz
            .documents
            .get_document(GetDocumentRequest { name: made.name })
            .await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
        let delete = DeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            validate_only: true,
            ..DeleteDocumentRequest::default()
        };
        assert!(
            kz.documents
                .delete_document(delete)
                .await
                .unwrap()
                .into_inner()
                .delete_time
                .is_some()
        );
        let update = UpdateDocumentRequest {
            document: Some(Document {
                signature_place: "X".to_owned(),
                ..document.clone()
            }),
            validate_only: true,
            ..UpdateDocumentRequest::default()
        };
        assert_eq!(
            kz.documents
                .update_document(update)
                .await
                .unwrap()
                .into_inner()
                .signature_place,
            "X"
        );
        let retract = RetractActRequest {
            name: act.name.clone(),
            reason: "wrong".to_owned(),
            validate_only: true,
            ..RetractActRequest::default()
        };
        kz.acts.retract_act(retract).await.unwrap();

        let found = kz
            .documents
            .get_document(GetDocumentRequest {
                name: CUSTOMS.to_owned(),
            })
            .await
            .unwrap();
        assert_eq!(found.into_inner(), document);
        let found = kz
            .acts
            .get_act(GetActRequest {
                name: act.name.clone(),
            })
            .await
            .unwrap();
        assert_eq!(found.into_inner(), act);
        assert_eq!(entries(&register).await, before);

        let mut request = sample::document("customs-energy");
        request.validate_only = true;
        let exists = kz.documents.create_document(request).await;
        assert_fault(exists, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
    })
    .await;
}

#[tokio::test]
async fn calls_at_the_same_time_with_one_request_id_have_one_effect() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut request = sample::document("");
        request.request_id = id(1);
        let calls = (0..8).map(|_| {
            let (mut client, request) = (register.uz.documents.clone(), request.clone());
            tokio::spawn(async move { client.create_document(request).await.unwrap().into_inner() })
        });
        let mut answers = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            answers.push(call.await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(entries(&register).await, 2);
    })
    .await;
}

#[tokio::test]
async fn of_calls_at_the_same_time_for_one_name_one_succeeds() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let calls = (0..8).map(|index| {
            let caller = if index % 2 == 0 {
                &register.uz
            } else {
                &register.kz
            };
            let mut client = caller.documents.clone();
            tokio::spawn(async move { client.create_document(sample::document("one")).await })
        });
        let mut made = 0;
        for call in calls.collect::<Vec<_>>() {
            match call.await.unwrap() {
                Ok(_) => made += 1,
                refused => {
                    assert_fault(refused, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
                }
            }
        }
        assert_eq!(made, 1);
    })
    .await;
}
