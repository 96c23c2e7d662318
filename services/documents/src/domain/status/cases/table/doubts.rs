//! Worked cases: sources that disagree, and clauses that nobody has read.

use super::{Worked, worked};
use crate::domain::{
    Act, ActKind, DocumentType, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, day, signed, time},
    },
};

const UNREAD: &str = "The clause on entry into force has not been read.";

pub(super) fn cases() -> Vec<Worked> {
    vec![
        worked("two sources date one signature differently")
            .clause(UNREAD)
            .because("The demarcation treaty of Uzbekistan and Kazakhstan is dated 21 and 22 December 2022 in different sources; both stand, the first counts, and the answer says so.")
            .rule(EntryRule::Unknown)
            .acts(signed("2022-12-22"))
            .acts([act("UZ", ActKind::Signature, "2022-12-21")])
            .on("2024-01-01", State::SignedEntryUnknown)
            .since("2022-12-22")
            .warns(WarningCode::ContradictingDates),
        worked("of two days the register entry names one")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("The editors of the register have chosen; of contradicting acts the one that agrees with the entry counts.")
            .rule(EntryRule::OnSignature)
            .with(|document| document.content.signature_date = Some(day("2022-12-22")))
            .acts(signed("2022-12-22"))
            .acts(signed("2022-12-21").into_iter().map(|act| Act {
                source: crate::domain::Source::default(),
                ..act
            }))
            .on("2022-12-21", State::NotSigned)
            .awaits_signature("UZ")
            .awaits_signature("KZ")
            .warns(WarningCode::ContradictingDates)
            .on("2022-12-22", State::InForce)
            .since("2022-12-22")
            .enters("2022-12-22")
            .warns(WarningCode::ContradictingDates),
        worked("the register entry names another day than the act")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("A party's own act goes before the entry; the difference is said.")
            .rule(EntryRule::OnSignature)
            .with(|document| document.content.signature_date = Some(day("2021-12-07")))
            .acts(signed("2021-12-06"))
            .on("2021-12-31", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .warns(WarningCode::ContradictingDates),
        stated("an official source states another day", "2021-12-07")
            .because("The computed day follows from the clause and the acts; the stated one is shown beside it and flagged.")
            .on("2024-01-01", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .warns(WarningCode::ComputedDiffersFromStated),
        stated("an official source states the same day", "2021-12-06")
            .because("VCLT 24(1): the clause gives the day and the source confirms it.")
            .on("2024-01-01", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06"),
        worked("an official source states a day and the clause is unread")
            .clause(UNREAD)
            .because("The stated day is shown; it is the source's word, and nothing recorded establishes it.")
            .rule(EntryRule::Unknown)
            .with(|document| {
                if let Some(clause) = &mut document.content.entry_into_force {
                    clause.stated_date = Some(day("2022-06-01"));
                }
            })
            .acts(signed("2021-12-06"))
            .on("2024-01-01", State::SignedEntryUnknown)
            .since("2021-12-06"),
        worked("nothing is guessed from an unread clause")
            .clause(UNREAD)
            .because("Signature, approval and time do not make a treaty be in force; whether they suffice stands in the clause.")
            .rule(EntryRule::Unknown)
            .acts(signed("2021-12-06"))
            .acts([
                act("UZ", ActKind::DomesticApproval, "2022-05-06"),
                act("KZ", ActKind::Ratification, "2023-10-19"),
            ])
            .on("2023-01-01", State::SignedEntryUnknown)
            .since("2021-12-06")
            .awaits("KZ", ActKind::DomesticApproval, "2021-12-06")
            .on("2040-01-01", State::SignedEntryUnknown)
            .since("2021-12-06"),
        worked("a type that does not say whether it binds")
            .clause("The type of the document and its clauses are not known.")
            .because("VCLT 2(1)(a): whether it is governed by international law is not known, so neither is its entry into force.")
            .with(|document| {
                document.content.kind = DocumentType::Memorandum;
                document.content.entry_into_force = None;
            })
            .acts(signed("2021-12-06"))
            .on("2024-01-01", State::SignedEntryUnknown)
            .since("2021-12-06"),
        worked("deleted from the register")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("A register entry is no treaty: its deletion ends nothing, and is said.")
            .rule(EntryRule::OnSignature)
            .with(|document| document.deleted = Some(time("2024-01-01T00:00:00Z")))
            .acts(signed("2021-12-06"))
            .on("2024-02-01", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .warns(WarningCode::DocumentDeleted),
    ]
}

fn stated(name: &'static str, date: &str) -> Worked {
    worked(name)
        .clause("This Agreement shall enter into force on the day of its signature.")
        .rule(EntryRule::OnSignature)
        .with(|document| {
            if let Some(clause) = &mut document.content.entry_into_force {
                clause.stated_date = Some(day(date));
            }
        })
        .acts(signed("2021-12-06"))
}
