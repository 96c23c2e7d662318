//! Worked cases of entry into force, each by its clause.

use super::{on_last_notification, warns, with};
use crate::domain::{
    ActKind, EntryRule, Offset,
    status::{
        ProcedureState, State, WarningCode,
        sample::{act, agreement, day, notified, received, signed, status},
    },
};

#[test]
fn an_unsigned_document_is_not_signed() {
    assert_eq!(
        status(&agreement(EntryRule::OnSignature), &[], "2024-01-01").state,
        State::NotSigned
    );
}

#[test]
fn one_signature_awaits_the_other() {
    let acts = [act("UZ", ActKind::Signature, "2021-12-06")];
    let status = status(&agreement(EntryRule::OnSignature), &acts, "2021-12-07");
    assert_eq!(status.state, State::AwaitingSignature);
    assert_eq!(status.since, Some(day("2021-12-06")));
    assert_eq!(status.awaited.len(), 1);
    assert_eq!(status.awaited[0].party.as_deref(), Some("KZ"));
    assert_eq!(status.awaited[0].kind, Some(ActKind::Signature));
}

#[test]
fn on_signature_by_the_last_party() {
    let acts = [
        act("UZ", ActKind::Signature, "2021-12-06"),
        act("KZ", ActKind::Signature, "2021-12-08"),
    ];
    let document = agreement(EntryRule::OnSignature);
    assert_eq!(
        status(&document, &acts, "2021-12-07").state,
        State::AwaitingSignature
    );
    let status = status(&document, &acts, "2021-12-08");
    assert_eq!(
        (status.state, status.since),
        (State::InForce, Some(day("2021-12-08")))
    );
    assert!(
        status
            .parties
            .iter()
            .all(|party| party.procedure == ProcedureState::NotRequired)
    );
}

#[test]
fn on_a_date_that_comes_after_signature() {
    let document = agreement(EntryRule::OnDate(day("2022-01-01")));
    let scheduled = status(&document, &signed("2021-12-06"), "2021-12-31");
    assert_eq!(scheduled.state, State::EntryScheduled);
    assert_eq!(scheduled.entry_date, Some(day("2022-01-01")));
    assert_eq!(
        status(&document, &signed("2021-12-06"), "2022-01-01").state,
        State::InForce
    );
}

#[test]
fn a_signature_after_the_date_named_moves_entry_to_the_signature() {
    let document = agreement(EntryRule::OnDate(day("2022-01-01")));
    let status = status(&document, &signed("2022-02-01"), "2022-03-01");
    assert_eq!(status.entry_date, Some(day("2022-02-01")));
    assert!(warns(&status, WarningCode::ActBeforePrerequisite));
}

#[test]
fn the_receipt_counts_and_not_the_sending() {
    let acts = with(
        signed("2021-12-06"),
        [
            notified("UZ", "2022-01-10", "2022-01-20"),
            notified("KZ", "2022-01-15", "2022-02-01"),
        ],
    );
    let document = agreement(on_last_notification(None));
    assert_eq!(
        status(&document, &acts, "2022-01-31").state,
        State::AwaitingNotification
    );
    assert_eq!(
        status(&document, &acts, "2022-02-01").entry_date,
        Some(day("2022-02-01"))
    );
}

#[test]
fn a_notification_that_was_received_completes_the_procedure_of_the_party_that_gave_it() {
    let acts = with(
        signed("2021-12-06"),
        [
            received("UZ", "KZ", "2022-02-01"),
            received("KZ", "UZ", "2022-02-10"),
        ],
    );
    let status = status(&agreement(on_last_notification(None)), &acts, "2022-03-01");
    assert_eq!(status.state, State::InForce);
    let procedures: Vec<_> = status
        .parties
        .iter()
        .map(|party| (party.procedure, party.procedure_date))
        .collect();
    let completed = ProcedureState::Completed;
    assert_eq!(
        procedures,
        [
            (completed, Some(day("2022-02-10"))),
            (completed, Some(day("2022-02-01")))
        ]
    );
}

#[test]
fn a_notification_sent_without_receipt_does_not_count() {
    let acts = with(
        signed("2021-12-06"),
        [
            notified("UZ", "2022-01-10", "2022-01-20"),
            act("KZ", ActKind::NotificationSent, "2022-01-15"),
        ],
    );
    let status = status(&agreement(on_last_notification(None)), &acts, "2023-01-01");
    assert_eq!(status.state, State::AwaitingNotification);
    assert!(warns(&status, WarningCode::ReceiptNotRecorded));
    assert_eq!(status.awaited[0].party.as_deref(), Some("UZ"));
    assert_eq!(status.awaited[0].kind, Some(ActKind::NotificationReceived));
    assert_eq!(status.awaited[0].since, Some(day("2022-01-15")));
}

#[test]
fn the_receiving_partys_word_decides_over_the_senders() {
    let acts = with(
        signed("2021-12-06"),
        [
            notified("UZ", "2022-01-10", "2022-01-20"),
            received("KZ", "UZ", "2022-01-25"),
            notified("KZ", "2022-01-01", "2022-01-05"),
        ],
    );
    let status = status(&agreement(on_last_notification(None)), &acts, "2023-01-01");
    assert_eq!(status.entry_date, Some(day("2022-01-25")));
    assert!(warns(&status, WarningCode::ContradictingDates));
}

#[test]
fn thirty_days_do_not_count_the_day_of_receipt() {
    let acts = with(
        signed("2021-12-06"),
        [
            received("KZ", "UZ", "2024-01-31"),
            received("UZ", "KZ", "2024-01-15"),
        ],
    );
    let document = agreement(on_last_notification(Some(Offset::Days(30))));
    assert_eq!(
        status(&document, &acts, "2024-02-29").state,
        State::EntryScheduled
    );
    let status = status(&document, &acts, "2024-03-01");
    assert_eq!(
        (status.state, status.entry_date),
        (State::InForce, Some(day("2024-03-01")))
    );
}

#[test]
fn one_month_after_31_january_is_the_end_of_february() {
    for (last, entry) in [("2023-01-31", "2023-02-28"), ("2024-01-31", "2024-02-29")] {
        let acts = with(
            signed("2021-12-06"),
            [
                received("KZ", "UZ", last),
                received("UZ", "KZ", "2022-01-15"),
            ],
        );
        let document = agreement(on_last_notification(Some(Offset::Months(1))));
        assert_eq!(
            status(&document, &acts, "2024-12-31").entry_date,
            Some(day(entry))
        );
    }
}

#[test]
fn the_first_day_of_the_second_month_after() {
    let acts = with(
        signed("2021-12-06"),
        [
            received("KZ", "UZ", "2022-03-15"),
            received("UZ", "KZ", "2022-03-01"),
        ],
    );
    let document = agreement(on_last_notification(Some(Offset::FirstDayOfMonth(2))));
    assert_eq!(
        status(&document, &acts, "2022-12-31").entry_date,
        Some(day("2022-05-01"))
    );
}

#[test]
fn notifications_received_on_one_day_trigger_on_that_day() {
    let acts = with(
        signed("2021-12-06"),
        [
            received("KZ", "UZ", "2022-03-15"),
            received("UZ", "KZ", "2022-03-15"),
        ],
    );
    let status = status(&agreement(on_last_notification(None)), &acts, "2022-12-31");
    assert_eq!(status.entry_date, Some(day("2022-03-15")));
}

#[test]
fn a_party_that_notifies_twice_has_notified_with_the_first() {
    let acts = with(
        signed("2021-12-06"),
        [
            received("KZ", "UZ", "2022-03-15"),
            received("KZ", "UZ", "2022-09-01"),
            received("UZ", "KZ", "2022-04-01"),
        ],
    );
    let status = status(&agreement(on_last_notification(None)), &acts, "2022-12-31");
    assert_eq!(status.entry_date, Some(day("2022-04-01")));
    assert!(warns(&status, WarningCode::RepeatedAct));
}

#[test]
fn notifications_before_the_signature_count_from_the_signature() {
    let acts = with(
        signed("2022-06-01"),
        [
            received("KZ", "UZ", "2022-03-15"),
            received("UZ", "KZ", "2022-04-01"),
        ],
    );
    let document = agreement(on_last_notification(Some(Offset::Days(10))));
    assert_eq!(
        status(&document, &acts, "2022-12-31").entry_date,
        Some(day("2022-06-11"))
    );
}

#[test]
fn one_named_partys_notification_is_enough_where_the_clause_says_so() {
    let rule = EntryRule::AfterNotificationBy("KZ".to_owned(), Some(Offset::Days(1)));
    let acts = with(signed("2021-12-06"), [received("UZ", "KZ", "2022-04-30")]);
    let status = status(&agreement(rule), &acts, "2022-12-31");
    assert_eq!(status.entry_date, Some(day("2022-05-01")));
    assert_eq!(status.parties[0].procedure, ProcedureState::NotRequired);
}

#[test]
fn an_exchange_of_instruments_needs_both() {
    let document = agreement(EntryRule::AfterExchange(Some(Offset::Months(1))));
    let one = with(
        signed("2021-12-06"),
        [act("UZ", ActKind::ExchangeOfInstruments, "2022-02-10")],
    );
    let waiting = status(&document, &one, "2022-12-31");
    assert_eq!(waiting.state, State::AwaitingExchange);
    assert_eq!(waiting.awaited[0].party.as_deref(), Some("KZ"));
    let both = with(
        one,
        [act("KZ", ActKind::ExchangeOfInstruments, "2022-02-10")],
    );
    assert_eq!(
        status(&document, &both, "2022-12-31").entry_date,
        Some(day("2022-03-10"))
    );
}

#[test]
fn three_parties_need_every_receipt() {
    let mut document = agreement(on_last_notification(Some(Offset::Months(1))));
    document.content.parties.push("KG".to_owned());
    let pairs = [
        ("UZ", "KZ"),
        ("UZ", "KG"),
        ("KZ", "UZ"),
        ("KZ", "KG"),
        ("KG", "UZ"),
        ("KG", "KZ"),
    ];
    let mut acts = signed("2021-12-06");
    acts.push(act("KG", ActKind::Signature, "2021-12-06"));
    for (index, (receiver, notifier)) in pairs.into_iter().enumerate() {
        assert_eq!(
            status(&document, &acts, "2023-01-01").state,
            State::AwaitingNotification
        );
        acts.push(received(
            receiver,
            notifier,
            &format!("2022-0{}-10", index + 1),
        ));
    }
    assert_eq!(
        status(&document, &acts, "2023-01-01").entry_date,
        Some(day("2022-07-10"))
    );
}

#[test]
fn a_signature_after_the_last_notification_starts_the_time() {
    let acts = [
        act("UZ", ActKind::Signature, "2022-01-01"),
        act("KZ", ActKind::Signature, "2022-06-30"),
        received("KZ", "UZ", "2022-02-01"),
        received("UZ", "KZ", "2022-03-01"),
    ];
    let document = agreement(on_last_notification(Some(Offset::FirstDayOfMonth(1))));
    let status = status(&document, &acts, "2022-07-01");
    assert_eq!(
        (status.state, status.entry_date),
        (State::InForce, Some(day("2022-07-01")))
    );
}
