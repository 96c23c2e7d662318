//! Worked cases of documents that do not enter into force.

use super::warns;
use crate::domain::{
    DocumentType, EffectivePeriod, EntryRule,
    status::{
        State, WarningCode,
        sample::{agreement, day, signed, status},
    },
};

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
fn one_partys_act_of_signature_leaves_a_declaration_effective() {
    let mut document = agreement(EntryRule::Unknown);
    document.content.kind = DocumentType::Declaration;
    document.content.entry_into_force = None;
    document.content.signature_date = Some(day("2021-12-06"));
    let status = status(&document, &signed("2021-12-06")[..1], "2024-01-01");
    assert_eq!(status.state, State::Effective);
    assert!(warns(&status, WarningCode::NoActOfSignature));
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
