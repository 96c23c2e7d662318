//! Worked cases: signature and named days.

use super::{Worked, worked};
use crate::domain::{
    ActKind, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, day, signed},
    },
};

#[expect(clippy::too_many_lines, reason = "a table, one case after the other")]
pub(super) fn cases() -> Vec<Worked> {
    vec![
        worked("signed by both on one day")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("VCLT 12(1)(a): consent is expressed by signature where the treaty says so; 24(1): it enters into force as it provides.")
            .rule(EntryRule::OnSignature)
            .acts(signed("2021-12-06"))
            .on("2021-12-05", State::NotSigned)
            .awaits_signature("UZ")
            .awaits_signature("KZ")
            .on("2021-12-06", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06"),
        worked("signed on different days")
            .clause("This Agreement shall enter into force upon signature by both Parties.")
            .because("VCLT 12 and 24(2): consent of all is needed, so the last signature decides.")
            .rule(EntryRule::OnSignature)
            .acts([
                act("UZ", ActKind::Signature, "2021-12-06"),
                act("KZ", ActKind::Signature, "2021-12-08"),
            ])
            .on("2021-12-07", State::AwaitingSignature)
            .since("2021-12-06")
            .awaits("KZ", ActKind::Signature, "2021-12-06")
            .on("2021-12-08", State::InForce)
            .since("2021-12-08")
            .enters("2021-12-08"),
        worked("signed by two of three")
            .clause("This Agreement shall enter into force on the date of the last signature.")
            .because("VCLT 24(2): a treaty of three enters into force when all three have consented.")
            .rule(EntryRule::OnSignature)
            .of_three()
            .acts(signed("2021-12-06"))
            .acts([act("KG", ActKind::Signature, "2022-02-28")])
            .on("2022-02-27", State::AwaitingSignature)
            .since("2021-12-06")
            .awaits("KG", ActKind::Signature, "2021-12-06")
            .on("2022-02-28", State::InForce)
            .since("2022-02-28")
            .enters("2022-02-28"),
        worked("initialled and not signed")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("VCLT 12(2)(a): initialling is a signature only where the states agreed so; here nothing says so.")
            .rule(EntryRule::OnSignature)
            .acts([
                act("UZ", ActKind::Initialling, "2021-11-20"),
                act("KZ", ActKind::Initialling, "2021-11-20"),
            ])
            .on("2021-12-31", State::NotSigned)
            .awaits_signature("UZ")
            .awaits_signature("KZ"),
        worked("authorised and not signed")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("VCLT 7: full powers allow a signature; they are none.")
            .rule(EntryRule::OnSignature)
            .acts([act("UZ", ActKind::SignatureAuthorization, "2021-11-20")])
            .on("2021-12-31", State::NotSigned)
            .awaits_signature("UZ")
            .awaits_signature("KZ"),
        worked("signature known from the register entry alone")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("The register entry states a day of signature; it stands in for the acts that nobody recorded, and the answer says so.")
            .rule(EntryRule::OnSignature)
            .with(|document| document.content.signature_date = Some(day("2021-12-06")))
            .on("2021-12-06", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .warns(WarningCode::NoActOfSignature),
        worked("one signature known by its act, the other from the register entry")
            .clause("This Agreement shall enter into force on the day of its signature.")
            .because("The stated day stands in for each party of which no act of signature is known, and for no other.")
            .rule(EntryRule::OnSignature)
            .with(|document| document.content.signature_date = Some(day("2021-12-06")))
            .acts([act("UZ", ActKind::Signature, "2021-12-06")])
            .on("2021-12-06", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .warns(WarningCode::NoActOfSignature),
        worked("a named day to come")
            .clause("This Agreement shall enter into force on 1 January 2022.")
            .because("VCLT 24(1): upon such date as it provides.")
            .rule(EntryRule::OnDate(day("2022-01-01")))
            .acts(signed("2021-12-06"))
            .on("2021-12-31", State::EntryScheduled)
            .since("2021-12-06")
            .enters("2022-01-01")
            .on("2022-01-01", State::InForce)
            .since("2022-01-01")
            .enters("2022-01-01"),
        worked("the named day is the day of signature")
            .clause("This Agreement shall enter into force on 6 December 2021.")
            .because("VCLT 24(1): both conditions are met on one day, which is the day.")
            .rule(EntryRule::OnDate(day("2021-12-06")))
            .acts(signed("2021-12-06"))
            .on("2021-12-06", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06"),
        worked("signed after the named day")
            .clause("This Agreement shall enter into force on 1 January 2022.")
            .because("VCLT 24(3) and 28: consent given later binds from its own day; a treaty does not bind for the time before unless it says so.")
            .rule(EntryRule::OnDate(day("2022-01-01")))
            .acts(signed("2022-02-01"))
            .on("2022-03-01", State::InForce)
            .since("2022-02-01")
            .enters("2022-02-01")
            .warns(WarningCode::ActBeforePrerequisite),
        worked("one signs before and one after the named day")
            .clause("This Agreement shall enter into force on 1 January 2022.")
            .because("VCLT 24(3): a treaty of two cannot bind one of them alone, so the late signature decides.")
            .rule(EntryRule::OnDate(day("2022-01-01")))
            .acts([
                act("UZ", ActKind::Signature, "2021-12-06"),
                act("KZ", ActKind::Signature, "2022-01-15"),
            ])
            .on("2022-01-10", State::AwaitingSignature)
            .since("2021-12-06")
            .awaits("KZ", ActKind::Signature, "2021-12-06")
            .on("2022-01-15", State::InForce)
            .since("2022-01-15")
            .enters("2022-01-15")
            .warns(WarningCode::ActBeforePrerequisite),
    ]
}
