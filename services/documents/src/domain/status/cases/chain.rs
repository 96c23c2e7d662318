//! How far a chain of documents is followed. What follows along it stands in the table.

use super::warns;
use crate::domain::{
    EntryRule,
    status::{
        AsOf, Case, Cases, MAX_CHAIN, State, Status, WarningCode,
        sample::{LATE, agreement, day, signed, time},
    },
};

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
    let as_of = AsOf {
        day: day("2024-01-01"),
        known: time(LATE),
        recorded_before: None,
    };
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
