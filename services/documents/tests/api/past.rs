//! The strict reading: answers as the register stood before a moment, clauses and all.

use std::{collections::BTreeSet, time::Duration};

use accord_proto::documents::v1::{
    AccessLevel, ActKind, AfterExchangeOfInstruments, BatchGetDocumentStatusesRequest,
    DeleteDocumentRequest, Document, DocumentState, DocumentStatus, EntryIntoForce,
    GetDocumentStatusRequest, OnDate, OnSignature, RetractActRequest, UndeleteDocumentRequest,
    UpdateDocumentRequest, WarningCode, WithDocument, entry_into_force::Rule,
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
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
            let codes = status
                .warnings
                .iter()
                .map(accord_proto::documents::v1::StatusWarning::code);
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
                document.access_level = level.into();
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
                .map(accord_proto::documents::v1::StatusWarning::code)
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

/// What can be done to a document, drawn at random: what it is, and which of its variants.
type Doing = (u8, u8, i64);

/// Does one thing; a refusal, such as of an act on a deleted document, is as good as any answer.
async fn do_one(
    register: &Register,
    name: &str,
    acts: &mut Vec<String>,
    (what, which, day): Doing,
) {
    let day = date("2021-12-01")
        .map(|first| accord_proto::convert::to_date(&first).unwrap())
        .and_then(|first| {
            first
                .checked_add(jiff::SignedDuration::from_hours(24 * day))
                .ok()
        })
        .unwrap();
    let party = if which % 2 == 0 { "UZ" } else { "KZ" };
    let caller = register.of(party);
    match what {
        0..=2 => {
            let clause = match which % 3 {
                0 => on_signature(),
                1 => on_date(&day.to_string()),
                _ => entry(Rule::AfterExchangeOfInstruments(
                    AfterExchangeOfInstruments::default(),
                )),
            };
            let request = UpdateDocumentRequest {
                document: Some(Document {
                    name: name.to_owned(),
                    entry_into_force: Some(clause),
                    signature_date: (which % 5 == 0).then(|| accord_proto::convert::from_date(day)),
                    ..Document::default()
                }),
                ..UpdateDocumentRequest::default()
            };
            caller.clone().documents.update_document(request).await.ok();
        }
        3..=8 => {
            let kind = [
                ActKind::Signature,
                ActKind::ExchangeOfInstruments,
                ActKind::Suspension,
            ];
            let kind = kind[usize::from(which) % kind.len()];
            let mut request = sample::act(name, party, kind, &day.to_string());
            if which % 4 == 0 {
                request.act.as_mut().unwrap().publication_date = date("2022-06-01");
            }
            if let Ok(act) = caller.clone().acts.create_act(request).await {
                acts.push(act.into_inner().name);
            }
        }
        9 | 10 => {
            if let Some(name) = acts.get(usize::from(which) % acts.len().max(1)) {
                let request = RetractActRequest {
                    name: name.clone(),
                    reason: "wrong".to_owned(),
                    ..RetractActRequest::default()
                };
                for mut caller in [register.uz.clone(), register.kz.clone()] {
                    caller.acts.retract_act(request.clone()).await.ok();
                }
            }
        }
        _ => {
            let name = name.to_owned();
            let delete = DeleteDocumentRequest {
                name: name.clone(),
                ..Default::default()
            };
            if caller
                .clone()
                .documents
                .delete_document(delete)
                .await
                .is_err()
            {
                let undelete = UndeleteDocumentRequest {
                    name,
                    ..Default::default()
                };
                caller
                    .clone()
                    .documents
                    .undelete_document(undelete)
                    .await
                    .ok();
            }
        }
    }
}

/// A property: whatever is done to a document, what was answered for an earlier `recorded_before` stays.
#[tokio::test]
async fn nothing_done_later_changes_what_was_answered_strictly() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut runner = TestRunner::deterministic();
        let doings = proptest::collection::vec((0u8..12, 0u8..60, 0i64..700), 24);
        let mut states = BTreeSet::new();
        for run in 0..4 {
            let created = sample::document(&format!("d{run}"));
            let created = register.uz.clone().documents.create_document(created).await;
            let name = created.unwrap().into_inner().name;
            let ask = async |limit: jiff::Timestamp| {
                let request = GetDocumentStatusRequest {
                    name: name.clone(),
                    effective_date: date("2023-01-01"),
                    known_time: time("2100-01-01T00:00:00Z"),
                    recorded_before: Some(accord_proto::convert::from_timestamp(limit)),
                };
                let status = register
                    .uz
                    .clone()
                    .documents
                    .get_document_status(request)
                    .await;
                status.unwrap().into_inner()
            };
            if run > 0 {
                signed(&register, &name).await;
            }
            let (mut acts, mut answers) = (Vec::new(), Vec::new());
            for doing in doings.new_tree(&mut runner).unwrap().current() {
                register.clock.advance(HOUR);
                do_one(&register, &name, &mut acts, doing).await;
                register.clock.advance(HOUR);
                let limit = register.clock.now();
                answers.push((limit, ask(limit).await));
            }
            states.extend(answers.iter().map(|(_, status)| status.state));
            for (limit, answered) in answers {
                let again = ask(limit).await;
                assert_eq!(again, answered);
            }
        }
        assert!(states.len() > 3, "the answers differ: {states:?}");
    })
    .await;
}
