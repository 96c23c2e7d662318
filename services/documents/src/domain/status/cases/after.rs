//! Worked cases of what comes beside and after entry into force.

use super::{on_last_notification, warns, with};
use crate::domain::{
    Act, ActKind, DurationRule, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, agreement, day, received, signed, status},
    },
};

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
    let sent = act("KZ", ActKind::DenunciationWithdrawal, "2023-07-01");
    let received = |on| Act {
        receipt: Some(day(on)),
        ..sent.clone()
    };
    let withdrawn = with(denounced.clone(), [received("2023-07-30")]);
    assert_eq!(
        status(&document, &withdrawn, "2023-08-01").state,
        State::InForce
    );
    let too_late = with(denounced, [received("2023-07-31")]);
    assert_eq!(
        status(&document, &too_late, "2023-08-01").state,
        State::Terminated
    );
}

#[test]
fn a_withdrawal_has_effect_when_it_is_received_and_not_before() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.duration = Some(DurationRule::Renewable {
        initial_months: 12,
        renewal_months: 12,
        notice_months: 3,
    });
    let notice = Act {
        receipt: Some(day("2020-06-01")),
        ..act("KZ", ActKind::DenunciationNotice, "2020-06-01")
    };
    let sent = act("KZ", ActKind::DenunciationWithdrawal, "2020-07-01");
    let received = Act {
        receipt: Some(day("2020-07-20")),
        ..sent.clone()
    };
    let denounced = with(signed("2020-01-01"), [notice]);

    let unreceived = status(&document, &with(denounced.clone(), [sent]), "2021-01-01");
    assert_eq!(unreceived.state, State::Expired);
    assert!(warns(&unreceived, WarningCode::ReceiptNotRecorded));

    let acts = with(denounced, [received]);
    let before = status(&document, &acts, "2020-07-19");
    assert_eq!(before.term.and_then(|term| term.renewal), None);
    let after = status(&document, &acts, "2020-07-20");
    assert!(!warns(&after, WarningCode::ReceiptNotRecorded));
    assert_eq!(
        after.term.and_then(|term| term.renewal),
        Some(day("2021-01-01"))
    );
    assert_eq!(status(&document, &acts, "2021-01-01").state, State::InForce);
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
