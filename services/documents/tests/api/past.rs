//! The strict reading: answers as the register stood before a moment, clauses and all.

use std::time::Duration;

use accord_proto::documents::v1::{
    AccessLevel, ActKind, BatchGetDocumentStatusesRequest, DeleteDocumentRequest, Document,
    DocumentState, DocumentStatus, EntryIntoForce, GetDocumentStatusRequest, OnDate, OnSignature,
    UpdateDocumentRequest, WarningCode, WithDocument, entry_into_force::Rule,
};

use crate::{
    register::{Caller, Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP, date, entry, time},
};

const HOUR: Duration = Duration::from_hours(1);

/// The register's clock begins at noon.
const NOON: &str = "2024-06-01T12:00:00Z";
const HALF_PAST_NOON: &str = "2024-06-01T12:30:00Z";
const HALF_PAST_ONE: &str = "2024-06-01T13:30:00Z";
const EVENING: &str = "2024-06-01T20:00:00Z";

async fn status(caller: &Caller, name: &str, recorded_before: Option<&str>) -> DocumentStatus {
    let request = GetDocumentStatusRequest {
        name: name.to_owned(),
        recorded_before: recorded_before.and_then(time),
        ..GetDocumentStatusRequest::default()
    };
    let status = caller.clone().documents.get_document_status(request).await;
    status.unwrap().into_inner()
}

async fn change(register: &Register, name: &str, change: impl FnOnce(&mut Document)) {
    let mut document = Document {
        name: name.to_owned(),
        ..Document::default()
    };
    change(&mut document);
    let request = UpdateDocumentRequest {
        document: Some(document),
        ..UpdateDocumentRequest::default()
    };
    let changed = register.uz.clone().documents.update_document(request).await;
    changed.unwrap();
}

async fn signed(register: &Register, name: &str) {
    for party in ["UZ", "KZ"] {
        let act = sample::act(name, party, ActKind::Signature, "2021-12-06");
        register.record(act).await;
    }
}

async fn with_clause(register: &Register, id: &str, clause: EntryIntoForce) -> String {
    let mut request = sample::document(id);
    request.document.as_mut().unwrap().entry_into_force = Some(clause);
    let created = register.uz.clone().documents.create_document(request).await;
    let name = created.unwrap().into_inner().name;
    signed(register, &name).await;
    name
}

fn on_signature() -> EntryIntoForce {
    entry(Rule::OnSignature(OnSignature {}))
}

fn on_date(day: &str) -> EntryIntoForce {
    entry(Rule::OnDate(OnDate { date: date(day) }))
}

#[tokio::test]
async fn a_clause_changed_later_never_changes_what_was_answered_before() {
    on_each_engine(async |register| {
        register.with_document().await;
        signed(&register, CUSTOMS).await;
        let unread = status(&register.uz, CUSTOMS, Some(HALF_PAST_NOON)).await;
        assert_eq!(unread.state(), DocumentState::SignedEntryUnknown);

        register.clock.advance(HOUR);
        change(&register, CUSTOMS, |document| {
            document.entry_into_force = Some(on_signature());
        })
        .await;
        let read = status(&register.uz, CUSTOMS, Some(HALF_PAST_ONE)).await;
        assert_eq!(read.state(), DocumentState::InForce);
        assert_eq!(read.entry_into_force_date, date("2021-12-06"));

        register.clock.advance(HOUR);
        change(&register, CUSTOMS, |document| {
            document.entry_into_force = Some(on_date("2030-01-01"));
        })
        .await;
        let now = status(&register.uz, CUSTOMS, None).await;
        assert_eq!(now.state(), DocumentState::EntryScheduled);

        for (limit, answered) in [(HALF_PAST_NOON, unread), (HALF_PAST_ONE, read)] {
            let again = status(&register.uz, CUSTOMS, Some(limit)).await;
            let known_time = again.known_time;
            assert_eq!(
                again,
                DocumentStatus {
                    known_time,
                    ..answered
                }
            );
        }
    })
    .await;
}

#[tokio::test]
async fn known_time_alone_reads_the_clauses_of_today() {
    on_each_engine(async |register| {
        register.with_document().await;
        signed(&register, CUSTOMS).await;
        register.clock.advance(HOUR);
        change(&register, CUSTOMS, |document| {
            document.entry_into_force = Some(on_signature());
        })
        .await;
        let request = GetDocumentStatusRequest {
            name: CUSTOMS.to_owned(),
            known_time: time(HALF_PAST_NOON),
            ..GetDocumentStatusRequest::default()
        };
        let status = register
            .uz
            .clone()
            .documents
            .get_document_status(request)
            .await;
        assert_eq!(status.unwrap().into_inner().state(), DocumentState::InForce);
    })
    .await;
}

#[tokio::test]
async fn the_clauses_of_documents_that_are_waited_for_are_read_as_they_stood() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let first = with_clause(&register, "first", on_date("2022-07-01")).await;
        let rule = Rule::WithDocument(WithDocument {
            document: first.clone(),
        });
        let second = with_clause(&register, "second", entry(rule)).await;
        let before = status(&register.uz, &second, Some(HALF_PAST_NOON)).await;
        assert_eq!(before.entry_into_force_date, date("2022-07-01"));
        register.clock.advance(HOUR);
        change(&register, &first, |document| {
            document.entry_into_force = Some(on_date("2023-03-01"));
        })
        .await;
        let after = status(&register.uz, &second, None).await;
        assert_eq!(after.entry_into_force_date, date("2023-03-01"));
        let again = status(&register.uz, &second, Some(HALF_PAST_NOON)).await;
        assert_eq!(again.entry_into_force_date, date("2022-07-01"));
        assert_eq!(again.steps, before.steps);
    })
    .await;
}

#[tokio::test]
async fn a_document_registered_later_is_said_not_to_be_registered_and_spoils_no_batch() {
    on_each_engine(async |register| {
        register.with_document().await;
        signed(&register, CUSTOMS).await;
        register.clock.advance(HOUR);
        let later = with_clause(&register, "later", on_signature()).await;
        let request = BatchGetDocumentStatusesRequest {
            parent: PARTNERSHIP.to_owned(),
            names: vec![later.clone(), CUSTOMS.to_owned()],
            recorded_before: time(HALF_PAST_NOON),
            ..BatchGetDocumentStatusesRequest::default()
        };
        let batch = register
            .uz
            .clone()
            .documents
            .batch_get_document_statuses(request)
            .await;
        let statuses = batch.unwrap().into_inner().document_statuses;
        let states: Vec<_> = statuses.iter().map(DocumentStatus::state).collect();
        assert_eq!(
            states,
            [
                DocumentState::NotRegistered,
                DocumentState::SignedEntryUnknown
            ]
        );
        let [untold, _] = statuses.as_slice() else {
            panic!("two statuses");
        };
        assert_eq!(untold.document, later);
        assert!(untold.parties.is_empty() && untold.acts.is_empty() && untold.steps.is_empty());
        assert_eq!(
            status(&register.uz, CUSTOMS, Some(NOON)).await.state(),
            DocumentState::NotRegistered
        );
        assert_eq!(
            status(&register.uz, &later, Some(EVENING)).await.state(),
            DocumentState::InForce
        );
    })
    .await;
}

#[tokio::test]
async fn a_deletion_is_seen_from_its_recording() {
    on_each_engine(async |register| {
        register.with_document().await;
        signed(&register, CUSTOMS).await;
        register.clock.advance(HOUR);
        let request = DeleteDocumentRequest {
            name: CUSTOMS.to_owned(),
            ..DeleteDocumentRequest::default()
        };
        register
            .uz
            .clone()
            .documents
            .delete_document(request)
            .await
            .unwrap();
        let deleted = async |limit| {
            let status = status(&register.uz, CUSTOMS, Some(limit)).await;
            let codes = status.warnings.iter().map(|warning| warning.code());
            codes
                .collect::<Vec<_>>()
                .contains(&WarningCode::DocumentDeleted)
        };
        assert!(!deleted(HALF_PAST_NOON).await);
        assert!(deleted(HALF_PAST_ONE).await);
    })
    .await;
}

#[tokio::test]
async fn what_a_caller_may_not_read_today_or_could_not_then_is_not_told() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let first = with_clause(&register, "first", on_date("2022-07-01")).await;
        let rule = Rule::WithDocument(WithDocument {
            document: first.clone(),
        });
        let second = with_clause(&register, "second", entry(rule)).await;
        let level = async |level: AccessLevel| {
            register.clock.advance(HOUR);
            change(&register, &first, |document| {
                document.access_level = level.into()
            })
            .await;
        };
        level(AccessLevel::Restricted).await;
        for limit in [None, Some(HALF_PAST_NOON)] {
            let hidden = status(&register.reader, &first, limit).await;
            assert_eq!(hidden.state(), DocumentState::NotDisclosed);
            assert!(hidden.acts.is_empty() && hidden.parties.is_empty());
            let waiting = status(&register.reader, &second, limit).await;
            assert_eq!(waiting.state(), DocumentState::SignedEntryUnknown);
            assert_eq!(waiting.entry_into_force_date, None);
            let codes: Vec<_> = waiting
                .warnings
                .iter()
                .map(|warning| warning.code())
                .collect();
            assert_eq!(codes, [WarningCode::OtherDocumentNotDisclosed]);
            let told = status(&register.uz, &second, limit).await;
            assert_eq!(told.entry_into_force_date, date("2022-07-01"));
        }
        level(AccessLevel::Public).await;
        let then = status(&register.reader, &first, Some(HALF_PAST_ONE)).await;
        assert_eq!(then.state(), DocumentState::NotDisclosed);
        let now = status(&register.reader, &first, None).await;
        assert_eq!(now.state(), DocumentState::InForce);
    })
    .await;
}
