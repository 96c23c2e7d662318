//! `BatchCreateDocuments`, `BatchGetDocuments` and `BatchCreateActs`.

use accord_proto::{
    documents::v1::{
        AccessLevel, ActKind, BatchCreateActsRequest, BatchCreateDocumentsRequest,
        BatchGetDocumentStatusesRequest, BatchGetDocumentsRequest, CreateActRequest,
        CreateDocumentRequest, GetDocumentRequest, GetPartnershipRequest, ListActsRequest,
        LocalizedText, Relation, RelationKind,
    },
    ledger::v1::ListEntriesRequest,
};
use prost::Message as _;
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::{Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP},
};

fn name(id: &str) -> String {
    format!("{PARTNERSHIP}/documents/{id}")
}

fn batch(requests: Vec<CreateDocumentRequest>) -> BatchCreateDocumentsRequest {
    BatchCreateDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        requests,
        ..BatchCreateDocumentsRequest::default()
    }
}

/// An agreement without a parent or an id of its own.
fn nameless() -> CreateDocumentRequest {
    CreateDocumentRequest {
        parent: String::new(),
        ..sample::document("")
    }
}

fn implementing(id: &str, target: &str) -> CreateDocumentRequest {
    let mut request = sample::document(id);
    request.document.as_mut().unwrap().relations = vec![Relation {
        kind: RelationKind::Implements.into(),
        target: name(target),
    }];
    request
}

fn get(names: &[String]) -> BatchGetDocumentsRequest {
    BatchGetDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        names: names.to_vec(),
    }
}

fn acts(parent: &str, requests: Vec<CreateActRequest>) -> BatchCreateActsRequest {
    BatchCreateActsRequest {
        parent: parent.to_owned(),
        requests,
        ..BatchCreateActsRequest::default()
    }
}

fn act(document: &str, id: &str) -> CreateActRequest {
    CreateActRequest {
        act_id: id.to_owned(),
        ..sample::act(document, "UZ", ActKind::Signature, "2021-12-06")
    }
}

async fn document_count(register: &Register) -> i32 {
    let request = GetPartnershipRequest {
        name: PARTNERSHIP.to_owned(),
    };
    let mut reader = register.reader.clone();
    let found = reader.partnerships.get_partnership(request).await;
    found.unwrap().into_inner().document_count
}

async fn entries(register: &Register) -> usize {
    let request = ListEntriesRequest {
        parent: "logs/documents".to_owned(),
        page_size: 1_000,
        ..ListEntriesRequest::default()
    };
    let mut operator = register.operator.clone();
    let found = operator.ledger.list_entries(request).await;
    found.unwrap().into_inner().entries.len()
}

#[tokio::test]
async fn a_batch_registers_documents_in_order_and_they_may_refer_to_earlier_ones() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut numbered = sample::document("numbered");
        numbered.document.as_mut().unwrap().item_number = Some(4);
        let requests = vec![numbered, nameless(), implementing("last", "numbered")];
        let mut uz = register.uz.clone();
        let made = uz.documents.batch_create_documents(batch(requests)).await;
        let made = made.unwrap().into_inner().documents;
        let names: Vec<_> = made.iter().map(|made| made.name.clone()).collect();
        assert_eq!((&names[0], &names[2]), (&name("numbered"), &name("last")));
        assert!(names[1].starts_with(&name("d-")), "{}", names[1]);
        assert_eq!(document_count(&register).await, 3);
        // The partnership's entry, and one for each document.
        assert_eq!(entries(&register).await, 4);
        let backwards: Vec<_> = names.iter().rev().cloned().collect();
        let mut reader = register.reader.clone();
        let found = reader.documents.batch_get_documents(get(&backwards)).await;
        let mut found = found.unwrap().into_inner().documents;
        found.reverse();
        assert_eq!(found, made);
    })
    .await;
}

#[tokio::test]
async fn all_violations_of_all_documents_are_told_at_once() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut uz = register.uz.clone();
        let mut wrong = sample::document("wrong");
        wrong.document.as_mut().unwrap().titles.clear();
        let mut bad_id = sample::document("-x");
        bad_id.request_id = "11111111-1111-4111-8111-111111111111".to_owned();
        bad_id.validate_only = true;
        let mut elsewhere = sample::document("elsewhere");
        elsewhere.parent = "partnerships/other".to_owned();
        let mut numbered = sample::document("one");
        numbered.document.as_mut().unwrap().item_number = Some(4);
        let mut twice = numbered.clone();
        twice.document.as_mut().unwrap().parties = vec!["UZ".to_owned()];
        let nothing = CreateDocumentRequest::default();
        let requests = vec![wrong, bad_id, elsewhere, numbered, twice, nothing];
        let answer = uz.documents.batch_create_documents(batch(requests)).await;
        assert_violations(
            answer,
            &[
                ("requests[0].document.titles", "FIELD_REQUIRED"),
                ("requests[1].document_id", "ID_INVALID"),
                ("requests[1].request_id", "FIELD_INVALID"),
                ("requests[1].validate_only", "FIELD_INVALID"),
                ("requests[2].parent", "FIELD_INVALID"),
                ("requests[4].document_id", "DUPLICATE_VALUE"),
                ("requests[4].document.item_number", "DUPLICATE_VALUE"),
                ("requests[4].document.parties", "FIELD_INVALID"),
                ("requests[5].document", "FIELD_REQUIRED"),
            ],
        );
        let mut foreign = sample::document("foreign");
        let parties = &mut foreign.document.as_mut().unwrap().parties;
        *parties = vec!["UZ".to_owned(), "TM".to_owned()];
        let requests = vec![
            implementing("first", "last"),
            foreign,
            sample::document("last"),
        ];
        let answer = uz.documents.batch_create_documents(batch(requests)).await;
        assert_violations(
            answer,
            &[
                (
                    "requests[0].document.relations[0].target",
                    "REFERENCE_NOT_FOUND",
                ),
                ("requests[1].document.parties[1]", "NOT_A_PARTY"),
            ],
        );
        let answer = uz.documents.batch_create_documents(batch(Vec::new())).await;
        assert_violations(answer, &[("requests", "FIELD_REQUIRED")]);
        let answer = uz
            .documents
            .batch_create_documents(batch(vec![nameless(); 1_001]));
        assert_violations(answer.await, &[("requests", "FIELD_INVALID")]);
        assert_eq!(document_count(&register).await, 0);
        assert_eq!(entries(&register).await, 1);
    })
    .await;
}

#[tokio::test]
async fn one_document_that_cannot_be_registered_stops_the_batch() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let requests = vec![sample::document("new"), sample::document("customs-energy")];
        let answer = uz.documents.batch_create_documents(batch(requests)).await;
        let fault = assert_fault(answer, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
        assert_eq!(fault.metadata["resource"], CUSTOMS);
        let mut taken = sample::document("taken");
        taken.document.as_mut().unwrap().item_number = Some(3);
        let requests = vec![sample::document("new"), taken];
        let answer = uz.documents.batch_create_documents(batch(requests)).await;
        assert_fault(answer, Code::AlreadyExists, "ITEM_NUMBER_TAKEN");
        let requests = vec![sample::document("new"), sample::document("newer")];
        let answer = register
            .kg
            .clone()
            .documents
            .batch_create_documents(batch(requests))
            .await;
        assert_fault(answer, Code::PermissionDenied, "PARTY_MISMATCH");
        let mut none = batch(vec![nameless()]);
        none.parent = "partnerships/none".to_owned();
        let answer = uz.documents.batch_create_documents(none).await;
        assert_fault(answer, Code::NotFound, "RESOURCE_NOT_FOUND");
        assert_eq!(document_count(&register).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_retried_and_rehearsed_like_any_mutation() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut uz = register.uz.clone();
        let mut request = batch(vec![nameless(); 3]);
        request.validate_only = true;
        let answer = uz.documents.batch_create_documents(request.clone()).await;
        assert_eq!(answer.unwrap().into_inner().documents.len(), 3);
        assert_eq!(document_count(&register).await, 0);
        request.validate_only = false;
        request.request_id = "11111111-1111-4111-8111-111111111111".to_owned();
        let first = uz.documents.batch_create_documents(request.clone()).await;
        let again = uz.documents.batch_create_documents(request.clone()).await;
        assert_eq!(first.unwrap().into_inner(), again.unwrap().into_inner());
        assert_eq!(document_count(&register).await, 3);
        request.requests.pop();
        let other = uz.documents.batch_create_documents(request).await;
        assert_violations(other, &[("request_id", "REQUEST_ID_REUSED")]);
    })
    .await;
}

#[tokio::test]
async fn a_batch_whose_answer_clients_would_refuse_is_not_stored() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let fat = |index: i32| {
            let mut request = sample::document(&format!("fat-{index}"));
            request.parent.clear();
            let title = |language: &str| LocalizedText {
                language_code: language.to_owned(),
                text: "x".repeat(1_990),
            };
            let document = request.document.as_mut().unwrap();
            document.titles = vec![title("en"), title("uz-Latn")];
            // A thousand of them fit into a request of 4 MiB, and with what the service adds do not.
            document.signature_place = "x".repeat(4_150 - document.encoded_len());
            request
        };
        let mut uz = register.uz.clone();
        let answer = uz
            .documents
            .batch_create_documents(batch((0..1_000).map(fat).collect()));
        let answer = answer.await.map(drop);
        assert_fault(answer, Code::ResourceExhausted, "BATCH_TOO_LARGE");
        assert_eq!(document_count(&register).await, 0);
        for half in [0..500, 500..1_000] {
            let answer = uz
                .documents
                .batch_create_documents(batch(half.map(fat).collect()));
            assert_eq!(answer.await.unwrap().into_inner().documents.len(), 500);
        }
        let names: Vec<_> = (0..1_000)
            .map(|index| name(&format!("fat-{index}")))
            .collect();
        let answer = uz
            .documents
            .batch_get_documents(get(&names))
            .await
            .map(drop);
        assert_fault(answer, Code::ResourceExhausted, "BATCH_TOO_LARGE");
    })
    .await;
}

#[tokio::test]
async fn states_that_would_outgrow_a_message_are_refused() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut uz = register.uz.clone();
        for part in 0..4 {
            let requests = (0..150).map(|index| {
                let mut request = sample::document(&format!("s{part}-{index}"));
                request.parent.clear();
                request
            });
            let answer = uz
                .documents
                .batch_create_documents(batch(requests.collect()));
            answer.await.unwrap();
        }
        // A state tells the acts that it follows from, with their sources.
        for kind in [ActKind::Signature, ActKind::DomesticApproval] {
            for part in 0..4 {
                let recorded = (0..150).map(|index| {
                    let parent = name(&format!("s{part}-{index}"));
                    let mut request = sample::act(&parent, "UZ", kind, "2021-12-06");
                    let act = request.act.as_mut().unwrap();
                    act.source.as_mut().unwrap().note = "ж".repeat(1_990);
                    request
                });
                let recorded = acts(&name("-"), recorded.collect());
                uz.acts.batch_create_acts(recorded).await.unwrap();
            }
        }
        let names = (0..600).map(|index| name(&format!("s{}-{}", index / 150, index % 150)));
        let mut request = BatchGetDocumentStatusesRequest {
            parent: PARTNERSHIP.to_owned(),
            names: names.collect(),
            ..BatchGetDocumentStatusesRequest::default()
        };
        let answer = uz.documents.batch_get_document_statuses(request.clone());
        assert_fault(
            answer.await.map(drop),
            Code::ResourceExhausted,
            "BATCH_TOO_LARGE",
        );
        request.names.truncate(100);
        let answer = uz.documents.batch_get_document_statuses(request).await;
        assert_eq!(answer.unwrap().into_inner().document_statuses.len(), 100);
    })
    .await;
}

#[tokio::test]
async fn names_of_a_batch_are_checked_and_unknown_ones_fail_it() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let names = ["x", CUSTOMS, CUSTOMS, "partnerships/other/documents/a"].map(str::to_owned);
        let answer = uz.documents.batch_get_documents(get(&names)).await;
        assert_violations(
            answer,
            &[
                ("names[0]", "NAME_INVALID"),
                ("names[2]", "DUPLICATE_VALUE"),
                ("names[3]", "FIELD_INVALID"),
            ],
        );
        let answer = uz.documents.batch_get_documents(get(&[])).await;
        assert_violations(answer, &[("names", "FIELD_REQUIRED")]);
        let names = [CUSTOMS.to_owned(), name("none")];
        let answer = uz.documents.batch_get_documents(get(&names)).await;
        let fault = assert_fault(answer, Code::NotFound, "RESOURCE_NOT_FOUND");
        assert_eq!(fault.metadata["resource"], name("none"));
    })
    .await;
}

#[tokio::test]
async fn documents_above_the_callers_level_are_redacted_in_a_batch() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut secret = sample::document("secret");
        secret.document.as_mut().unwrap().access_level = AccessLevel::Restricted.into();
        let mut uz = register.uz.clone();
        uz.documents
            .batch_create_documents(batch(vec![secret]))
            .await
            .unwrap();
        let names = [name("secret"), CUSTOMS.to_owned()];
        let mut kg = register.kg.clone();
        let found = kg.documents.batch_get_documents(get(&names)).await;
        let found = found.unwrap().into_inner().documents;
        assert!(found[0].redacted && found[0].titles.is_empty());
        assert!(!found[1].redacted && !found[1].titles.is_empty());
        let one = kg
            .documents
            .get_document(GetDocumentRequest {
                name: name("secret"),
            })
            .await;
        assert_eq!(one.unwrap().into_inner(), found[0]);
    })
    .await;
}

#[tokio::test]
async fn a_batch_records_acts_on_several_documents() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        uz.documents
            .batch_create_documents(batch(vec![sample::document("other")]))
            .await
            .unwrap();
        let any = format!("{PARTNERSHIP}/documents/-");
        let requests = vec![
            act(CUSTOMS, "a"),
            act(&name("other"), "a"),
            act(CUSTOMS, ""),
        ];
        let made = uz.acts.batch_create_acts(acts(&any, requests)).await;
        let made = made.unwrap().into_inner().acts;
        assert_eq!(made[0].name, format!("{CUSTOMS}/acts/a"));
        assert_eq!(made[1].name, format!("{}/acts/a", name("other")));
        let list = ListActsRequest {
            parent: CUSTOMS.to_owned(),
            ..ListActsRequest::default()
        };
        let listed = uz.acts.list_acts(list).await.unwrap().into_inner().acts;
        assert_eq!(listed.len(), 2);
        // The partnership, two documents and three acts.
        assert_eq!(entries(&register).await, 6);
        let mut inherited = act("", "b");
        inherited.parent.clear();
        let made = uz
            .acts
            .batch_create_acts(acts(CUSTOMS, vec![inherited]))
            .await;
        assert_eq!(
            made.unwrap().into_inner().acts[0].name,
            format!("{CUSTOMS}/acts/b")
        );
    })
    .await;
}

#[tokio::test]
async fn wrong_acts_stop_a_batch_and_all_are_told() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let any = format!("{PARTNERSHIP}/documents/-");
        let mut late = act(CUSTOMS, "late");
        late.act.as_mut().unwrap().date = sample::date("2100-01-01");
        let mut nowhere = act("", "nowhere");
        nowhere.validate_only = true;
        let requests = vec![
            act(CUSTOMS, "a"),
            late,
            nowhere,
            act(CUSTOMS, "a"),
            act("partnerships/other/documents/x", "x"),
            CreateActRequest::default(),
        ];
        let answer = uz.acts.batch_create_acts(acts(&any, requests)).await;
        assert_violations(
            answer,
            &[
                ("requests[1].act.date", "DATE_IN_FUTURE"),
                ("requests[2].parent", "FIELD_REQUIRED"),
                ("requests[2].validate_only", "FIELD_INVALID"),
                ("requests[3].act_id", "DUPLICATE_VALUE"),
                ("requests[4].parent", "FIELD_INVALID"),
                ("requests[5].act", "FIELD_REQUIRED"),
                ("requests[5].parent", "FIELD_REQUIRED"),
            ],
        );
        let requests = vec![
            act(CUSTOMS, "a"),
            sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06"),
        ];
        let answer = uz.acts.batch_create_acts(acts(CUSTOMS, requests)).await;
        assert_fault(answer, Code::PermissionDenied, "PARTY_MISMATCH");
        let requests = vec![act(CUSTOMS, "a"), act(&name("none"), "a")];
        let answer = uz.acts.batch_create_acts(acts(&any, requests)).await;
        assert_fault(answer, Code::NotFound, "RESOURCE_NOT_FOUND");
        uz.acts
            .batch_create_acts(acts(CUSTOMS, vec![act(CUSTOMS, "a")]))
            .await
            .unwrap();
        let requests = vec![act(CUSTOMS, "b"), act(CUSTOMS, "a")];
        let answer = uz.acts.batch_create_acts(acts(CUSTOMS, requests)).await;
        let fault = assert_fault(answer, Code::AlreadyExists, "RESOURCE_ALREADY_EXISTS");
        assert_eq!(fault.metadata["resource"], format!("{CUSTOMS}/acts/a"));
        // The partnership, the document and one act.
        assert_eq!(entries(&register).await, 3);
    })
    .await;
}
