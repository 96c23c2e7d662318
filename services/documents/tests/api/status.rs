//! `GetDocumentStatus` and `BatchGetDocumentStatuses`.

use std::time::Duration;

use accord_proto::documents::v1::{
    ActKind, BatchGetDocumentStatusesRequest, DocumentState, DocumentStatus,
    DomesticProcedureState, GetDocumentStatusRequest, OnDate, ProcedureStage, ProcedureStageState,
    RetractActRequest, WithDocument, entry_into_force::Rule,
};
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::{Register, on_each_engine},
    sample::{self, CUSTOMS, PARTNERSHIP, date, entry, time},
};

/// What publicly is known of the customs agreement, each side's facts by that side.
async fn with_known_acts(register: &Register) {
    register.with_document().await;
    for (party, kind, on, reference) in [
        ("UZ", ActKind::Signature, "2021-12-06", ""),
        ("KZ", ActKind::Signature, "2021-12-06", ""),
        ("UZ", ActKind::DomesticApproval, "2022-05-06", "PP-236"),
        ("KZ", ActKind::Ratification, "2023-10-19", "Law 35-VIII"),
    ] {
        let mut request = sample::act(CUSTOMS, party, kind, on);
        request.act.as_mut().unwrap().reference = reference.to_owned();
        register.record(request).await;
    }
}

async fn status(register: &Register, on: &str) -> DocumentStatus {
    let request = GetDocumentStatusRequest {
        name: CUSTOMS.to_owned(),
        effective_date: date(on),
        ..GetDocumentStatusRequest::default()
    };
    register
        .reader
        .clone()
        .documents
        .get_document_status(request)
        .await
        .unwrap()
        .into_inner()
}

async fn status_known(register: &Register, at: &str) -> DocumentStatus {
    let request = GetDocumentStatusRequest {
        name: CUSTOMS.to_owned(),
        known_time: time(at),
        ..GetDocumentStatusRequest::default()
    };
    register
        .reader
        .clone()
        .documents
        .get_document_status(request)
        .await
        .unwrap()
        .into_inner()
}

fn procedures(status: &DocumentStatus) -> Vec<(&str, DomesticProcedureState)> {
    status
        .parties
        .iter()
        .map(|party| (party.party.as_str(), party.domestic_procedure()))
        .collect()
}

#[tokio::test]
async fn the_customs_agreement_at_the_start_of_2023_and_of_2024() {
    on_each_engine(async |register| {
        with_known_acts(&register).await;
        let early = status(&register, "2023-01-01").await;
        assert_eq!(early.state(), DocumentState::SignedEntryUnknown);
        assert_eq!(early.state_start_date, date("2021-12-06"));
        assert_eq!(
            procedures(&early),
            [
                ("UZ", DomesticProcedureState::Completed),
                ("KZ", DomesticProcedureState::NotKnown)
            ]
        );
        assert_eq!(early.entry_into_force_date, None);
        assert!(
            early.summary.contains("its clause has not been read"),
            "{}",
            early.summary
        );
        let references: Vec<_> = early
            .acts
            .iter()
            .map(|act| act.reference.as_str())
            .collect();
        assert_eq!(references, ["", "", "PP-236"]);
        // That UZ approved it does not say that KZ has to, while nobody has read the clause.
        assert!(early.awaited.is_empty());

        let late = status(&register, "2024-01-01").await;
        assert_eq!(late.state(), DocumentState::SignedEntryUnknown);
        assert!(
            procedures(&late)
                .iter()
                .all(|(_, state)| *state == DomesticProcedureState::Completed)
        );
        assert_eq!((late.entry_into_force_date, late.awaited.len()), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn both_times_default_to_now() {
    on_each_engine(async |register| {
        with_known_acts(&register).await;
        let request = GetDocumentStatusRequest {
            name: CUSTOMS.to_owned(),
            ..GetDocumentStatusRequest::default()
        };
        let status = register
            .uz
            .clone()
            .documents
            .get_document_status(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(status.effective_date, date("2024-06-01"));
        assert_eq!(status.known_time, time("2024-06-01T12:00:00Z"));
        assert_eq!(status.acts.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn an_act_is_known_from_its_publication_else_its_recording_until_its_retraction() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut published = sample::act(CUSTOMS, "UZ", ActKind::Signature, "2021-12-06");
        published.act.as_mut().unwrap().publication_date = date("2021-12-07");
        let published = register.record(published).await;
        register
            .record(sample::act(CUSTOMS, "KZ", ActKind::Signature, "2021-12-06"))
            .await;
        let published_known = status_known(&register, "2021-12-07T00:00:00Z").await;
        assert_eq!(published_known.acts.len(), 1);
        register.clock.advance(Duration::from_secs(3_600));
        let retract = RetractActRequest {
            name: published.name,
            reason: "wrong".to_owned(),
            ..RetractActRequest::default()
        };
        register.uz.clone().acts.retract_act(retract).await.unwrap();

        let known = async |at: &str, recorded_before: Option<&str>| {
            let request = GetDocumentStatusRequest {
                name: CUSTOMS.to_owned(),
                effective_date: None,
                known_time: time(at),
                recorded_before: recorded_before.and_then(time),
            };
            let status = register
                .uz
                .clone()
                .documents
                .get_document_status(request)
                .await
                .unwrap()
                .into_inner();
            status
                .acts
                .iter()
                .map(|act| act.party.clone())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(known("2021-12-06T23:59:59Z", None).await, "");
        assert_eq!(known("2021-12-07T00:00:00Z", None).await, "");
        let strictly = async |limit| known("2021-12-07T00:00:00Z", Some(limit)).await;
        assert_eq!(strictly("2024-06-01T12:00:00Z").await, "");
        assert_eq!(strictly("2024-06-01T12:30:00Z").await, "UZ");
        assert_eq!(strictly("2024-06-01T13:30:00Z").await, "");
        assert_eq!(known("2024-06-01T12:00:00Z", None).await.len(), 5);
        assert_eq!(known("2024-06-01T13:00:00Z", None).await, "KZ");
        assert_eq!(
            known("2024-06-01T13:00:00Z", Some("2024-06-01T12:30:00Z"))
                .await
                .len(),
            5
        );
    })
    .await;
}

#[tokio::test]
async fn a_document_enters_into_force_with_another() {
    on_each_engine(async |register| {
        register.with_document().await;
        let mut uz = register.uz.clone();
        let mut second = sample::document("second");
        let rule = Rule::WithDocument(WithDocument {
            document: "partnerships/uz-kz/documents/first".to_owned(),
        });
        second.document.as_mut().unwrap().entry_into_force = Some(entry(rule));
        let mut first = sample::document("first");
        let rule = Rule::OnDate(OnDate {
            date: date("2022-07-01"),
        });
        first.document.as_mut().unwrap().entry_into_force = Some(entry(rule));
        for request in [first, second] {
            let document = uz
                .documents
                .create_document(request)
                .await
                .unwrap()
                .into_inner();
            for party in ["UZ", "KZ"] {
                register
                    .record(sample::act(
                        &document.name,
                        party,
                        ActKind::Signature,
                        "2022-01-01",
                    ))
                    .await;
            }
        }
        let request = GetDocumentStatusRequest {
            name: "partnerships/uz-kz/documents/second".to_owned(),
            ..GetDocumentStatusRequest::default()
        };
        let status = uz
            .documents
            .get_document_status(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(status.state(), DocumentState::InForce);
        assert_eq!(status.entry_into_force_date, date("2022-07-01"));
    })
    .await;
}

#[tokio::test]
async fn bad_names_dates_and_times_are_all_named() {
    on_each_engine(async |register| {
        let request = GetDocumentStatusRequest {
            name: "x".to_owned(),
            effective_date: Some(accord_proto::google::r#type::Date {
                year: 2023,
                month: 0,
                day: 1,
            }),
            known_time: Some(prost_types::Timestamp {
                seconds: i64::MAX,
                nanos: 0,
            }),
            recorded_before: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
        };
        assert_violations(
            register
                .uz
                .clone()
                .documents
                .get_document_status(request)
                .await,
            &[
                ("name", "NAME_INVALID"),
                ("effective_date", "DATE_INVALID"),
                ("known_time", "TIME_INVALID"),
                ("recorded_before", "TIME_INVALID"),
            ],
        );
        let missing = GetDocumentStatusRequest {
            name: CUSTOMS.to_owned(),
            ..GetDocumentStatusRequest::default()
        };
        let missing = register
            .uz
            .clone()
            .documents
            .get_document_status(missing)
            .await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_batch_answers_in_the_order_of_the_request_or_not_at_all() {
    on_each_engine(async |register| {
        with_known_acts(&register).await;
        register
            .uz
            .clone()
            .documents
            .create_document(sample::document("b"))
            .await
            .unwrap();
        let batch = async |names: &[&str]| {
            let request = BatchGetDocumentStatusesRequest {
                parent: PARTNERSHIP.to_owned(),
                names: names
                    .iter()
                    .map(|name| format!("{PARTNERSHIP}/documents/{name}"))
                    .collect(),
                effective_date: date("2023-01-01"),
                ..BatchGetDocumentStatusesRequest::default()
            };
            register
                .reader
                .clone()
                .documents
                .batch_get_document_statuses(request)
                .await
        };
        let answered = batch(&["customs-energy", "b"])
            .await
            .unwrap()
            .into_inner()
            .document_statuses;
        assert_eq!(answered[0], status(&register, "2023-01-01").await);
        assert_eq!(answered[1].state(), DocumentState::NotSigned);
        let unknown = batch(&["b", "none"]).await;
        let explained = assert_fault(unknown, Code::NotFound, "RESOURCE_NOT_FOUND");
        assert_eq!(
            explained.metadata["resource"],
            "partnerships/uz-kz/documents/none"
        );
        assert_violations(batch(&[]).await, &[("names", "FIELD_REQUIRED")]);
        assert_violations(
            batch(&["b", "b", "B"]).await,
            &[
                ("names[1]", "DUPLICATE_VALUE"),
                ("names[2]", "NAME_INVALID"),
            ],
        );
        let many: Vec<_> = (0..1_001).map(|index| format!("n{index}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_violations(batch(&many).await, &[("names", "FIELD_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn both_sides_stand_on_one_timeline() {
    on_each_engine(async |register| {
        with_known_acts(&register).await;
        let status = status(&register, "2023-01-01").await;
        let stages = |index: usize| {
            let stages: &Vec<ProcedureStage> = &status.parties[index].stages;
            stages
                .iter()
                .map(|stage| (stage.kind(), stage.state(), stage.date, stage.acts.len()))
                .collect::<Vec<_>>()
        };
        let signed = (
            ActKind::Signature,
            ProcedureStageState::Done,
            date("2021-12-06"),
            1,
        );
        assert_eq!(
            stages(0),
            [
                signed,
                (
                    ActKind::DomesticApproval,
                    ProcedureStageState::Done,
                    date("2022-05-06"),
                    1
                )
            ]
        );
        // The clause has not been read, so no further step is asked of KZ.
        assert_eq!(stages(1), [signed]);
    })
    .await;
}
