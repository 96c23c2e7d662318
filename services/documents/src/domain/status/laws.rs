//! What holds for every document and every set of acts.

use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::prelude::*;

use super::{
    AsOf, Cases, Status,
    sample::{LATE, NAME, agreement, cases, day, received, signed, time},
};
use crate::domain::{Act, ActKind, ActName, Document, DurationRule, EntryRule, Offset, Retraction};

/// The document that documents wait for in these tests.
const OTHER: &str = "partnerships/uz-kz/documents/other";

fn offset() -> impl Strategy<Value = Option<Offset>> {
    prop_oneof![
        Just(None),
        (1i32..100).prop_map(|n| Some(Offset::Days(n))),
        (1i32..20).prop_map(|n| Some(Offset::Months(n))),
        (1i32..20).prop_map(|n| Some(Offset::FirstDayOfMonth(n))),
    ]
}

fn entry_rule() -> impl Strategy<Value = EntryRule> {
    prop_oneof![
        Just(EntryRule::OnSignature),
        a_day().prop_map(EntryRule::OnDate),
        offset().prop_map(EntryRule::AfterLastNotification),
        offset().prop_map(EntryRule::AfterExchange),
        offset().prop_map(|offset| EntryRule::AfterNotificationBy("KZ".to_owned(), offset)),
        Just(EntryRule::WithDocument(OTHER.to_owned())),
        Just(EntryRule::Unknown),
    ]
}

fn duration_rule() -> impl Strategy<Value = Option<DurationRule>> {
    prop_oneof![
        Just(None),
        proptest::option::of(1i32..13)
            .prop_map(|notice_months| Some(DurationRule::Indefinite { notice_months })),
        (1i32..40).prop_map(|months| Some(DurationRule::Months(months))),
        (1i32..30, 1i32..30, 0i32..7).prop_map(
            |(initial_months, renewal_months, notice_months)| {
                Some(DurationRule::Renewable {
                    initial_months,
                    renewal_months,
                    notice_months,
                })
            }
        ),
    ]
}

fn a_document() -> impl Strategy<Value = Document> {
    (entry_rule(), duration_rule(), proptest::option::of(a_day())).prop_map(
        |(rule, duration, signed)| {
            let mut document = agreement(rule);
            document.content.duration = duration;
            document.content.signature_date = signed;
            document
        },
    )
}

fn a_day() -> impl Strategy<Value = Date> {
    (0i64..1_500)
        .prop_map(|days| day("2021-01-01").saturating_add(SignedDuration::from_hours(24 * days)))
}

fn a_time() -> impl Strategy<Value = Timestamp> {
    (0i64..40_000)
        .prop_map(|hours| time("2021-01-01T00:00:00Z") + SignedDuration::from_hours(hours))
}

/// An act without a name: names are given by place, so that they differ.
fn an_act() -> impl Strategy<Value = Act> {
    (
        any::<bool>(),
        proptest::sample::select(ActKind::ALL),
        a_day(),
        proptest::option::of(0i64..60),
        a_time(),
        proptest::option::of(a_time()),
    )
        .prop_map(|(uzbek, kind, date, receipt, created, retracted)| {
            let (party, other) = if uzbek { ("UZ", "KZ") } else { ("KZ", "UZ") };
            let receipt =
                receipt.map(|days| date.saturating_add(SignedDuration::from_hours(24 * days)));
            Act {
                receipt: receipt.filter(|_| kind.takes_receipt()),
                notifying_party: (kind == ActKind::NotificationReceived).then(|| other.to_owned()),
                created,
                retraction: retracted.filter(|at| *at > created).map(|at| Retraction {
                    at,
                    reason: "wrong".to_owned(),
                    retractor: "test".to_owned(),
                }),
                ..super::sample::act(party, kind, &date.to_string())
            }
        })
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let signed = signed("2021-06-01");
    proptest::collection::vec(an_act(), 0..12).prop_map(move |more| {
        let mut acts = signed.clone();
        acts.extend(more);
        for (index, act) in acts.iter_mut().enumerate() {
            act.name = ActName::new("uz-kz", "it", format!("a{index}"));
        }
        acts
    })
}

/// The document asked for, and beside it the one that it may wait for.
fn register(document: &Document, acts: &[Act]) -> Cases {
    let mut other = agreement(EntryRule::AfterLastNotification(Some(Offset::Months(1))));
    other.name.document = "other".to_owned();
    let mut other_acts = signed("2021-03-01");
    other_acts.push(received("KZ", "UZ", "2021-09-15"));
    other_acts.push(received("UZ", "KZ", "2022-02-10"));
    let mut cases = cases(document, acts);
    cases.extend(super::sample::cases(&other, &other_acts));
    cases
}

fn ask(document: &Document, acts: &[Act], day: Date, known: Timestamp) -> Status {
    let as_of = AsOf {
        day,
        known,
        recorded_before: None,
    };
    Status::of(&register(document, acts), NAME, as_of).unwrap()
}

proptest! {
    #[test]
    fn the_order_of_recording_does_not_matter(
        document in a_document(), given in acts(), on in a_day(), seed in any::<prop::sample::Index>()
    ) {
        let mut other = given.clone();
        other.reverse();
        let middle = seed.index(other.len());
        other.rotate_left(middle);
        let known = time(LATE);
        prop_assert_eq!(ask(&document, &given, on, known), ask(&document, &other, on, known));
    }

    #[test]
    fn what_is_recorded_later_does_not_change_what_was_known(
        document in a_document(), given in acts(), later in an_act(), on in a_day(), known in a_time()
    ) {
        let mut more = given.clone();
        more.push(Act {
            name: ActName::new("uz-kz", "it", "later"),
            created: known + SignedDuration::from_hours(1),
            ..later
        });
        prop_assert_eq!(ask(&document, &given, on, known), ask(&document, &more, on, known));
    }

    #[test]
    fn the_strict_reading_does_not_see_what_was_published_before_it_was_recorded(
        document in a_document(), given in acts(), later in an_act(), on in a_day(), limit in a_time()
    ) {
        let mut more = given.clone();
        more.push(Act {
            name: ActName::new("uz-kz", "it", "later"),
            created: limit,
            publication: Some(day("1991-01-01")),
            ..later
        });
        let as_of = AsOf { day: on, known: time(LATE), recorded_before: Some(limit) };
        let status = |acts: &[Act]| Status::of(&register(&document, acts), NAME, as_of);
        prop_assert_eq!(status(&given), status(&more));
    }

    #[test]
    fn what_was_recorded_after_its_publication_and_retracted_was_not_known_before_its_recording(
        document in a_document(), given in acts(), wrong in an_act(), on in a_day(), known in a_time()
    ) {
        let created = known + SignedDuration::from_hours(1);
        let wrong = Act {
            name: ActName::new("uz-kz", "it", "wrong"),
            created,
            publication: Some(day("1991-01-01")),
            retraction: None,
            ..wrong
        };
        let at = created + SignedDuration::from_hours(1);
        let mut standing = given.clone();
        standing.push(wrong.clone());
        let mut more = given.clone();
        more.push(super::sample::retracted(wrong, &at.to_string()));
        let before = ask(&document, &given, on, known);
        let after = ask(&document, &more, on, known);
        prop_assert_eq!((before.state, before.since), (after.state, after.since));
        prop_assert_eq!((before.entry_date, before.parties), (after.entry_date, after.parties));
        prop_assert_eq!((before.awaited, before.acts), (after.awaited, after.acts));

        let as_of = AsOf { day: on, known, recorded_before: Some(at) };
        let strict = |acts: &[Act]| {
            let status = Status::of(&register(&document, acts), NAME, as_of).unwrap();
            (status.state, status.since, status.entry_date, status.acts.len())
        };
        prop_assert_eq!(strict(&standing), strict(&more));
    }

    #[test]
    fn a_retraction_restores_the_state_that_was(
        document in a_document(), given in acts(), wrong in an_act(), on in a_day()
    ) {
        let known = time(LATE);
        let before = ask(&document, &given, on, known);
        let mut more = given.clone();
        more.push(super::sample::retracted(
            Act { name: ActName::new("uz-kz", "it", "wrong"), ..wrong },
            "2300-01-01T00:00:00Z",
        ));
        let after = ask(&document, &more, on, known);
        prop_assert_eq!(before.state, after.state);
        prop_assert_eq!(before.since, after.since);
        prop_assert_eq!(before.entry_date, after.entry_date);
        prop_assert_eq!(before.parties, after.parties);
        prop_assert_eq!(before.awaited, after.awaited);
        prop_assert_eq!(before.acts, after.acts);
    }

    #[test]
    fn a_state_never_begins_after_the_day_it_is_asked_for(
        document in a_document(), given in acts(), on in a_day()
    ) {
        let status = ask(&document, &given, on, time(LATE));
        prop_assert!(status.since.is_none_or(|since| since <= on), "{status:?}");
        prop_assert!(status.acts.iter().all(|act| act.date <= on));
    }

    #[test]
    fn a_day_of_entry_into_force_once_established_stays(
        document in a_document(), given in acts(), on in a_day(), days in 0i64..2_000
    ) {
        let later = on.saturating_add(SignedDuration::from_hours(24 * days));
        if let Some(date) = ask(&document, &given, on, time(LATE)).entry_date
            && document.content.signature_date.is_none_or(|stated| stated == day("2021-06-01"))
        {
            prop_assert_eq!(ask(&document, &given, later, time(LATE)).entry_date, Some(date));
        }
    }
}
