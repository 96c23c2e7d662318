//! Worked cases: documents that enter into force with one another.

use super::{Worked, both, other, worked};
use crate::domain::{
    ActKind, DocumentType, EntryRule, Offset,
    status::{
        Case, Standing, State, WarningCode,
        sample::{NAME, act, agreement, day, received, signed},
    },
};

const CLAUSE: &str = "This Protocol shall enter into force simultaneously with the Agreement.";

fn case(name: &'static str, because: &'static str) -> Worked {
    worked(name)
        .clause(CLAUSE)
        .because(because)
        .rule(EntryRule::WithDocument(other("agreement")))
}

pub(super) fn cases() -> Vec<Worked> {
    let mut cases = followed();
    cases.extend(not_followed());
    cases.extend(ended_before());
    cases
}

fn followed() -> Vec<Worked> {
    let july = EntryRule::OnDate(day("2022-07-01"));
    vec![
        case(
            "with an agreement of a named day",
            "VCLT 24(1): the Protocol takes its day from the Agreement.",
        )
        .acts(signed("2021-12-06"))
        .beside("agreement", july.clone(), signed("2021-12-06"))
        .on("2022-06-30", State::EntryScheduled)
        .since("2021-12-06")
        .enters("2022-07-01")
        .on("2022-07-01", State::InForce)
        .since("2022-07-01")
        .enters("2022-07-01"),
        case(
            "with an agreement two months after its last notification",
            "VCLT 24(1): both are scheduled since the day on which the Agreement's last condition was met.",
        )
        .acts(signed("2021-12-06"))
        .beside(
            "agreement",
            EntryRule::AfterLastNotification(Some(Offset::Months(2))),
            [
                signed("2021-12-01"),
                vec![
                    received("KZ", "UZ", "2022-03-15"),
                    received("UZ", "KZ", "2022-03-01"),
                ],
            ]
            .concat(),
        )
        .on("2022-03-14", State::AwaitingOtherDocument)
        .since("2021-12-06")
        .awaits_other("2021-12-06")
        .on("2022-04-01", State::EntryScheduled)
        .since("2022-03-15")
        .enters("2022-05-15"),
        case(
            "signed after the agreement had entered into force",
            "VCLT 24(3): the Protocol cannot bind before it is signed.",
        )
        .acts(signed("2023-03-01"))
        .beside("agreement", july.clone(), signed("2021-12-06"))
        .on("2023-03-01", State::InForce)
        .since("2023-03-01")
        .enters("2023-03-01"),
        case(
            "the agreement is not signed by all",
            "VCLT 24(2): the Agreement waits for a signature, and the Protocol for the Agreement.",
        )
        .acts(signed("2021-12-06"))
        .beside("agreement", july.clone(), vec![act("UZ", ActKind::Signature, "2021-12-06")])
        .on("2023-01-01", State::AwaitingOtherDocument)
        .since("2021-12-06")
        .awaits_other("2021-12-06"),
        case(
            "through a second document",
            "VCLT 24(1): each takes its day from the next.",
        )
        .acts(signed("2021-12-06"))
        .beside(
            "agreement",
            EntryRule::WithDocument(other("treaty")),
            signed("2021-12-07"),
        )
        .beside("treaty", july, signed("2021-12-08"))
        .on("2022-07-01", State::InForce)
        .since("2022-07-01")
        .enters("2022-07-01"),
        case(
            "the agreement's clause has not been read",
            "Nothing is known of the Agreement's day, so nothing of the Protocol's; it waits.",
        )
        .acts(signed("2021-12-06"))
        .beside("agreement", EntryRule::Unknown, signed("2021-12-06"))
        .on("2023-01-01", State::AwaitingOtherDocument)
        .since("2021-12-06")
        .awaits_other("2021-12-06"),
    ]
}

/// The other document ends before this one could enter into force with it.
fn ended_before() -> Vec<Worked> {
    let terminated = || both(ActKind::Termination, "2022-03-01");
    let refused = |case: Worked, on: &str| {
        case.on(on, State::SignedEntryUnknown)
            .since("2021-12-06")
            .warns(WarningCode::RuleNotApplicable)
    };
    let scheduled = case(
        "the agreement is terminated before its day",
        "VCLT 24(1): the Protocol enters into force with the Agreement, which never does.",
    )
    .acts(signed("2021-12-06"))
    .beside(
        "agreement",
        EntryRule::OnDate(day("2022-07-01")),
        [signed("2021-12-06"), terminated()].concat(),
    )
    .on("2022-02-28", State::EntryScheduled)
    .since("2021-12-06")
    .enters("2022-07-01");
    let awaited = case(
        "the agreement is terminated while it waits",
        "VCLT 24(1) and 54(b): nobody owes the exchange any more, so nothing is left to wait for.",
    )
    .acts(signed("2021-12-06"))
    .beside(
        "agreement",
        EntryRule::AfterExchange(None),
        [signed("2021-12-06"), terminated()].concat(),
    )
    .on("2022-02-28", State::AwaitingOtherDocument)
    .since("2021-12-06")
    .awaits_other("2021-12-06");
    let late = case(
        "the agreement had ended before the protocol was signed",
        "VCLT 24(1): a Protocol to what has ended does not enter into force with it; what the parties meant is not decided here.",
    )
    .acts(signed("2021-12-06"))
    .beside(
        "agreement",
        EntryRule::OnSignature,
        [signed("2010-01-01"), both(ActKind::Termination, "2011-01-01")].concat(),
    );
    let after = case(
        "the agreement ends after both have entered into force",
        "VCLT 70: the end of one treaty ends another only where that one says so.",
    )
    .acts(signed("2021-12-06"))
    .beside(
        "agreement",
        EntryRule::OnSignature,
        [signed("2021-12-06"), terminated()].concat(),
    )
    .on("2023-01-01", State::InForce)
    .since("2021-12-06")
    .enters("2021-12-06");
    let mut cases = vec![after];
    cases.extend(
        [scheduled, awaited].map(|case| refused(refused(case, "2022-03-01"), "2023-01-01")),
    );
    cases.push(refused(late, "2022-01-01"));
    cases
}

fn not_followed() -> Vec<Worked> {
    let unknown = |case: Worked, code| {
        case.acts(signed("2021-12-06"))
            .on("2024-01-01", State::SignedEntryUnknown)
            .since("2021-12-06")
            .warns(code)
    };
    let mut declaration = agreement(EntryRule::Unknown);
    declaration.content.kind = DocumentType::Declaration;
    declaration.content.entry_into_force = None;
    let hidden = Case {
        standing: Standing::Hidden,
        ..Case::new(agreement(EntryRule::OnSignature), signed("2021-12-06"))
    };
    vec![
        unknown(
            case(
                "two documents that wait for each other",
                "Neither clause can be met first; no day follows, and the answer says that the rule cannot be followed.",
            )
            .beside("agreement", EntryRule::WithDocument(NAME.to_owned()), signed("2021-12-06")),
            WarningCode::RuleNotApplicable,
        ),
        unknown(
            case(
                "three documents in a circle",
                "As with two; the circle is found wherever it closes.",
            )
            .beside("agreement", EntryRule::WithDocument(other("annex")), signed("2021-12-06"))
            .beside("annex", EntryRule::WithDocument(other("agreement")), signed("2021-12-06")),
            WarningCode::RuleNotApplicable,
        ),
        unknown(
            case(
                "with a political declaration",
                "VCLT 2(1)(a): a declaration that is not governed by international law does not enter into force.",
            )
            .beside_case("agreement", Case::new(declaration, signed("2021-12-06"))),
            WarningCode::RuleNotApplicable,
        ),
        unknown(
            case(
                "with a document that nobody registered",
                "Nothing is known of it, and nothing is guessed.",
            ),
            WarningCode::RuleNotApplicable,
        ),
        unknown(
            case(
                "with a document that the caller may not read",
                "The caller would learn the hidden document's day from this one's; so neither is told.",
            )
            .beside_case("agreement", hidden.clone()),
            WarningCode::OtherDocumentNotDisclosed,
        ),
        unknown(
            case(
                "through another with a document that the caller may not read",
                "As before, from any place in the chain.",
            )
            .beside("agreement", EntryRule::WithDocument(other("treaty")), signed("2021-12-06"))
            .beside_case("treaty", hidden),
            WarningCode::OtherDocumentNotDisclosed,
        ),
    ]
}
