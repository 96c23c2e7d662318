//! Worked cases of each party's procedure, step by step.

use super::{on_last_notification, with};
use crate::domain::{
    ActKind, DocumentType, EntryRule,
    status::{
        ProcedureState, StageState, Status,
        sample::{act, agreement, day, notified, received, signed, status},
    },
};

/// The stages of a party in few words.
fn stages(status: &Status, party: &str) -> Vec<(ActKind, StageState, Option<String>)> {
    let party = status.parties.iter().find(|it| it.party == party).unwrap();
    let stages = party.stages.iter();
    stages
        .map(|stage| {
            (
                stage.kind,
                stage.state,
                stage.date.map(|day| day.to_string()),
            )
        })
        .collect()
}

#[expect(clippy::unnecessary_wraps, reason = "stages have the day as an option")]
fn on(day: &str) -> Option<String> {
    Some(day.to_owned())
}

#[test]
fn the_whole_way_from_the_approval_of_the_draft_to_the_receipt_of_the_note() {
    let acts = with(
        signed("2021-12-06"),
        [
            act("UZ", ActKind::SignatureAuthorization, "2021-11-20"),
            act("UZ", ActKind::Initialling, "2021-11-25"),
            act("UZ", ActKind::Ratification, "2022-05-06"),
            notified("UZ", "2022-05-10", "2022-05-12"),
        ],
    );
    let status = status(&agreement(on_last_notification(None)), &acts, "2022-06-01");
    assert_eq!(
        stages(&status, "UZ"),
        [
            (
                ActKind::SignatureAuthorization,
                StageState::Done,
                on("2021-11-20")
            ),
            (ActKind::Initialling, StageState::Done, on("2021-11-25")),
            (ActKind::Signature, StageState::Done, on("2021-12-06")),
            (ActKind::Ratification, StageState::Done, on("2022-05-06")),
            (
                ActKind::NotificationSent,
                StageState::Done,
                on("2022-05-10")
            ),
            (
                ActKind::NotificationReceived,
                StageState::Done,
                on("2022-05-12")
            ),
        ]
    );
    assert_eq!(
        stages(&status, "KZ"),
        [
            (ActKind::Signature, StageState::Done, on("2021-12-06")),
            (
                ActKind::DomesticApproval,
                StageState::Outstanding,
                on("2021-12-06")
            ),
            (ActKind::NotificationSent, StageState::ToCome, None),
            (ActKind::NotificationReceived, StageState::ToCome, None),
        ]
    );
}

#[test]
fn a_later_step_shows_the_ones_before() {
    let acts = with(signed("2021-12-06"), [received("KZ", "UZ", "2022-05-12")]);
    let status = status(&agreement(on_last_notification(None)), &acts, "2022-06-01");
    assert_eq!(
        stages(&status, "UZ"),
        [
            (ActKind::Signature, StageState::Done, on("2021-12-06")),
            (ActKind::DomesticApproval, StageState::Implied, None),
            (ActKind::NotificationSent, StageState::Implied, None),
            (
                ActKind::NotificationReceived,
                StageState::Done,
                on("2022-05-12")
            ),
        ]
    );
}

#[test]
fn before_all_have_signed_nothing_but_the_signature_is_outstanding() {
    let acts = [act("UZ", ActKind::Signature, "2021-12-06")];
    let status = status(
        &agreement(EntryRule::AfterExchange(None)),
        &acts,
        "2022-06-01",
    );
    assert_eq!(
        stages(&status, "UZ"),
        [
            (ActKind::Signature, StageState::Done, on("2021-12-06")),
            (ActKind::DomesticApproval, StageState::ToCome, None),
            (ActKind::ExchangeOfInstruments, StageState::ToCome, None),
        ]
    );
    assert_eq!(
        stages(&status, "KZ")[0],
        (
            ActKind::Signature,
            StageState::Outstanding,
            on("2021-12-06")
        )
    );
}

#[test]
fn the_receipt_of_a_note_that_was_sent_is_outstanding_since_then() {
    let acts = with(
        signed("2021-12-06"),
        [act("UZ", ActKind::NotificationSent, "2022-05-10")],
    );
    let status = status(&agreement(on_last_notification(None)), &acts, "2022-06-01");
    assert_eq!(
        stages(&status, "UZ").last(),
        Some(&(
            ActKind::NotificationReceived,
            StageState::Outstanding,
            on("2022-05-10")
        ))
    );
}

#[test]
fn the_register_entrys_day_stands_in_for_a_signature() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.signature_date = Some(day("2021-12-06"));
    let status = status(&document, &[], "2022-06-01");
    assert_eq!(
        stages(&status, "KZ"),
        [(ActKind::Signature, StageState::Implied, on("2021-12-06"))]
    );
}

#[test]
fn the_rule_says_which_steps_there_are() {
    let kinds = |rule, party| {
        let status = status(&agreement(rule), &signed("2021-12-06"), "2022-06-01");
        let stages = stages(&status, party).into_iter();
        stages.map(|(kind, ..)| kind).collect::<Vec<_>>()
    };
    let named = EntryRule::AfterNotificationBy("KZ".to_owned(), None);
    assert_eq!(kinds(named.clone(), "UZ"), [ActKind::Signature]);
    assert_eq!(
        kinds(named, "KZ"),
        [
            ActKind::Signature,
            ActKind::DomesticApproval,
            ActKind::NotificationSent,
            ActKind::NotificationReceived
        ]
    );
    assert_eq!(kinds(EntryRule::OnSignature, "UZ"), [ActKind::Signature]);
    assert_eq!(kinds(EntryRule::Unknown, "UZ"), [ActKind::Signature]);
}

#[test]
fn of_what_has_ended_only_the_steps_taken_are_told() {
    let ended = ["UZ", "KZ"].map(|party| act(party, ActKind::Termination, "2022-01-01"));
    let acts = with(signed("2021-12-06"), ended);
    let status = status(&agreement(on_last_notification(None)), &acts, "2022-06-01");
    assert_eq!(stages(&status, "UZ").len(), 1);
    assert!(status.awaited.is_empty());
}

#[test]
fn a_political_document_that_applies_asks_for_no_signature() {
    let mut document = agreement(EntryRule::Unknown);
    document.content.kind = DocumentType::Declaration;
    document.content.entry_into_force = None;
    let unsigned = status(&document, &[], "2022-06-01");
    assert_eq!(
        stages(&unsigned, "UZ"),
        [(ActKind::Signature, StageState::Outstanding, None)]
    );
    document.content.effective_period = Some(crate::domain::EffectivePeriod {
        start: Some(day("2022-01-01")),
        end: None,
    });
    let applies = status(&document, &[], "2022-06-01");
    assert_eq!(stages(&applies, "UZ"), []);
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
fn a_rule_on_signature_asks_for_no_procedure() {
    let acts = signed("2021-12-06");
    let status = status(&agreement(EntryRule::OnSignature), &acts, "2022-03-01");
    let procedures = status.parties.iter().map(|party| party.procedure);
    assert!(procedures.eq([ProcedureState::NotRequired; 2]));
}
