//! What is told of a public document that waits for a restricted one: nothing that is drawn from the other.

use accord_proto::documents::v1::{
    AccessLevel, ActKind, DocumentState, GetCalendarRequest, GetDocumentStatusRequest,
    ListCalendarEventsRequest, ListPendingProceduresRequest, OnDate, WarningCode, WithDocument,
    entry_into_force::Rule,
};
use identity::Role;

use super::{finds, name};
use crate::{
    register::{Caller, Register, on_each_engine},
    sample::{self, PARTNERSHIP},
};

/// The day on which the restricted document enters into force, and with it the public one.
const DAY: &str = "2023-01-17";

/// Registers a restricted document in force since [`DAY`], and public ones that wait for it, all signed.
async fn register_documents(register: &Register) {
    register.with_partnership().await;
    let date = sample::date(DAY);
    let with = |document: &str| {
        Rule::WithDocument(WithDocument {
            document: name(document),
        })
    };
    for (id, level, rule) in [
        (
            "hidden",
            AccessLevel::Restricted,
            Rule::OnDate(OnDate { date }),
        ),
        ("waiting", AccessLevel::Public, with("hidden")),
        ("waiting-too", AccessLevel::Public, with("waiting")),
    ] {
        let mut request = sample::document(id);
        if let Some(document) = &mut request.document {
            document.access_level = level.into();
            document.entry_into_force = Some(sample::entry(rule));
        }
        let mut documents = register.uz.documents.clone();
        documents.create_document(request).await.unwrap();
        for party in ["UZ", "KZ"] {
            let act = sample::act(&name(id), party, ActKind::Signature, "2021-12-06");
            register.record(act).await;
        }
    }
}

async fn events(caller: &Caller) -> (Vec<String>, usize) {
    let mut request = ListCalendarEventsRequest {
        parent: PARTNERSHIP.to_owned(),
        start_date: sample::date("2020-01-01"),
        end_date: sample::date("2030-01-01"),
        page_size: 1,
        ..ListCalendarEventsRequest::default()
    };
    let (mut documents, mut pages) = (Vec::new(), 0);
    let mut client = caller.documents.clone();
    loop {
        let answer = client.list_calendar_events(request.clone()).await;
        let answer = answer.unwrap().into_inner();
        documents.extend(
            answer
                .calendar_events
                .into_iter()
                .map(|event| event.document),
        );
        pages += 1;
        request.page_token = answer.next_page_token;
        if request.page_token.is_empty() {
            return (documents, pages);
        }
    }
}

async fn calendar(caller: &Caller) -> Vec<u8> {
    let request = GetCalendarRequest {
        parent: PARTNERSHIP.to_owned(),
        start_date: sample::date("2020-01-01"),
        ..GetCalendarRequest::default()
    };
    let answer = caller.documents.clone().get_calendar(request).await;
    answer.unwrap().into_inner().data
}

#[tokio::test]
async fn what_waits_for_a_hidden_document_does_not_tell_its_day() {
    on_each_engine(async |register| {
        register_documents(&register).await;
        let stranger = register.caller("press", None, Role::Reader);
        for (caller, is_told) in [(&register.kz, true), (&stranger, false)] {
            for id in ["waiting", "waiting-too"] {
                let request = GetDocumentStatusRequest {
                    name: name(id),
                    ..GetDocumentStatusRequest::default()
                };
                let status = caller.documents.clone().get_document_status(request).await;
                let status = status.unwrap().into_inner();
                assert_eq!(status.state() == DocumentState::InForce, is_told);
                assert_eq!(status.entry_into_force_date.is_some(), is_told);
                assert_eq!(
                    format!("{status:?}").contains("2023"),
                    is_told,
                    "{status:?}"
                );
                let code = WarningCode::OtherDocumentNotDisclosed;
                let warns = status.warnings.iter().any(|warning| warning.code() == code);
                assert_ne!(warns, is_told);
            }
            let (documents, pages) = events(caller).await;
            let expected = if is_told {
                vec![name("hidden"), name("waiting"), name("waiting-too")]
            } else {
                vec![]
            };
            // A page that ended at a hidden event would have a token, and the event's day in it.
            assert_eq!(
                (documents, pages),
                (expected.clone(), expected.len().max(1))
            );
            assert_eq!(finds(&calendar(caller).await, "20230117"), is_told);
            let request = ListPendingProceduresRequest {
                parent: PARTNERSHIP.to_owned(),
                ..ListPendingProceduresRequest::default()
            };
            let mut client = caller.documents.clone();
            let pending = client.list_pending_procedures(request).await.unwrap();
            assert_eq!(pending.into_inner().pending_procedures, []);
        }
    })
    .await;
}
