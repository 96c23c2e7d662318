//! `ListCalendarEvents`.

use accord_proto::documents::v1::{
    AccessLevel, ActKind, CalendarEvent, CalendarEventKind as Kind, CreateDocumentRequest,
    DeleteDocumentRequest, DurationRule, ListCalendarEventsRequest, OnDate, RenewableTerm,
    RetractActRequest, duration_rule, entry_into_force::Rule,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tonic::Code;

use super::{agreement, change, name, notified, of_level, renewable, with};
use crate::{
    errors::{assert_fault, assert_violations},
    register::{Caller, Register, on_each_engine},
    sample::{self, PARTNERSHIP, date},
};

pub(super) fn between(start: &str, end: &str) -> ListCalendarEventsRequest {
    ListCalendarEventsRequest {
        parent: PARTNERSHIP.to_owned(),
        start_date: date(start),
        end_date: date(end),
        page_size: 1000,
        ..ListCalendarEventsRequest::default()
    }
}

pub(super) async fn events(
    caller: &Caller,
    request: ListCalendarEventsRequest,
) -> Vec<CalendarEvent> {
    let mut documents = caller.documents.clone();
    let answer = documents.list_calendar_events(request).await;
    answer.unwrap().into_inner().calendar_events
}

fn told(events: &[CalendarEvent]) -> Vec<(String, String, Kind)> {
    events
        .iter()
        .map(|event| {
            let day = event.date.unwrap();
            (
                format!("{:04}-{:02}-{:02}", day.year, day.month, day.day),
                event.document.rsplit('/').next().unwrap().to_owned(),
                event.kind(),
            )
        })
        .collect()
}

fn expected(list: &[(&str, &str, Kind)]) -> Vec<(String, String, Kind)> {
    list.iter()
        .map(|(day, id, kind)| ((*day).to_owned(), (*id).to_owned(), *kind))
        .collect()
}

async fn filled(register: &Register) {
    register.with_partnership().await;
    register.create(renewable("a")).await;
    register.create(notified("b")).await;
    register.create(with("c", "b")).await;
    register.create(with("d", "c")).await;
    for id in ["a", "b", "c", "d"] {
        register.sign(id, "2020-03-01").await;
    }
}

#[tokio::test]
async fn events_follow_the_acts_through_documents_that_wait_for_one_another() {
    on_each_engine(async |register| {
        filled(&register).await;
        let window = || between("2020-01-01", "2026-01-01");
        let of_a = [
            ("2020-03-01", "a", Kind::EntryIntoForce),
            ("2024-08-31", "a", Kind::NoticeDeadline),
            ("2025-03-01", "a", Kind::Renewal),
        ];
        assert_eq!(
            told(&events(&register.reader, window()).await),
            expected(&of_a)
        );

        register.notify("b", "UZ", "2021-01-10", "2021-01-15").await;
        let last = register.notify("b", "KZ", "2021-02-01", "2021-02-03").await;
        let with_b = [
            of_a[0],
            ("2021-02-03", "b", Kind::EntryIntoForce),
            ("2021-02-03", "c", Kind::EntryIntoForce),
            ("2021-02-03", "d", Kind::EntryIntoForce),
            of_a[1],
            of_a[2],
        ];
        assert_eq!(
            told(&events(&register.reader, window()).await),
            expected(&with_b)
        );

        let retraction = RetractActRequest {
            name: last.name,
            reason: "wrong note".to_owned(),
            ..RetractActRequest::default()
        };
        register
            .of("KZ")
            .acts
            .retract_act(retraction)
            .await
            .unwrap();
        assert_eq!(
            told(&events(&register.reader, window()).await),
            expected(&of_a)
        );

        let deletion = DeleteDocumentRequest {
            name: name("a"),
            ..DeleteDocumentRequest::default()
        };
        register
            .uz
            .clone()
            .documents
            .delete_document(deletion)
            .await
            .unwrap();
        assert_eq!(told(&events(&register.reader, window()).await), []);
    })
    .await;
}

#[tokio::test]
async fn pages_of_every_size_have_the_same_events() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        for index in 0..7 {
            let id = format!("d{index}");
            register.create(renewable(&id)).await;
            register.sign(&id, "2020-03-01").await;
        }
        let whole = events(&register.reader, between("2020-01-01", "2060-01-01")).await;
        assert_eq!(whole.len(), 7 * (1 + 2 * 7 + 1));
        for page_size in [1, 5, 16, 53] {
            let mut request = between("2020-01-01", "2060-01-01");
            request.page_size = page_size;
            let mut found = Vec::new();
            let mut documents = register.reader.clone().documents;
            loop {
                let page = documents.list_calendar_events(request.clone()).await;
                let page = page.unwrap().into_inner();
                found.extend(page.calendar_events);
                if page.next_page_token.is_empty() {
                    break;
                }
                request.page_token = page.next_page_token;
            }
            assert_eq!(found, whole);
        }
    })
    .await;
}

#[tokio::test]
async fn the_window_and_the_kinds_are_the_callers() {
    on_each_engine(async |register| {
        filled(&register).await;
        let mut request = between("2024-08-31", "2024-08-31");
        assert_eq!(
            told(&events(&register.reader, request.clone()).await),
            expected(&[("2024-08-31", "a", Kind::NoticeDeadline)])
        );
        request.end_date = date("2500-12-31");
        request.kinds = vec![Kind::Renewal.into(), Kind::EntryIntoForce.into()];
        let found = told(&events(&register.reader, request).await);
        assert_eq!(found.first().unwrap().0, "2025-03-01");
        assert_eq!(found.last().unwrap().0, "2100-03-01");
        assert!(found.iter().all(|(_, _, kind)| *kind == Kind::Renewal));
        assert_eq!(found.len(), 16);

        // From today, 1 June 2024, for a year.
        let request = ListCalendarEventsRequest {
            parent: PARTNERSHIP.to_owned(),
            ..ListCalendarEventsRequest::default()
        };
        let found = events(&register.reader, request).await;
        assert_eq!(
            told(&found),
            expected(&[
                ("2024-08-31", "a", Kind::NoticeDeadline),
                ("2025-03-01", "a", Kind::Renewal),
            ])
        );
        assert_eq!(found[0].titles, sample::english("Agreement a"));
        assert!(found[0].description.contains("notice"), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_drawn_from_documents_that_the_caller_may_not_read() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        register
            .create(of_level(notified("hidden"), AccessLevel::Restricted))
            .await;
        register.create(with("open", "hidden")).await;
        register
            .create(of_level(renewable("official"), AccessLevel::Official))
            .await;
        for id in ["hidden", "open", "official"] {
            register.sign(id, "2024-05-01").await;
        }
        register
            .notify("hidden", "UZ", "2024-05-02", "2024-05-03")
            .await;
        register
            .notify("hidden", "KZ", "2024-05-02", "2024-05-04")
            .await;
        let window = || between("2024-01-01", "2024-12-31");
        let official = ("2024-05-01", "official", Kind::EntryIntoForce);
        let all = [
            official,
            ("2024-05-04", "hidden", Kind::EntryIntoForce),
            ("2024-05-04", "open", Kind::EntryIntoForce),
        ];
        for caller in [&register.uz, &register.operator] {
            assert_eq!(told(&events(caller, window()).await), expected(&all));
        }
        assert_eq!(
            told(&events(&register.reader, window()).await),
            expected(&[official])
        );
        assert_eq!(told(&events(&register.kg, window()).await), []);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut documents = register.reader.clone().documents;
        let mut request = between("2024-05-02", "2024-05-01");
        request.kinds = vec![99, 1, 1];
        request.page_size = -1;
        assert_violations(
            documents.list_calendar_events(request).await,
            &[
                ("end_date", "DATE_INVALID"),
                ("kinds[0]", "FIELD_INVALID"),
                ("kinds[2]", "DUPLICATE_VALUE"),
                ("page_size", "PAGE_SIZE_INVALID"),
            ],
        );
        let mut request = between("2024-05-01", "2024-05-02");
        request.parent = "partnerships/nowhere".to_owned();
        assert_fault(
            documents.list_calendar_events(request).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
    })
    .await;
}

#[tokio::test]
async fn a_denunciation_is_foreseen_and_no_more_renewals() {
    on_each_engine(async |register| {
        filled(&register).await;
        let mut notice = sample::act(&name("a"), "KZ", ActKind::DenunciationNotice, "2024-05-20");
        notice.act.as_mut().unwrap().receipt_date = date("2024-05-21");
        register.record(notice).await;
        assert_eq!(
            told(&events(&register.reader, between("2020-01-01", "2100-12-31")).await),
            expected(&[
                ("2020-03-01", "a", Kind::EntryIntoForce),
                ("2025-02-28", "a", Kind::TermEnd),
            ])
        );
    })
    .await;
}

/// An agreement with an event in nearly every month: more than four of them have more than one page looks at.
fn monthly(mut request: CreateDocumentRequest) -> CreateDocumentRequest {
    change(&mut request).duration = Some(DurationRule {
        rule: Some(duration_rule::Rule::Renewable(RenewableTerm {
            initial_months: 1,
            renewal_months: 1,
            notice_months: 0,
        })),
    });
    request
}

/// An agreement that enters into force on a day.
fn on_date(id: &str, day: &str) -> CreateDocumentRequest {
    agreement(id, Rule::OnDate(OnDate { date: date(day) }))
}

/// All pages: what each has, and the tokens between them.
async fn paged(
    caller: &Caller,
    mut request: ListCalendarEventsRequest,
) -> (Vec<Vec<CalendarEvent>>, Vec<String>) {
    let mut documents = caller.documents.clone();
    let (mut pages, mut tokens) = (Vec::new(), Vec::new());
    loop {
        let page = documents.list_calendar_events(request.clone()).await;
        let page = page.unwrap().into_inner();
        pages.push(page.calendar_events);
        if page.next_page_token.is_empty() {
            return (pages, tokens);
        }
        request.page_token = page.next_page_token.clone();
        tokens.push(page.next_page_token);
        assert!(pages.len() < 50);
    }
}

#[tokio::test]
async fn a_page_ends_after_many_events_that_are_not_asked_for() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        for index in 0..5 {
            let id = format!("m{index}");
            register.create(monthly(renewable(&id))).await;
            register.sign(&id, "2020-03-01").await;
        }
        register.create(on_date("last", "2090-03-01")).await;
        register.sign("last", "2020-01-01").await;
        let mut request = between("2020-04-01", "2100-12-31");
        request.kinds = vec![Kind::EntryIntoForce.into()];
        let (pages, _) = paged(&register.reader, request).await;
        assert!(pages.len() > 1);
        assert!(pages[0].is_empty());
        assert_eq!(
            told(&pages.concat()),
            expected(&[("2090-03-01", "last", Kind::EntryIntoForce)])
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_that_ends_among_hidden_events_tells_nothing_of_them() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        register
            .create(of_level(notified("secret"), AccessLevel::Restricted))
            .await;
        for index in 0..5 {
            let id = format!("waiting{index}");
            register.create(monthly(with(&id, "secret"))).await;
            register.sign(&id, "2020-01-01").await;
        }
        register.sign("secret", "2020-01-01").await;
        for party in ["UZ", "KZ"] {
            register
                .notify("secret", party, "2020-03-01", "2020-03-01")
                .await;
        }
        register.create(on_date("last", "2090-03-01")).await;
        register.sign("last", "2020-01-01").await;
        let mut request = between("2020-01-01", "2092-12-31");
        let (all, _) = paged(&register.operator, request.clone()).await;
        assert!(all.concat().len() > 2_500);
        request.page_size = 50;
        let (pages, tokens) = paged(&register.reader, request).await;
        assert_eq!(
            told(&pages.concat()),
            expected(&[("2090-03-01", "last", Kind::EntryIntoForce)])
        );
        assert!(pages[0].is_empty());
        for token in tokens {
            let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
            let told = String::from_utf8_lossy(&bytes).into_owned();
            assert!(
                !told.contains("waiting") && !told.contains("secret"),
                "{told}"
            );
        }
    })
    .await;
}
