//! Worked cases: acts that come in another order than they should.

use super::{Worked, both, worked};
use crate::domain::{
    ActKind, EntryRule, Offset,
    status::{
        State, WarningCode,
        sample::{act, notified, received, signed},
    },
};

pub(super) fn cases() -> Vec<Worked> {
    let last = |offset| EntryRule::AfterLastNotification(offset);
    vec![
        worked("notified before the signature")
            .clause("This Agreement shall enter into force ten days after the receipt of the last notification.")
            .because("VCLT 24(3): there is nothing to bind before the signature, so the time runs from it; ten days after 1 June is 11 June.")
            .rule(last(Some(Offset::Days(10))))
            .acts(signed("2022-06-01"))
            .acts([
                received("KZ", "UZ", "2022-03-15"),
                received("UZ", "KZ", "2022-04-01"),
            ])
            .on("2022-06-10", State::EntryScheduled)
            .since("2022-06-01")
            .enters("2022-06-11")
            .on("2022-06-11", State::InForce)
            .since("2022-06-11")
            .enters("2022-06-11"),
        worked("one signature after the last notification")
            .clause("This Agreement shall enter into force on the first day of the month following the receipt of the last notification.")
            .because("VCLT 24(3): the late signature of 30 June is the last condition, and the next month begins on 1 July.")
            .rule(last(Some(Offset::FirstDayOfMonth(1))))
            .acts([
                act("UZ", ActKind::Signature, "2022-01-01"),
                act("KZ", ActKind::Signature, "2022-06-30"),
                received("KZ", "UZ", "2022-02-01"),
                received("UZ", "KZ", "2022-03-01"),
            ])
            .on("2022-07-01", State::InForce)
            .since("2022-07-01")
            .enters("2022-07-01"),
        worked("signed after the treaty would have been in force")
            .clause("This Agreement shall enter into force on the receipt of the last notification.")
            .because("VCLT 24(3): whoever consents after the conditions were met is bound from that consent.")
            .rule(last(None))
            .acts([
                act("UZ", ActKind::Signature, "2021-12-06"),
                act("KZ", ActKind::Signature, "2023-02-01"),
                received("KZ", "UZ", "2022-03-15"),
                received("UZ", "KZ", "2022-04-01"),
            ])
            .on("2023-01-31", State::AwaitingSignature)
            .since("2021-12-06")
            .awaits("KZ", ActKind::Signature, "2021-12-06")
            .on("2023-02-01", State::InForce)
            .since("2023-02-01")
            .enters("2023-02-01"),
        worked("ratified before the signature")
            .clause("This Agreement shall enter into force on the exchange of instruments of ratification.")
            .because("VCLT 14: a State ratifies what it has signed; the order is doubtful and is said, the exchange counts all the same.")
            .rule(EntryRule::AfterExchange(None))
            .acts(signed("2021-12-06"))
            .acts([act("UZ", ActKind::Ratification, "2021-11-01")])
            .acts(both(ActKind::ExchangeOfInstruments, "2022-03-01"))
            .on("2022-03-01", State::InForce)
            .since("2022-03-01")
            .enters("2022-03-01")
            .warns(WarningCode::ActBeforePrerequisite),
        worked("notified before the procedure was complete")
            .clause("This Agreement shall enter into force on the receipt of the last notification that internal procedures are complete.")
            .because("The other side may rely on the notification it received (VCLT 46: internal law is no excuse); the order is said to be doubtful.")
            .rule(last(None))
            .acts(signed("2021-12-06"))
            .acts([
                notified("UZ", "2022-01-10", "2022-01-20"),
                act("UZ", ActKind::DomesticApproval, "2022-05-06"),
                notified("KZ", "2022-01-11", "2022-01-21"),
            ])
            .on("2022-06-01", State::InForce)
            .since("2022-01-21")
            .enters("2022-01-21")
            .warns(WarningCode::ActBeforePrerequisite),
        worked("received before it was sent")
            .clause("This Agreement shall enter into force on the receipt of the last notification.")
            .because("One of the two days is wrong; the receiver's word on its own act counts, and the answer says that the days do not fit.")
            .rule(last(None))
            .acts(signed("2021-12-06"))
            .acts([
                act("UZ", ActKind::NotificationSent, "2022-02-10"),
                received("KZ", "UZ", "2022-02-01"),
                received("UZ", "KZ", "2022-03-01"),
            ])
            .on("2022-03-01", State::InForce)
            .since("2022-03-01")
            .enters("2022-03-01")
            .warns(WarningCode::ActBeforePrerequisite),
        worked("resumed before it was suspended")
            .clause("Each Party may suspend the operation of this Agreement by written notice and resume it likewise.")
            .because("VCLT 57(a): there was nothing to resume, so the later suspension stands.")
            .rule(EntryRule::OnSignature)
            .acts(signed("2020-01-01"))
            .acts([
                act("UZ", ActKind::Resumption, "2020-05-01"),
                act("UZ", ActKind::Suspension, "2020-06-01"),
            ])
            .on("2020-07-01", State::Suspended)
            .since("2020-06-01")
            .enters("2020-01-01")
            .warns(WarningCode::ActBeforePrerequisite),
    ]
}
