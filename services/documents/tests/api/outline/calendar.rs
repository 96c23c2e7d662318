//! `GetCalendar`.

use accord_proto::documents::v1::{AccessLevel, GetCalendarRequest, LocalizedText};
use icalendar::{Calendar, CalendarComponent, Component as _, Event};

use super::{change, notified, of_level, renewable};
use crate::{
    errors::assert_violations,
    register::{Caller, Register, on_each_engine},
    sample::{PARTNERSHIP, date},
};

fn request() -> GetCalendarRequest {
    GetCalendarRequest {
        parent: PARTNERSHIP.to_owned(),
        ..GetCalendarRequest::default()
    }
}

/// Returns the calendar as it came and as a parser reads it.
async fn calendar(caller: &Caller, request: GetCalendarRequest) -> (String, Calendar) {
    let mut documents = caller.documents.clone();
    let body = documents.get_calendar(request).await.unwrap().into_inner();
    assert_eq!(body.content_type, "text/calendar; charset=utf-8");
    let text = String::from_utf8(body.data).unwrap();
    let parsed = text.parse().unwrap();
    (text, parsed)
}

fn events(calendar: &Calendar) -> Vec<&Event> {
    calendar
        .components
        .iter()
        .filter_map(CalendarComponent::as_event)
        .collect()
}

async fn filled(register: &Register) {
    register.with_partnership().await;
    let mut request = renewable("a");
    change(&mut request).titles = vec![
        LocalizedText {
            language_code: "en".to_owned(),
            text: "Customs, energy; and a \\ sign".to_owned(),
        },
        LocalizedText {
            language_code: "uz-Cyrl".to_owned(),
            text: "Божхона ва энергетика тўғрисидаги битим, "
                .repeat(8)
                .trim_end()
                .to_owned(),
        },
    ];
    register.create(request).await;
    register.sign("a", "2020-03-01").await;
    register
        .create(of_level(notified("hidden"), AccessLevel::Official))
        .await;
    register.sign("hidden", "2024-05-01").await;
    register
        .notify("hidden", "UZ", "2024-05-02", "2024-05-03")
        .await;
    register
        .notify("hidden", "KZ", "2024-05-02", "2024-05-04")
        .await;
}

#[tokio::test]
async fn a_calendar_is_read_back_as_it_was_meant() {
    on_each_engine(async |register| {
        filled(&register).await;
        let (text, parsed) = calendar(&register.kg, request()).await;
        assert!(
            text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"),
            "{text}"
        );
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        assert_eq!(parsed.get_name(), Some("Uzbekistan–Kazakhstan"));
        // From 2 June 2023 to 30 May 2034.
        let found: Vec<_> = events(&parsed)
            .iter()
            .map(|event| {
                (
                    event.property_value("DTSTART").unwrap().to_owned(),
                    event.get_summary().unwrap().to_owned(),
                )
            })
            .collect();
        let title = "Customs, energy; and a \\ sign";
        let expected = [
            ("20240831", "Last day for notice"),
            ("20250301", "Renewal"),
            ("20290831", "Last day for notice"),
            ("20300301", "Renewal"),
        ]
        .map(|(day, what)| (day.to_owned(), format!("{what}: {title}")));
        assert_eq!(found, expected);
        let first = events(&parsed)[0];
        assert_eq!(first.property_value("DTSTAMP"), Some("20240601T120000Z"));
        assert_eq!(first.property_value("TRANSP"), Some("TRANSPARENT"));
        assert_eq!(first.property_value("CLASS"), Some("PUBLIC"));
        assert_eq!(
            first.property_value("X-ACCORD-DOCUMENT"),
            Some("partnerships/uz-kz/documents/a")
        );
        assert!(text.contains("DTSTART;VALUE=DATE:20240831\r\n"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn uids_differ_and_stay() {
    on_each_engine(async |register| {
        filled(&register).await;
        let uids = |parsed: &Calendar| {
            events(parsed)
                .iter()
                .map(|event| event.get_uid().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let (_, before) = calendar(&register.uz, request()).await;
        register.clock.advance(std::time::Duration::from_hours(1));
        let (_, after) = calendar(&register.uz, request()).await;
        assert_eq!(uids(&before), uids(&after));
        let mut distinct = uids(&before);
        assert_eq!(
            distinct.len(),
            5,
            "an official document is in an editor's calendar"
        );
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 5);
        let classes: Vec<_> = events(&before)
            .iter()
            .map(|event| event.property_value("CLASS").unwrap().to_owned())
            .collect();
        assert_eq!(classes[0], "CONFIDENTIAL");
    })
    .await;
}

#[tokio::test]
async fn titles_come_in_the_language_asked_for() {
    on_each_engine(async |register| {
        filled(&register).await;
        for (language, found) in [
            ("uz-cyrl", "Renewal: Божхона"),
            ("uz", "Renewal: Божхона"),
            ("kk", "Renewal: Customs"),
        ] {
            let (text, parsed) = calendar(
                &register.kg,
                GetCalendarRequest {
                    language_code: language.to_owned(),
                    ..request()
                },
            )
            .await;
            let summary = events(&parsed)[1].get_summary().unwrap().to_owned();
            assert!(summary.starts_with(found), "{summary}");
            assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_named_and_an_empty_calendar_is_one() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let mut documents = register.reader.clone().documents;
        let wrong = GetCalendarRequest {
            start_date: date("2024-05-02"),
            end_date: date("2024-05-01"),
            language_code: "english!".to_owned(),
            ..request()
        };
        assert_violations(
            documents.get_calendar(wrong).await,
            &[
                ("end_date", "DATE_INVALID"),
                ("language_code", "LANGUAGE_TAG_INVALID"),
            ],
        );
        let (_, parsed) = calendar(&register.reader, request()).await;
        assert!(events(&parsed).is_empty());
    })
    .await;
}
