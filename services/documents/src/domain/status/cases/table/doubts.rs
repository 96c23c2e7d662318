//! Worked cases: sources that disagree, and clauses that nobody has read.

use super::{Worked, worked};
use crate::domain::{
    Act, ActKind, DocumentType, DurationRule, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, day, signed, time},
    },
};

const UNREAD: &str = "The clause on entry into force has not been read.";

#[expect(clippy::too_many_lines, reason = "a table, one case after the other")]
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
            .on("2022-05-31", State::SignedEntryUnknown)
            .since("2021-12-06")
            .on("2024-01-01", State::SignedEntryUnknown)
            .since("2021-12-06")
            .warns(WarningCode::StatedEntryNotEstablished),
        worked("an official source states a day and notifications are not recorded")
            .clause("This Agreement shall enter into force on the receipt of the last notification.")
            .because("Either acts are missing in the register or the source is wrong; until that is settled, the answer says both.")
            .rule(EntryRule::AfterLastNotification(None))
            .with(|document| {
                if let Some(clause) = &mut document.content.entry_into_force {
                    clause.stated_date = Some(day("2016-05-05"));
                }
                document.content.duration = Some(DurationRule::Until(day("2017-12-31")));
            })
            .acts(signed("2016-01-01"))
            .on("2016-05-04", State::AwaitingNotification)
            .since("2016-01-01")
            .awaits("UZ", ActKind::NotificationSent, "2016-01-01")
            .awaits("KZ", ActKind::NotificationSent, "2016-01-01")
            .on("2016-05-05", State::AwaitingNotification)
            .since("2016-01-01")
            .awaits("UZ", ActKind::NotificationSent, "2016-01-01")
            .awaits("KZ", ActKind::NotificationSent, "2016-01-01")
            .warns(WarningCode::StatedEntryNotEstablished)
            .on("2018-01-01", State::Expired)
            .since("2018-01-01")
            .warns(WarningCode::StatedEntryNotEstablished),
        worked("nothing is guessed from an unread clause")
            .clause(UNREAD)
            .because("Signature, approval and time do not make a treaty be in force, and one party's approval does not oblige the other to give one; what is needed stands in the clause.")
            .rule(EntryRule::Unknown)
            .acts(signed("2021-12-06"))
            .acts([
                act("UZ", ActKind::DomesticApproval, "2022-05-06"),
                act("KZ", ActKind::Ratification, "2023-10-19"),
            ])
            .on("2023-01-01", State::SignedEntryUnknown)
            .since("2021-12-06")
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

/// Acts that are dated before what they depend on, or that change nothing because it is not there.
pub(super) fn misplaced() -> Vec<Worked> {
    let in_force = |name, because| {
        worked(name)
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because(because)
            .rule(EntryRule::OnSignature)
            .acts(signed("2021-12-06"))
    };
    let told = |case: Worked, code| {
        case.on("2024-01-01", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .warns(code)
    };
    let mut cases = Vec::new();
    for (name, kind) in [
        (
            "a resumption of what was not suspended",
            ActKind::Resumption,
        ),
        (
            "a withdrawal of a notice that was not given",
            ActKind::DenunciationWithdrawal,
        ),
        (
            "an end of provisional application that did not begin",
            ActKind::ProvisionalApplicationEnd,
        ),
    ] {
        let case = in_force(name, "VCLT 68: only what was done can be taken back.");
        let act = Act {
            receipt: Some(day("2022-02-02")),
            ..act("UZ", kind, "2022-02-01")
        };
        cases.push(told(case.acts([act]), WarningCode::ActWithoutEffect));
    }
    for (name, kind) in [
        ("an amendment before the signature", ActKind::Amendment),
        ("an expiry before the signature", ActKind::Expiry),
    ] {
        let case = in_force(
            name,
            "VCLT 39 and 54: parties change or end what they have concluded.",
        );
        let case = case.acts(["UZ", "KZ"].map(|party| act(party, kind, "2021-01-01")));
        cases.push(if kind == ActKind::Expiry {
            case.on("2024-01-01", State::Expired)
                .since("2021-01-01")
                .enters("2021-12-06")
                .warns(WarningCode::ActBeforePrerequisite)
        } else {
            told(case, WarningCode::ActBeforePrerequisite)
        });
    }
    cases.push(
        in_force(
            "a suspension before the signature",
            "VCLT 57: what is not concluded has no operation; the act stands, and its day is doubtful.",
        )
        .acts([act("UZ", ActKind::Suspension, "2021-01-01")])
        .on("2024-01-01", State::Suspended)
        .since("2021-12-06")
        .enters("2021-12-06")
        .warns(WarningCode::ActBeforePrerequisite),
    );
    cases.push(
        in_force(
            "a withdrawal of the other party's notice",
            "VCLT 68: a notice is its sender's to revoke.",
        )
        .lasting(DurationRule::Indefinite {
            notice_months: Some(6),
        })
        .acts([
            Act {
                receipt: Some(day("2022-02-01")),
                ..act("KZ", ActKind::DenunciationNotice, "2022-02-01")
            },
            Act {
                receipt: Some(day("2022-03-01")),
                ..act("UZ", ActKind::DenunciationWithdrawal, "2022-03-01")
            },
        ])
        .on("2022-07-31", State::InForce)
        .since("2021-12-06")
        .enters("2021-12-06")
        .warns(WarningCode::ActWithoutEffect),
    );
    cases.push(
        worked("a suspension under an unread clause")
            .clause(UNREAD)
            .because("Whether there is an operation to suspend is not known, and the answer says that the act is there.")
            .rule(EntryRule::Unknown)
            .acts(signed("2021-12-06"))
            .acts([act("UZ", ActKind::Suspension, "2022-02-01")])
            .on("2024-01-01", State::SignedEntryUnknown)
            .since("2021-12-06")
            .warns(WarningCode::ActWithoutEffect),
    );
    cases
}

/// Amendments, which all parties agree to.
pub(super) fn amended() -> Vec<Worked> {
    let amended = |party, date| act(party, ActKind::Amendment, date);
    vec![
        worked("an amendment that one party has agreed to, and then the other, twice")
            .clause("This Agreement may be amended by agreement of the Parties.")
            .because("VCLT 39: a treaty is amended by agreement between the parties; the acts pair up in the order of their days.")
            .rule(EntryRule::OnSignature)
            .acts(signed("2021-12-06"))
            .acts([
                amended("UZ", "2022-02-01"),
                amended("KZ", "2022-03-01"),
                amended("KZ", "2023-02-01"),
            ])
            .on("2022-02-28", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .awaits("KZ", ActKind::Amendment, "2022-02-01")
            .warns(WarningCode::NotAgreedByAll)
            .on("2022-03-01", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .on("2023-02-01", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .awaits("UZ", ActKind::Amendment, "2023-02-01")
            .warns(WarningCode::NotAgreedByAll),
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
