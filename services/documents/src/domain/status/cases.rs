//! Worked cases of entry into force and of what comes after, each by its clause.

use super::{
    ProcedureState, State, Status, WarningCode,
    sample::{act, agreement, day, notified, received, retracted, signed, status, status_known},
};
use crate::domain::{
    Act, ActKind, DocumentType, DurationRule, EffectivePeriod, EntryRule, Offset, status::Case,
};

fn on_last_notification(offset: Option<Offset>) -> EntryRule {
    EntryRule::AfterLastNotification(offset)
}

fn warns(status: &Status, code: WarningCode) -> bool {
    status.warnings.iter().any(|warning| warning.code == code)
}

fn with(mut acts: Vec<Act>, more: impl IntoIterator<Item = Act>) -> Vec<Act> {
    acts.extend(more);
    acts
}

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
fn a_retracted_notification_counts_until_its_retraction() {
    let acts = with(
        signed("2021-12-06"),
        [
            received("KZ", "UZ", "2022-03-15"),
            retracted(received("UZ", "KZ", "2022-04-01"), "2022-05-01T12:00:00Z"),
        ],
    );
    let document = agreement(on_last_notification(None));
    let before = status_known(&document, &acts, "2022-04-30", "2022-05-01T11:59:59Z");
    assert_eq!(before.state, State::InForce);
    let after = status_known(&document, &acts, "2022-04-30", "2022-05-01T12:00:00Z");
    assert_eq!(after.state, State::AwaitingNotification);
    assert!(warns(&after, WarningCode::Retracted));
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
fn a_document_enters_into_force_with_another() {
    let mut other = agreement(EntryRule::OnDate(day("2022-07-01")));
    other.name.document = "other".to_owned();
    let it = agreement(EntryRule::WithDocument(other.name.to_string()));
    let mut cases = super::sample::cases(&it, &signed("2021-12-06"));
    let ask = |cases: &super::Cases, on: &str| {
        let as_of = super::AsOf {
            day: day(on),
            known: super::sample::time(super::sample::LATE),
            recorded_before: None,
        };
        Status::of(cases, super::sample::NAME, as_of).unwrap()
    };
    assert!(warns(
        &ask(&cases, "2022-08-01"),
        WarningCode::RuleNotApplicable
    ));
    cases.insert(
        other.name.to_string(),
        Case {
            document: other.clone(),
            acts: vec![],
        },
    );
    assert_eq!(
        ask(&cases, "2022-08-01").state,
        State::AwaitingOtherDocument
    );
    cases.insert(
        other.name.to_string(),
        Case {
            document: other,
            acts: signed("2021-12-06"),
        },
    );
    assert_eq!(ask(&cases, "2022-06-30").state, State::EntryScheduled);
    assert_eq!(
        ask(&cases, "2022-08-01").entry_date,
        Some(day("2022-07-01"))
    );
}

#[test]
fn documents_that_wait_for_each_other_never_enter_into_force() {
    let mut other = agreement(EntryRule::WithDocument(super::sample::NAME.to_owned()));
    other.name.document = "other".to_owned();
    let it = agreement(EntryRule::WithDocument(other.name.to_string()));
    let mut cases = super::sample::cases(&it, &signed("2021-12-06"));
    cases.insert(
        other.name.to_string(),
        Case {
            document: other,
            acts: signed("2021-12-06"),
        },
    );
    let as_of = super::AsOf {
        day: day("2024-01-01"),
        known: super::sample::time(super::sample::LATE),
        recorded_before: None,
    };
    let status = Status::of(&cases, super::sample::NAME, as_of).unwrap();
    assert_eq!(status.entry_date, None);
}

#[test]
fn the_customs_energy_agreement() {
    let approval = Act {
        reference: "PP-236".to_owned(),
        ..act("UZ", ActKind::DomesticApproval, "2022-05-06")
    };
    let law = Act {
        reference: "Law 35-VIII".to_owned(),
        ..act("KZ", ActKind::Ratification, "2023-10-19")
    };
    let acts = with(signed("2021-12-06"), [approval, law]);
    let document = agreement(EntryRule::Unknown);

    let early = status(&document, &acts, "2023-01-01");
    assert_eq!(
        (early.state, early.since),
        (State::SignedEntryUnknown, Some(day("2021-12-06")))
    );
    assert_eq!(early.entry_date, None);
    assert_eq!(early.parties[0].procedure, ProcedureState::Completed);
    assert_eq!(early.parties[0].procedure_date, Some(day("2022-05-06")));
    assert_eq!(early.parties[1].procedure, ProcedureState::Outstanding);
    assert_eq!(early.awaited.len(), 1);
    assert_eq!(early.awaited[0].party.as_deref(), Some("KZ"));
    assert_eq!(early.acts.len(), 3);
    assert!(early.summary.contains("has not been read"));
    assert!(
        early
            .steps
            .iter()
            .any(|step| step.description.contains("PP-236"))
    );

    let late = status(&document, &acts, "2024-01-01");
    assert_eq!(
        (late.state, late.entry_date),
        (State::SignedEntryUnknown, None)
    );
    assert!(
        late.parties
            .iter()
            .all(|party| party.procedure == ProcedureState::Completed)
    );
    assert!(late.awaited.is_empty());
}

#[test]
fn nothing_is_known_of_procedures_when_the_clause_is_unread_and_no_party_has_acted() {
    let status = status(
        &agreement(EntryRule::Unknown),
        &signed("2021-12-06"),
        "2024-01-01",
    );
    assert!(
        status
            .parties
            .iter()
            .all(|party| party.procedure == ProcedureState::NotKnown)
    );
}

#[test]
fn the_demarcation_treaty_is_signed_on_two_days() {
    let mut document = agreement(EntryRule::Unknown);
    let acts = with(
        signed("2022-12-22"),
        [act("UZ", ActKind::Signature, "2022-12-21")],
    );
    let by_first = status(&document, &acts, "2024-01-01");
    assert_eq!(by_first.parties[0].signed, Some(day("2022-12-21")));
    assert!(warns(&by_first, WarningCode::ContradictingDates));
    document.content.signature_date = Some(day("2022-12-22"));
    let by_register = status(&document, &acts, "2024-01-01");
    assert_eq!(by_register.parties[0].signed, Some(day("2022-12-22")));
    assert!(warns(&by_register, WarningCode::ContradictingDates));
}

#[test]
fn a_stated_signature_date_stands_in_for_missing_acts() {
    let mut document = agreement(EntryRule::Unknown);
    document.content.signature_date = Some(day("2021-12-06"));
    let status = status(&document, &[], "2024-01-01");
    assert_eq!(status.state, State::SignedEntryUnknown);
    assert!(warns(&status, WarningCode::NoActOfSignature));
}

#[test]
fn a_stated_date_that_differs_from_the_computed_one_is_flagged() {
    let mut document = agreement(EntryRule::OnSignature);
    if let Some(clause) = &mut document.content.entry_into_force {
        clause.stated_date = Some(day("2021-12-07"));
    }
    let status = status(&document, &signed("2021-12-06"), "2024-01-01");
    assert!(warns(&status, WarningCode::ComputedDiffersFromStated));
    assert_eq!(status.entry_date, Some(day("2021-12-06")));
}

#[test]
fn provisional_application_holds_until_one_party_ends_it_or_entry_into_force() {
    let document = agreement(on_last_notification(None));
    let applying = with(
        signed("2021-12-06"),
        ["UZ", "KZ"].map(|party| act(party, ActKind::ProvisionalApplication, "2021-12-10")),
    );
    let provisional = status(&document, &applying, "2022-01-01");
    assert_eq!(
        (provisional.state, provisional.since),
        (State::ProvisionallyApplied, Some(day("2021-12-10")))
    );
    assert!(!provisional.awaited.is_empty());

    let end = Act {
        receipt: Some(day("2022-02-05")),
        ..act("KZ", ActKind::ProvisionalApplicationEnd, "2022-02-01")
    };
    let ended = with(applying.clone(), [end]);
    assert_eq!(
        status(&document, &ended, "2022-02-04").state,
        State::ProvisionallyApplied
    );
    assert_eq!(
        status(&document, &ended, "2022-02-05").state,
        State::AwaitingNotification
    );

    let entered = with(
        applying,
        [
            received("KZ", "UZ", "2022-03-01"),
            received("UZ", "KZ", "2022-03-01"),
        ],
    );
    assert_eq!(
        status(&document, &entered, "2022-03-01").state,
        State::InForce
    );
}

#[test]
fn a_suspension_lasts_until_its_party_resumes_and_does_not_stop_a_renewal() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.duration = Some(DurationRule::Renewable {
        initial_months: 12,
        renewal_months: 12,
        notice_months: 3,
    });
    let acts = with(
        signed("2020-01-01"),
        [
            act("UZ", ActKind::Suspension, "2020-10-01"),
            act("UZ", ActKind::Resumption, "2021-03-01"),
        ],
    );
    let suspended = status(&document, &acts, "2021-02-01");
    assert_eq!(
        (suspended.state, suspended.since),
        (State::Suspended, Some(day("2020-10-01")))
    );
    assert_eq!(
        suspended.term.and_then(|term| term.end),
        Some(day("2021-12-31"))
    );
    assert_eq!(status(&document, &acts, "2021-03-01").state, State::InForce);
}

#[test]
fn a_fixed_term_expires_after_its_last_day() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.duration = Some(DurationRule::Months(60));
    let acts = signed("2021-02-05");
    assert_eq!(status(&document, &acts, "2026-02-04").state, State::InForce);
    let expired = status(&document, &acts, "2026-02-05");
    assert_eq!(
        (expired.state, expired.since),
        (State::Expired, Some(day("2026-02-05")))
    );
}

#[test]
fn a_denunciation_takes_effect_after_its_notice_unless_it_is_withdrawn() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.duration = Some(DurationRule::Indefinite {
        notice_months: Some(6),
    });
    let notice = Act {
        receipt: Some(day("2023-01-31")),
        ..act("KZ", ActKind::DenunciationNotice, "2023-01-20")
    };
    let denounced = with(signed("2020-01-01"), [notice]);
    assert_eq!(
        status(&document, &denounced, "2023-07-30").state,
        State::InForce
    );
    let terminated = status(&document, &denounced, "2023-07-31");
    assert_eq!(
        (terminated.state, terminated.since),
        (State::Terminated, Some(day("2023-07-31")))
    );
    let withdrawn = with(
        denounced,
        [act("KZ", ActKind::DenunciationWithdrawal, "2023-07-01")],
    );
    assert_eq!(
        status(&document, &withdrawn, "2023-08-01").state,
        State::InForce
    );
}

#[test]
fn a_denunciation_without_a_known_time_of_notice_is_shown_and_has_no_date() {
    let document = agreement(EntryRule::OnSignature);
    let notice = Act {
        receipt: Some(day("2023-01-31")),
        ..act("KZ", ActKind::DenunciationNotice, "2023-01-20")
    };
    let status = status(
        &document,
        &with(signed("2020-01-01"), [notice]),
        "2024-01-01",
    );
    assert_eq!(status.state, State::InForce);
    assert!(warns(&status, WarningCode::NoticePeriodNotKnown));
}

#[test]
fn a_notice_in_time_stops_the_renewal() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.duration = Some(DurationRule::Renewable {
        initial_months: 60,
        renewal_months: 60,
        notice_months: 6,
    });
    let notice = Act {
        receipt: Some(day("2024-08-31")),
        ..act("UZ", ActKind::DenunciationNotice, "2024-08-20")
    };
    let acts = with(signed("2020-03-01"), [notice]);
    let before = status(&document, &acts, "2025-02-28");
    assert_eq!(before.state, State::InForce);
    assert_eq!(before.term.and_then(|term| term.renewal), None);
    let after = status(&document, &acts, "2025-03-01");
    assert_eq!(
        (after.state, after.since),
        (State::Expired, Some(day("2025-03-01")))
    );
}

#[test]
fn termination_needs_the_word_of_every_party() {
    let document = agreement(EntryRule::OnSignature);
    let one = with(
        signed("2020-01-01"),
        [act("UZ", ActKind::Termination, "2022-01-01")],
    );
    let proposed = status(&document, &one, "2022-06-01");
    assert_eq!(proposed.state, State::InForce);
    assert!(warns(&proposed, WarningCode::NotAgreedByAll));
    let both = with(one, [act("KZ", ActKind::Termination, "2022-02-01")]);
    let terminated = status(&document, &both, "2022-06-01");
    assert_eq!(
        (terminated.state, terminated.since),
        (State::Terminated, Some(day("2022-02-01")))
    );
}

#[test]
fn a_roadmap_has_effective_dates_and_no_entry_into_force() {
    let mut document = agreement(EntryRule::Unknown);
    document.content.kind = DocumentType::Roadmap;
    document.content.entry_into_force = None;
    document.content.effective_period = Some(EffectivePeriod {
        start: Some(day("2022-01-01")),
        end: Some(day("2023-12-31")),
    });
    let acts = signed("2021-12-06");
    for (on, state) in [
        ("2021-12-05", State::NotSigned),
        ("2021-12-06", State::NotYetEffective),
        ("2022-01-01", State::Effective),
        ("2023-12-31", State::Effective),
        ("2024-01-01", State::NoLongerEffective),
    ] {
        let status = status(&document, &acts, on);
        assert_eq!(status.state, state, "{on}");
        assert_eq!(status.entry_date, None);
        assert!(status.rule.is_empty());
    }
}

#[test]
fn a_declaration_applies_from_its_signature() {
    let mut document = agreement(EntryRule::Unknown);
    document.content.kind = DocumentType::Declaration;
    document.content.entry_into_force = None;
    let status = status(&document, &signed("2021-12-06"), "2024-01-01");
    assert_eq!(
        (status.state, status.since),
        (State::Effective, Some(day("2021-12-06")))
    );
}

#[test]
fn a_document_of_unknown_type_is_only_known_to_be_signed() {
    let mut document = agreement(EntryRule::Unknown);
    document.content.kind = DocumentType::NotKnown;
    document.content.entry_into_force = None;
    let status = status(&document, &signed("2021-12-06"), "2024-01-01");
    assert_eq!(status.state, State::SignedEntryUnknown);
    assert!(status.summary.contains("not known"));
}
