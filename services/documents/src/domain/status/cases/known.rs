//! Worked cases of what is known, doubtful or not known at all.

use super::{on_last_notification, warns, with};
use crate::domain::{
    Act, ActKind, EntryRule,
    status::{
        ProcedureState, State, WarningCode,
        sample::{act, agreement, day, received, retracted, signed, status, status_known},
    },
};

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
    assert_eq!(early.parties[1].procedure, ProcedureState::NotKnown);
    assert!(early.awaited.is_empty());
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
fn one_partys_act_of_signature_leaves_the_stated_date_standing_for_the_other() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.signature_date = Some(day("2021-12-06"));
    let uzbek = act("UZ", ActKind::Signature, "2021-12-06");
    let one = status(&document, std::slice::from_ref(&uzbek), "2024-01-01");
    assert_eq!(
        (one.state, one.since),
        (State::InForce, Some(day("2021-12-06")))
    );
    assert!(one.awaited.is_empty());
    let doubt = &one.warnings[0];
    assert_eq!(doubt.code, WarningCode::NoActOfSignature);
    assert!(doubt.description.contains("KZ") && !doubt.description.contains("UZ"));

    let later = act("KZ", ActKind::Signature, "2021-12-08");
    let both = [uzbek, later];
    assert_eq!(
        status(&document, &both, "2021-12-07").state,
        State::AwaitingSignature
    );
    let signed = status(&document, &both, "2021-12-08");
    assert_eq!(signed.entry_date, Some(day("2021-12-08")));
    assert!(!warns(&signed, WarningCode::NoActOfSignature));
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
