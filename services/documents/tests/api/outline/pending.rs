//! `ListPendingProcedures`.

use std::time::Duration;

use accord_proto::documents::v1::{
    AccessLevel, ActKind, DocumentState, ListPendingProceduresRequest, PendingProcedure,
};
use tonic::Code;

use super::{name, notified, of_level, with};
use crate::{
    errors::{assert_fault, assert_violations},
    register::{Caller, Register, on_each_engine},
    sample::{self, PARTNERSHIP, date, time},
};

fn all() -> ListPendingProceduresRequest {
    ListPendingProceduresRequest {
        parent: PARTNERSHIP.to_owned(),
        ..ListPendingProceduresRequest::default()
    }
}

/// Reads all pages and returns them together.
async fn pending(
    caller: &Caller,
    mut request: ListPendingProceduresRequest,
) -> Vec<PendingProcedure> {
    let mut documents = caller.documents.clone();
    let mut found = Vec::new();
    loop {
        let page = documents.list_pending_procedures(request.clone()).await;
        let page = page.unwrap().into_inner();
        found.extend(page.pending_procedures);
        if page.next_page_token.is_empty() {
            return found;
        }
        request.page_token = page.next_page_token;
    }
}

fn told(found: &[PendingProcedure]) -> Vec<(String, String, ActKind)> {
    found
        .iter()
        .map(|one| {
            (
                one.document.rsplit('/').next().unwrap().to_owned(),
                one.party.clone(),
                one.kind(),
            )
        })
        .collect()
}

fn expected(list: &[(&str, &str, ActKind)]) -> Vec<(String, String, ActKind)> {
    list.iter()
        .map(|(id, party, kind)| ((*id).to_owned(), (*party).to_owned(), *kind))
        .collect()
}

/// `a` awaits both notifications, `b` one signature, `c` another document, `d` nothing any more.
async fn filled(register: &Register) {
    register.with_partnership().await;
    register.create(notified("a")).await;
    register.sign("a", "2024-05-01").await;
    register.create(notified("b")).await;
    register
        .record(sample::act(
            &name("b"),
            "KZ",
            ActKind::Signature,
            "2024-05-02",
        ))
        .await;
    register.create(with("c", "a")).await;
    register.sign("c", "2024-05-01").await;
    register.create(notified("d")).await;
    register.sign("d", "2024-05-01").await;
    register.notify("d", "UZ", "2024-05-02", "2024-05-03").await;
    register.notify("d", "KZ", "2024-05-02", "2024-05-03").await;
}

#[tokio::test]
async fn who_owes_what_on_which_document_since_when() {
    on_each_engine(async |register| {
        filled(&register).await;
        let found = pending(&register.reader, all()).await;
        assert_eq!(
            told(&found),
            expected(&[
                ("a", "KZ", ActKind::NotificationSent),
                ("a", "UZ", ActKind::NotificationSent),
                ("b", "UZ", ActKind::Signature),
            ])
        );
        assert_eq!(found[0].start_date, date("2024-05-01"));
        assert_eq!(found[0].waiting_days, Some(31));
        assert_eq!(
            found[0].document_state(),
            DocumentState::AwaitingNotification
        );
        assert!(
            found[0].description.contains("notification of KZ"),
            "{found:?}"
        );
        assert_eq!(found[2].document_state(), DocumentState::AwaitingSignature);
        assert_eq!(found[2].waiting_days, Some(30));

        let of_kz = ListPendingProceduresRequest {
            party: "KZ".to_owned(),
            ..all()
        };
        assert_eq!(
            told(&pending(&register.reader, of_kz).await),
            expected(&[("a", "KZ", ActKind::NotificationSent)])
        );

        register.notify("a", "KZ", "2024-05-20", "2024-05-21").await;
        assert_eq!(
            told(&pending(&register.reader, all()).await),
            expected(&[
                ("a", "UZ", ActKind::NotificationSent),
                ("b", "UZ", ActKind::Signature),
            ])
        );
    })
    .await;
}

#[tokio::test]
async fn another_day_or_moment_is_answered_by_the_acts_alone() {
    on_each_engine(async |register| {
        filled(&register).await;
        let on = |day: &str| ListPendingProceduresRequest {
            effective_date: date(day),
            ..all()
        };
        let all_parties = |id| {
            [
                ("KZ", ActKind::NotificationSent),
                ("UZ", ActKind::NotificationSent),
            ]
            .map(|(party, kind)| (id, party, kind))
        };
        // Nobody had signed: both signatures are awaited on every document.
        let before = told(&pending(&register.reader, on("2024-04-30")).await);
        assert_eq!(before.len(), 8);
        assert!(
            before
                .iter()
                .all(|(_, _, kind)| *kind == ActKind::Signature)
        );
        let day_of_signature = told(&pending(&register.reader, on("2024-05-01")).await);
        let mut wanted = expected(&all_parties("a"));
        wanted.extend(expected(&[
            ("b", "KZ", ActKind::Signature),
            ("b", "UZ", ActKind::Signature),
        ]));
        wanted.extend(expected(&all_parties("d")));
        assert_eq!(day_of_signature, wanted);
        // Today, asked for by its date, is the same as today left out.
        assert_eq!(
            pending(&register.reader, on("2024-06-01")).await,
            pending(&register.reader, all()).await
        );
        // The acts were recorded on 1 June at noon.
        let early = ListPendingProceduresRequest {
            known_time: time("2024-06-01T11:00:00Z"),
            ..all()
        };
        assert_eq!(pending(&register.reader, early).await.len(), 8);
    })
    .await;
}

#[tokio::test]
async fn time_alone_begins_and_ends_what_is_awaited() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        register.create(notified("a")).await;
        for party in ["UZ", "KZ"] {
            // East of UTC it is tomorrow already.
            let mut request = sample::act(&name("a"), party, ActKind::Signature, "2024-06-02");
            request.act.as_mut().unwrap().publication_date = date("2024-06-02");
            register.record(request).await;
        }
        let signatures = expected(&[
            ("a", "KZ", ActKind::Signature),
            ("a", "UZ", ActKind::Signature),
        ]);
        assert_eq!(told(&pending(&register.reader, all()).await), signatures);
        register.clock.advance(Duration::from_hours(24));
        let notifications = expected(&[
            ("a", "KZ", ActKind::NotificationSent),
            ("a", "UZ", ActKind::NotificationSent),
        ]);
        assert_eq!(told(&pending(&register.reader, all()).await), notifications);
    })
    .await;
}

#[tokio::test]
async fn pages_of_every_size_have_the_same_procedures() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        for index in 0..9 {
            let id = format!("d{index}");
            register.create(notified(&id)).await;
            if index % 3 == 0 {
                register.sign(&id, "2024-05-01").await;
            }
        }
        let later = ListPendingProceduresRequest {
            effective_date: date("2024-06-02"),
            ..all()
        };
        for request in [all(), later] {
            let whole = pending(&register.reader, request.clone()).await;
            assert_eq!(whole.len(), 18);
            for page_size in [1, 5, 16] {
                let request = ListPendingProceduresRequest {
                    page_size,
                    ..request.clone()
                };
                assert_eq!(pending(&register.reader, request).await, whole);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn documents_that_the_caller_may_not_read_are_left_out() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        register.create(notified("public")).await;
        register
            .create(of_level(notified("official"), AccessLevel::Official))
            .await;
        register
            .create(of_level(notified("restricted"), AccessLevel::Restricted))
            .await;
        let on_a_day = ListPendingProceduresRequest {
            effective_date: date("2024-05-01"),
            ..all()
        };
        for request in [all(), on_a_day] {
            for (caller, count) in [
                (&register.kg, 2),
                (&register.reader, 4),
                (&register.uz, 6),
                (&register.operator, 6),
            ] {
                assert_eq!(pending(caller, request.clone()).await.len(), count);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut documents = register.reader.clone().documents;
        let request = ListPendingProceduresRequest {
            party: "uzb".to_owned(),
            effective_date: Some(accord_proto::google::r#type::Date {
                year: 2023,
                month: 2,
                day: 29,
            }),
            page_token: "x".to_owned(),
            ..all()
        };
        assert_violations(
            documents.list_pending_procedures(request).await,
            &[
                ("party", "COUNTRY_INVALID"),
                ("effective_date", "DATE_INVALID"),
                ("page_token", "PAGE_TOKEN_INVALID"),
            ],
        );
        let elsewhere = ListPendingProceduresRequest {
            parent: "partnerships/nowhere".to_owned(),
            ..all()
        };
        assert_fault(
            documents.list_pending_procedures(elsewhere).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
    })
    .await;
}
