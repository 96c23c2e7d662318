use jiff::civil::date;

use super::*;
use crate::domain::{
    Act, ActKind, Document, DocumentType, EffectivePeriod, EntryRule,
    status::sample::{NAME, act, agreement, cases, notified, signed},
};

fn of(document: &Document, acts: &[Act]) -> Vec<(String, EventKind)> {
    events(&cases(document, acts), NAME)
        .into_iter()
        .map(|event| (event.day.to_string(), event.kind))
        .collect()
}

fn renewable(rule: EntryRule) -> Document {
    let mut document = agreement(rule);
    document.content.duration = Some(DurationRule::Renewable {
        initial_months: 240,
        renewal_months: 240,
        notice_months: 6,
    });
    document
}

fn expected(list: &[(&str, EventKind)]) -> Vec<(String, EventKind)> {
    list.iter()
        .map(|(day, kind)| ((*day).to_owned(), *kind))
        .collect()
}

#[test]
fn a_renewable_document_has_its_entry_its_renewals_and_the_last_days_for_notice_to_2100() {
    let found = of(&renewable(EntryRule::OnSignature), &signed("2020-03-01"));
    assert_eq!(
        found,
        expected(&[
            ("2020-03-01", EventKind::EntryIntoForce),
            ("2039-08-31", EventKind::NoticeDeadline),
            ("2040-03-01", EventKind::Renewal),
            ("2059-08-31", EventKind::NoticeDeadline),
            ("2060-03-01", EventKind::Renewal),
            ("2079-08-31", EventKind::NoticeDeadline),
            ("2080-03-01", EventKind::Renewal),
            ("2099-08-31", EventKind::NoticeDeadline),
            ("2100-03-01", EventKind::Renewal),
        ])
    );
}

#[test]
fn a_notice_received_in_time_ends_the_term_and_what_would_follow() {
    let mut acts = signed("2020-03-01");
    acts.push(Act {
        receipt: Some(date(2050, 1, 1)),
        ..act("UZ", ActKind::DenunciationNotice, "2049-12-20")
    });
    let found = of(&renewable(EntryRule::OnSignature), &acts);
    assert_eq!(
        found,
        expected(&[
            ("2020-03-01", EventKind::EntryIntoForce),
            ("2039-08-31", EventKind::NoticeDeadline),
            ("2040-03-01", EventKind::Renewal),
            ("2060-02-29", EventKind::TermEnd),
        ])
    );
}

#[test]
fn monthly_renewals_are_not_foreseen_without_end() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.duration = Some(DurationRule::Renewable {
        initial_months: 1,
        renewal_months: 1,
        notice_months: 0,
    });
    let found = of(&document, &signed("1991-01-31"));
    assert_eq!(found.len(), 1 + 2 * MOST_RENEWALS);
    assert_eq!(found.last().unwrap().0, "2041-01-31");
}

#[test]
fn a_fixed_term_and_a_denunciation_have_their_ends() {
    let mut document = agreement(EntryRule::AfterLastNotification(None));
    document.content.duration = Some(DurationRule::Months(60));
    let mut acts = signed("2020-01-10");
    acts.push(notified("UZ", "2020-02-01", "2020-02-03"));
    acts.push(notified("KZ", "2021-02-01", "2021-02-05"));
    assert_eq!(
        of(&document, &acts),
        expected(&[
            ("2021-02-05", EventKind::EntryIntoForce),
            ("2026-02-04", EventKind::TermEnd),
        ])
    );
    document.content.duration = Some(DurationRule::Indefinite {
        notice_months: Some(6),
    });
    acts.push(Act {
        receipt: Some(date(2023, 1, 31)),
        ..act("KZ", ActKind::DenunciationNotice, "2023-01-30")
    });
    assert_eq!(
        of(&document, &acts),
        expected(&[
            ("2021-02-05", EventKind::EntryIntoForce),
            ("2023-07-31", EventKind::Termination),
        ])
    );
}

#[test]
fn what_ends_before_it_enters_into_force_only_ends() {
    let mut acts = signed("2020-01-10");
    acts.push(act("UZ", ActKind::Termination, "2021-01-01"));
    acts.push(act("KZ", ActKind::Termination, "2021-01-02"));
    let document = agreement(EntryRule::OnDate(date(2022, 1, 1)));
    assert_eq!(
        of(&document, &acts),
        expected(&[("2021-01-02", EventKind::Termination)])
    );
}

#[test]
fn a_political_document_applies_from_its_first_day_to_its_last() {
    let mut document = agreement(EntryRule::Unknown);
    document.content.kind = DocumentType::Plan;
    document.content.entry_into_force = None;
    document.content.effective_period = Some(EffectivePeriod {
        start: None,
        end: Some(date(2025, 12, 31)),
    });
    let mut acts = signed("2020-01-10");
    let both = expected(&[
        ("2020-01-10", EventKind::EffectiveStart),
        ("2025-12-31", EventKind::EffectiveEnd),
    ]);
    assert_eq!(of(&document, &acts), both);

    acts.push(act("UZ", ActKind::Termination, "2026-05-01"));
    acts.push(act("KZ", ActKind::Termination, "2026-05-02"));
    assert_eq!(of(&document, &acts), both, "it had ended by then");

    document.content.effective_period = None;
    assert_eq!(
        of(&document, &acts),
        expected(&[
            ("2020-01-10", EventKind::EffectiveStart),
            ("2026-05-02", EventKind::Termination),
        ])
    );
}

#[test]
fn a_deleted_document_has_no_events() {
    let mut document = renewable(EntryRule::OnSignature);
    document.deleted = Some(Timestamp::UNIX_EPOCH);
    assert_eq!(of(&document, &signed("2020-03-01")), []);
}
