//! Worked cases of documents that enter into force with one another.

use super::{on_last_notification, warns, with};
use crate::domain::{
    DocumentType, EntryRule, Offset,
    status::{
        AsOf, Case, Cases, MAX_CHAIN, State, Status, WarningCode,
        sample::{LATE, NAME, agreement, cases, day, received, signed, time},
    },
};

/// A day, with everything known.
fn known_late(on: &str) -> AsOf {
    AsOf {
        day: day(on),
        known: time(LATE),
        recorded_before: None,
    }
}

#[test]
fn a_document_enters_into_force_with_another() {
    let mut other = agreement(EntryRule::OnDate(day("2022-07-01")));
    other.name.document = "other".to_owned();
    let it = agreement(EntryRule::WithDocument(other.name.to_string()));
    let mut cases = cases(&it, &signed("2021-12-06"));
    let ask = |cases: &Cases, on: &str| Status::of(cases, NAME, known_late(on)).unwrap();
    assert!(warns(
        &ask(&cases, "2022-08-01"),
        WarningCode::RuleNotApplicable
    ));
    cases.insert(other.name.to_string(), Case::new(other.clone(), vec![]));
    assert_eq!(
        ask(&cases, "2022-08-01").state,
        State::AwaitingOtherDocument
    );
    cases.insert(
        other.name.to_string(),
        Case::new(other, signed("2021-12-06")),
    );
    let scheduled = ask(&cases, "2022-06-30");
    assert_eq!(
        (scheduled.state, scheduled.since),
        (State::EntryScheduled, Some(day("2021-12-06")))
    );
    assert_eq!(
        ask(&cases, "2022-08-01").entry_date,
        Some(day("2022-07-01"))
    );
}

#[test]
fn entry_with_another_document_is_scheduled_since_the_other_ones_is() {
    let mut other = agreement(on_last_notification(Some(Offset::Months(2))));
    other.name.document = "other".to_owned();
    let it = agreement(EntryRule::WithDocument(other.name.to_string()));
    let mut cases = cases(&it, &signed("2021-12-06"));
    let acts = with(
        signed("2021-12-01"),
        [
            received("KZ", "UZ", "2022-03-15"),
            received("UZ", "KZ", "2022-03-01"),
        ],
    );
    let case = Case::new(other.clone(), acts);
    cases.insert(other.name.to_string(), case);
    let as_of = known_late("2022-04-01");
    let status = Status::of(&cases, NAME, as_of).unwrap();
    assert_eq!(
        (status.state, status.since, status.entry_date),
        (
            State::EntryScheduled,
            Some(day("2022-03-15")),
            Some(day("2022-05-15"))
        )
    );
}

#[test]
fn a_document_does_not_wait_for_a_political_one() {
    let mut other = agreement(EntryRule::Unknown);
    other.name.document = "other".to_owned();
    other.content.kind = DocumentType::Declaration;
    other.content.entry_into_force = None;
    let it = agreement(EntryRule::WithDocument(other.name.to_string()));
    let mut cases = cases(&it, &signed("2021-12-06"));
    let case = Case::new(other.clone(), signed("2021-12-06"));
    cases.insert(other.name.to_string(), case);
    let as_of = known_late("2024-01-01");
    let status = Status::of(&cases, NAME, as_of).unwrap();
    assert_eq!(status.state, State::SignedEntryUnknown);
    assert!(status.awaited.is_empty());
    assert!(warns(&status, WarningCode::RuleNotApplicable));
}

/// The cases of `d0`, which waits for `d1`, and so on; the last enters into force on signature.
fn chain(length: usize) -> Cases {
    let name = |index: usize| format!("partnerships/uz-kz/documents/d{index}");
    let case = |index: usize| {
        let mut document = agreement(if index + 1 == length {
            EntryRule::OnSignature
        } else {
            EntryRule::WithDocument(name(index + 1))
        });
        document.name.document = format!("d{index}");
        let acts = signed("2021-12-06");
        (name(index), Case::new(document, acts))
    };
    (0..length).map(case).collect()
}

#[test]
fn a_chain_of_documents_is_followed_up_to_its_limit_however_many_are_loaded() {
    let as_of = known_late("2024-01-01");
    let ask = |cases: &Cases, index: usize| {
        Status::of(
            cases,
            &format!("partnerships/uz-kz/documents/d{index}"),
            as_of,
        )
        .unwrap()
    };
    assert_eq!(ask(&chain(MAX_CHAIN), 0).state, State::InForce);

    let all = chain(MAX_CHAIN + 1);
    let too_long = ask(&all, 0);
    assert_eq!(too_long.state, State::SignedEntryUnknown);
    assert!(warns(&too_long, WarningCode::RuleNotApplicable));
    assert_eq!(ask(&all, 1).state, State::InForce);

    let mut loaded_for_one = all;
    loaded_for_one.remove(&format!("partnerships/uz-kz/documents/d{MAX_CHAIN}"));
    assert_eq!(ask(&loaded_for_one, 0), too_long);
}

#[test]
fn documents_that_wait_for_each_other_never_enter_into_force() {
    let mut other = agreement(EntryRule::WithDocument(NAME.to_owned()));
    other.name.document = "other".to_owned();
    let it = agreement(EntryRule::WithDocument(other.name.to_string()));
    let mut cases = cases(&it, &signed("2021-12-06"));
    cases.insert(
        other.name.to_string(),
        Case::new(other, signed("2021-12-06")),
    );
    let as_of = known_late("2024-01-01");
    let status = Status::of(&cases, NAME, as_of).unwrap();
    assert_eq!(
        (status.state, status.entry_date),
        (State::SignedEntryUnknown, None)
    );
    assert!(status.awaited.is_empty());
    assert!(warns(&status, WarningCode::RuleNotApplicable));
}
