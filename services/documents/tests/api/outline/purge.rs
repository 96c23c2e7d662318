//! `PurgeDocuments`.

use std::time::Duration;

use accord_proto::{
    documents::v1::{
        AccessLevel, ActKind, DeleteDocumentRequest, Document, DocumentState, GetDocumentRequest,
        GetDocumentStatusRequest, GetPartnershipRequest, PurgeDocumentsRequest,
        PurgeDocumentsResponse, Relation, RelationKind, UpdateDocumentRequest, WarningCode,
    },
    ledger::v1::{ChangeKind, ListEntriesRequest},
};
use prost::Message as _;
use tonic::Code;

use super::{name, notified, of_level, with};
use crate::{
    errors::{assert_fault, assert_violations},
    register::{Register, on_each_engine},
    sample::{self, PARTNERSHIP},
};

const DAY: Duration = Duration::from_hours(24);

fn request(force: bool) -> PurgeDocumentsRequest {
    PurgeDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        force,
        ..PurgeDocumentsRequest::default()
    }
}

async fn purge(register: &Register, request: PurgeDocumentsRequest) -> PurgeDocumentsResponse {
    let mut documents = register.operator.clone().documents;
    documents
        .purge_documents(request)
        .await
        .unwrap()
        .into_inner()
}

async fn delete(register: &Register, id: &str) {
    let deletion = DeleteDocumentRequest {
        name: name(id),
        force: true,
        ..DeleteDocumentRequest::default()
    };
    let mut documents = register.uz.clone().documents;
    documents.delete_document(deletion).await.unwrap();
}

/// Two deleted documents with acts, another that waits for the first of them, and one that is not deleted.
async fn filled(register: &Register) {
    register.with_partnership().await;
    for id in ["a", "b", "kept"] {
        let mut request = notified(id);
        super::change(&mut request).sectors = vec!["customs".to_owned()];
        register.create(request).await;
        register.sign(id, "2024-05-01").await;
    }
    register.create(with("waiting", "a")).await;
    register.sign("waiting", "2024-05-01").await;
    delete(register, "a").await;
    delete(register, "b").await;
}

async fn get(register: &Register, id: &str) -> Result<Document, tonic::Status> {
    let request = GetDocumentRequest { name: name(id) };
    let mut documents = register.operator.clone().documents;
    documents
        .get_document(request)
        .await
        .map(tonic::Response::into_inner)
}

#[tokio::test]
async fn documents_go_for_good_when_their_time_has_come_and_not_before() {
    on_each_engine(async |register| {
        filled(&register).await;
        assert_eq!(
            purge(&register, request(true)).await,
            PurgeDocumentsResponse::default()
        );
        register.clock.advance(30 * DAY);
        let both = PurgeDocumentsResponse {
            purge_count: 2,
            purge_sample: vec![name("a"), name("b")],
        };
        assert_eq!(purge(&register, request(false)).await, both, "a preview");
        assert!(get(&register, "a").await.is_ok());
        let only_b = PurgeDocumentsRequest {
            filter: "document_id = \"b\"".to_owned(),
            ..request(true)
        };
        let answer = purge(&register, only_b).await;
        assert_eq!(answer.purge_sample, [name("b")]);
        let answer = purge(&register, request(true)).await;
        assert_eq!(answer.purge_sample, [name("a")]);
        for id in ["a", "b"] {
            assert_fault(
                get(&register, id).await,
                Code::NotFound,
                "RESOURCE_NOT_FOUND",
            );
        }
        assert!(get(&register, "kept").await.is_ok());
        let partnership = GetPartnershipRequest {
            name: PARTNERSHIP.to_owned(),
        };
        let mut partnerships = register.operator.clone().partnerships;
        let partnership = partnerships.get_partnership(partnership).await.unwrap();
        assert_eq!(partnership.into_inner().document_count, 2);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_purged_document_says_so_and_keeps_its_name_from_others() {
    on_each_engine(async |register| {
        filled(&register).await;
        register.clock.advance(31 * DAY);
        purge(&register, request(true)).await;
        let status = GetDocumentStatusRequest {
            name: name("waiting"),
            ..GetDocumentStatusRequest::default()
        };
        let mut documents = register.reader.clone().documents;
        let found = documents
            .get_document_status(status.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found.state(), DocumentState::SignedEntryUnknown);
        let warnings: Vec<_> = found
            .warnings
            .iter()
            .map(accord_proto::documents::v1::StatusWarning::code)
            .collect();
        assert!(
            warnings.contains(&WarningCode::RuleNotApplicable),
            "{found:?}"
        );

        let mut change = Document {
            name: name("waiting"),
            signature_place: "Tashkent".to_owned(),
            ..Document::default()
        };
        let mut editor = register.uz.clone().documents;
        let request = |document: &Document| UpdateDocumentRequest {
            document: Some(document.clone()),
            ..UpdateDocumentRequest::default()
        };
        let changed = editor.update_document(request(&change)).await;
        assert_eq!(changed.unwrap().into_inner().signature_place, "Tashkent");
        change.relations = vec![Relation {
            kind: RelationKind::Regulates.into(),
            target: name("b"),
        }];
        let refused = editor.update_document(request(&change)).await;
        let field = ("document.relations[0].target", "REFERENCE_NOT_FOUND");
        assert_violations(refused, &[field]);

        let new = || {
            super::agreement(
                "a",
                accord_proto::documents::v1::entry_into_force::Rule::OnSignature(
                    accord_proto::documents::v1::OnSignature {},
                ),
            )
        };
        let taken_for_the_old = editor.create_document(new()).await;
        assert_fault(
            taken_for_the_old,
            Code::FailedPrecondition,
            "NAME_REFERRED_TO",
        );
        let mut change = new().document.unwrap();
        change.name = name("waiting");
        let free = UpdateDocumentRequest {
            document: Some(change),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["entry_into_force".to_owned()],
            }),
            ..UpdateDocumentRequest::default()
        };
        editor.update_document(free).await.unwrap();
        assert_eq!(register.create(new()).await.name, name("a"));
        register.sign("a", "2024-06-20").await;
        let found = documents
            .get_document_status(status)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found.state(), DocumentState::InForce);
        let window = super::events::between("2024-06-01", "2024-07-01");
        let events = super::events::events(&register.reader, window).await;
        assert_eq!(
            events.len(),
            1,
            "only the new one enters into force then: {events:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_log_keeps_what_was_there() {
    on_each_engine(async |register| {
        filled(&register).await;
        let before = get(&register, "a").await.unwrap();
        register.clock.advance(31 * DAY);
        purge(&register, request(true)).await;
        let entries = ListEntriesRequest {
            parent: "logs/documents".to_owned(),
            page_size: 1000,
            ..ListEntriesRequest::default()
        };
        let entries = register
            .operator
            .clone()
            .ledger
            .list_entries(entries)
            .await
            .unwrap();
        let entries = entries.into_inner().entries;
        let last: Vec<_> = entries.iter().rev().take(2).collect();
        assert!(last.iter().all(|entry| entry.kind() == ChangeKind::Deleted));
        let mut names: Vec<_> = last.iter().map(|entry| entry.resource.clone()).collect();
        names.sort();
        assert_eq!(names, [name("a"), name("b")]);
        let of_a = last
            .iter()
            .find(|entry| entry.resource == name("a"))
            .unwrap();
        let state = of_a.state.as_ref().unwrap();
        assert_eq!(Document::decode(state.value.as_slice()).unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn a_retry_gets_the_first_answer() {
    on_each_engine(async |register| {
        filled(&register).await;
        register.clock.advance(31 * DAY);
        let request = PurgeDocumentsRequest {
            request_id: "4b4bdd1c-04b8-4b3b-9d1f-3d8f4f9d0a11".to_owned(),
            ..request(true)
        };
        let first = purge(&register, request.clone()).await;
        assert_eq!(first.purge_count, 2);
        assert_eq!(purge(&register, request).await, first);
    })
    .await;
}

#[tokio::test]
async fn only_operators_purge_and_what_is_wrong_is_named() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        for caller in [&register.uz, &register.reader] {
            assert_fault(
                caller
                    .clone()
                    .documents
                    .purge_documents(request(true))
                    .await,
                Code::PermissionDenied,
                "ROLE_REQUIRED",
            );
        }
        let mut documents = register.operator.clone().documents;
        let wrong = PurgeDocumentsRequest {
            parent: "x".to_owned(),
            filter: "colour = 1".to_owned(),
            request_id: "x".to_owned(),
            ..request(true)
        };
        assert_violations(
            documents.purge_documents(wrong).await,
            &[
                ("request_id", "REQUEST_ID_INVALID"),
                ("parent", "NAME_INVALID"),
                ("filter", "FILTER_INVALID"),
            ],
        );
        for force in [false, true] {
            let elsewhere = PurgeDocumentsRequest {
                parent: "partnerships/nowhere".to_owned(),
                ..request(force)
            };
            assert_fault(
                documents.purge_documents(elsewhere).await,
                Code::NotFound,
                "RESOURCE_NOT_FOUND",
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_restricted_document_is_purged_too() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        register
            .create(of_level(notified("a"), AccessLevel::Restricted))
            .await;
        register
            .record(sample::act(
                &name("a"),
                "UZ",
                ActKind::Initialling,
                "2024-05-01",
            ))
            .await;
        delete(&register, "a").await;
        register.clock.advance(31 * DAY);
        assert_eq!(purge(&register, request(true)).await.purge_count, 1);
    })
    .await;
}

/// Lets time pass for timers alone: those of the service, such as the hourly purge.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

async fn wait_until_gone(register: &Register, id: &str) {
    for _ in 0..200 {
        if get(register, id).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{id} is still there");
}

#[tokio::test]
async fn the_service_purges_by_itself_a_minute_after_its_start_and_then_hourly() {
    on_each_engine(async |register| {
        filled(&register).await;
        register.clock.advance(30 * DAY);
        pass(Duration::from_secs(61)).await;
        wait_until_gone(&register, "a").await;
        wait_until_gone(&register, "b").await;
        assert!(get(&register, "kept").await.is_ok());
        let request = ListEntriesRequest {
            parent: "logs/documents".to_owned(),
            filter: "kind = CHANGE_KIND_DELETED".to_owned(),
            order_by: "sequence desc".to_owned(),
            ..ListEntriesRequest::default()
        };
        let mut ledger = register.operator.clone().ledger;
        let entries = ledger
            .list_entries(request)
            .await
            .unwrap()
            .into_inner()
            .entries;
        assert_eq!(entries[0].actor.as_ref().unwrap().agency, "accord");

        delete(&register, "kept").await;
        register.clock.advance(30 * DAY);
        pass(Duration::from_mins(59)).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(get(&register, "kept").await.is_ok(), "not before the hour");
        pass(Duration::from_mins(2)).await;
        wait_until_gone(&register, "kept").await;
    })
    .await;
}
