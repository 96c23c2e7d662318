//! Worked cases: documents that do not bind in law. They have effective dates and no entry into force.

use super::{Worked, both, notice, worked};
use crate::domain::{
    ActKind, DocumentType, EffectivePeriod,
    status::{
        State, WarningCode,
        sample::{act, day, signed},
    },
};

fn political(
    kind: DocumentType,
    period: Option<(Option<&str>, Option<&str>)>,
    case: Worked,
) -> Worked {
    case.with(|document| {
        document.content.kind = kind;
        document.content.entry_into_force = None;
        document.content.effective_period = period.map(|(start, end)| EffectivePeriod {
            start: start.map(day),
            end: end.map(day),
        });
    })
}

pub(super) fn cases() -> Vec<Worked> {
    [by_dates(), acted_upon()].concat()
}

fn by_dates() -> Vec<Worked> {
    let roadmap = Some((Some("2022-01-01"), Some("2023-12-31")));
    vec![
        political(
            DocumentType::Declaration,
            None,
            worked("a declaration")
                .clause("The Parties declare their allied relations.")
                .because("VCLT 2(1)(a): no treaty, so nothing enters into force; it applies from its signature.")
                .acts(signed("2021-12-06")),
        )
        .on("2021-12-06", State::Effective)
        .since("2021-12-06"),
        political(
            DocumentType::Roadmap,
            roadmap,
            worked("a roadmap for two years")
                .clause("The Roadmap is carried out in 2022 and 2023.")
                .because("A plan has a first and a last day; both are in it.")
                .acts(signed("2021-12-06")),
        )
        .on("2021-12-06", State::NotYetEffective)
        .since("2021-12-06")
        .on("2022-01-01", State::Effective)
        .since("2022-01-01")
        .on("2023-12-31", State::Effective)
        .since("2022-01-01")
        .on("2024-01-01", State::NoLongerEffective)
        .since("2024-01-01"),
        political(
            DocumentType::Plan,
            Some((Some("2022-01-01"), None)),
            worked("a plan of which only the first day is known")
                .clause("The Plan is carried out from 1 January 2022.")
                .because("No signature is recorded at all; that the plan applies from a day says that it was agreed."),
        )
        .on("2021-12-31", State::NotYetEffective)
        .on("2022-01-01", State::Effective)
        .since("2022-01-01"),
        political(
            DocumentType::Declaration,
            None,
            worked("a declaration that one side has signed")
                .clause("The Parties declare their allied relations.")
                .because("A common declaration is one when all have made it.")
                .acts(signed("2021-12-06").into_iter().take(1)),
        )
        .on("2022-01-01", State::AwaitingSignature)
        .since("2021-12-06")
        .awaits("KZ", ActKind::Signature, "2021-12-06"),
        political(
            DocumentType::Communique,
            None,
            worked("a communique signed as its register entry says")
                .clause("The Parties have agreed on a joint communique.")
                .because("The stated day stands in for the acts, as for any document.")
                .with(|document| document.content.signature_date = Some(day("2021-12-06"))),
        )
        .on("2022-01-01", State::Effective)
        .since("2021-12-06")
        .warns(WarningCode::NoActOfSignature),
        political(
            DocumentType::Programme,
            roadmap,
            worked("a programme given up by both")
                .clause("The Programme is carried out in 2022 and 2023.")
                .because("What all have agreed all can end.")
                .acts(signed("2021-12-06"))
                .acts(both(ActKind::Termination, "2022-09-01")),
        )
        .on("2022-09-01", State::Terminated)
        .since("2022-09-01"),
        political(
            DocumentType::Programme,
            roadmap,
            worked("a programme that one side wanted to give up, and that came to its end")
                .clause("The Programme is carried out in 2022 and 2023.")
                .because("The other side's agreement is awaited while there is something to end, and no longer.")
                .acts(signed("2021-12-06"))
                .acts(both(ActKind::Termination, "2022-09-01").into_iter().take(1)),
        )
        .on("2022-09-01", State::Effective)
        .since("2022-01-01")
        .awaits("KZ", ActKind::Termination, "2022-09-01")
        .warns(WarningCode::NotAgreedByAll)
        .on("2024-01-01", State::NoLongerEffective)
        .since("2024-01-01")
        .warns(WarningCode::NotAgreedByAll),
    ]
}

/// Acts of the parties about a plan of 2020.
fn acted_upon() -> Vec<Worked> {
    vec![
        political(
            DocumentType::Plan,
            Some((Some("2020-01-01"), None)),
            worked("a plan of which all say that it has expired")
                .clause("The plan names no last day.")
                .because("No treaty, but what all parties say of their own plan is their word on it.")
                .acts(both(ActKind::Signature, "2020-01-01"))
                .acts(both(ActKind::Expiry, "2020-07-01")),
        )
        .on("2020-06-30", State::Effective)
        .since("2020-01-01")
        .on("2020-07-01", State::NoLongerEffective)
        .since("2020-07-01"),
        political(
            DocumentType::Plan,
            Some((Some("2020-01-01"), Some("2022-12-31"))),
            worked("a plan that one states to have ended on another day")
                .clause("The plan applies until 31 December 2022.")
                .because("The day in the plan decides; the other is said to be doubtful.")
                .acts(both(ActKind::Signature, "2020-01-01"))
                .acts([act("UZ", ActKind::Expiry, "2020-07-01")]),
        )
        .on("2020-08-01", State::Effective)
        .since("2020-01-01")
        .warns(WarningCode::ContradictingDates),
        political(
            DocumentType::Plan,
            Some((Some("2020-01-01"), None)),
            worked("a plan that is suspended and denounced")
                .clause("The plan names no last day.")
                .because("VCLT 2(1)(a): what does not bind is neither suspended nor denounced; that such acts are recorded is said.")
                .acts(both(ActKind::Signature, "2020-01-01"))
                .acts(both(ActKind::Suspension, "2020-05-01"))
                .acts([notice("KZ", ActKind::DenunciationNotice, "2020-07-20", "2020-08-01")]),
        )
        .on("2021-06-01", State::Effective)
        .since("2020-01-01")
        .warns(WarningCode::ActWithoutEffect),
    ]
}
