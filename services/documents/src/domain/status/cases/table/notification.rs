//! Worked cases: notifications and their receipt.

use super::{Worked, notice, worked};
use crate::domain::{
    ActKind, EntryRule, Offset,
    status::{
        State, WarningCode,
        sample::{act, notified, received, signed},
    },
};

const LAST: EntryRule = EntryRule::AfterLastNotification(None);

const CLAUSE: &str = "This Agreement shall enter into force on the date of receipt, through diplomatic channels, of the last written \
     notification that the Parties have completed their internal procedures.";

pub(super) fn cases() -> Vec<Worked> {
    let mut cases = bilateral();
    cases.extend(named_party());
    cases.extend(of_three());
    cases
}

#[expect(clippy::too_many_lines, reason = "a table, one case after the other")]
fn bilateral() -> Vec<Worked> {
    vec![
        worked("received on different days")
            .clause(CLAUSE)
            .because("VCLT 24(1) and 78: the last receipt is the day that the clause names.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                received("KZ", "UZ", "2022-03-15"),
                received("UZ", "KZ", "2022-04-01"),
            ])
            .on("2022-03-31", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("KZ", ActKind::NotificationSent, "2021-12-06")
            .on("2022-04-01", State::InForce)
            .since("2022-04-01")
            .enters("2022-04-01"),
        worked("received on the same day")
            .clause(CLAUSE)
            .because("VCLT 24(1): where two are the last, their common day is.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                received("KZ", "UZ", "2022-03-15"),
                received("UZ", "KZ", "2022-03-15"),
            ])
            .on("2022-03-15", State::InForce)
            .since("2022-03-15")
            .enters("2022-03-15"),
        worked("receipt counts, not sending")
            .clause(CLAUSE)
            .because("VCLT 78(b) and (c): a notification is made, and has effect, when it is received.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                notified("UZ", "2022-01-10", "2022-01-20"),
                notified("KZ", "2022-01-15", "2022-02-01"),
            ])
            .on("2022-01-31", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("UZ", ActKind::NotificationReceived, "2022-01-15")
            .warns(WarningCode::ReceiptNotRecorded)
            .on("2022-02-01", State::InForce)
            .since("2022-02-01")
            .enters("2022-02-01"),
        worked("sent, and the receipt is not known")
            .clause(CLAUSE)
            .because("VCLT 78(c): without receipt there is no notification yet; nothing is assumed about the post.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                notified("UZ", "2022-01-10", "2022-01-20"),
                act("KZ", ActKind::NotificationSent, "2022-01-15"),
            ])
            .on("2023-01-01", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("UZ", ActKind::NotificationReceived, "2022-01-15")
            .warns(WarningCode::ReceiptNotRecorded),
        worked("sender and receiver name different days of receipt")
            .clause(CLAUSE)
            .because("VCLT 78(c): it is received by the State for which it was intended; that State's word on its own act decides.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                notified("UZ", "2022-01-10", "2022-01-20"),
                received("KZ", "UZ", "2022-01-25"),
                received("UZ", "KZ", "2022-01-05"),
            ])
            .on("2022-12-31", State::InForce)
            .since("2022-01-25")
            .enters("2022-01-25")
            .warns(WarningCode::ContradictingDates),
        worked("one party notifies twice")
            .clause(CLAUSE)
            .because("The condition was met by the first notification; a second adds nothing to a condition that is met.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                received("KZ", "UZ", "2022-03-15"),
                received("KZ", "UZ", "2022-09-01"),
                received("UZ", "KZ", "2022-04-01"),
            ])
            .on("2022-12-31", State::InForce)
            .since("2022-04-01")
            .enters("2022-04-01")
            .warns(WarningCode::RepeatedAct),
        worked("one party sends a second note before the other answers")
            .clause(CLAUSE)
            .because("As before, by the sender's own word: the receipt of the first note counts.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                notified("UZ", "2022-01-10", "2022-01-20"),
                notified("UZ", "2022-05-10", "2022-05-20"),
                notified("KZ", "2022-03-01", "2022-03-03"),
            ])
            .on("2022-12-31", State::InForce)
            .since("2022-03-03")
            .enters("2022-03-03")
            .warns(WarningCode::RepeatedAct),
        worked("one party notifies, twice, and the other never")
            .clause(CLAUSE)
            .because("VCLT 24(2): two notifications of one party are not one of each.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                received("KZ", "UZ", "2022-03-15"),
                received("KZ", "UZ", "2022-09-01"),
            ])
            .on("2024-01-01", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("KZ", ActKind::NotificationSent, "2021-12-06")
            .warns(WarningCode::RepeatedAct),
        worked("ratified, and the notification outstanding")
            .clause(CLAUSE)
            .because("VCLT 14 and 16(c): ratification at home binds abroad when the other side is notified; it is owed since the ratification.")
            .rule(LAST)
            .acts(signed("2021-12-06"))
            .acts([
                act("UZ", ActKind::Ratification, "2022-05-06"),
                received("UZ", "KZ", "2022-04-01"),
            ])
            .on("2023-01-01", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("UZ", ActKind::NotificationSent, "2022-05-06"),
        worked("thirty days after the last notification")
            .clause("This Agreement shall enter into force thirty days after the receipt of the last written notification.")
            .because("ETS 76, article 3: the day of receipt is not counted; thirty days after 1 April is 1 May.")
            .rule(EntryRule::AfterLastNotification(Some(Offset::Days(30))))
            .acts(signed("2021-12-06"))
            .acts([
                received("KZ", "UZ", "2022-03-15"),
                received("UZ", "KZ", "2022-04-01"),
            ])
            .on("2022-04-30", State::EntryScheduled)
            .since("2022-04-01")
            .enters("2022-05-01")
            .on("2022-05-01", State::InForce)
            .since("2022-05-01")
            .enters("2022-05-01"),
    ]
}

fn named_party() -> Vec<Worked> {
    let by = |offset| EntryRule::AfterNotificationBy("KZ".to_owned(), offset);
    vec![
        worked("the notification of one named party")
            .clause("This Agreement shall enter into force on the day on which the Uzbek Side receives the notification of the Kazakh Side that \
                     its internal procedures are complete.")
            .because("VCLT 24(1): the clause asks for one notification, so the other party owes none.")
            .rule(by(None))
            .acts(signed("2021-12-06"))
            .acts([notice("KZ", ActKind::NotificationSent, "2022-04-20", "2022-04-30")])
            .on("2022-04-19", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("KZ", ActKind::NotificationSent, "2021-12-06")
            .on("2022-04-30", State::InForce)
            .since("2022-04-30")
            .enters("2022-04-30"),
        worked("one day after the notification of one named party")
            .clause("This Agreement shall enter into force on the day following the receipt of the notification of the Kazakh Side.")
            .because("ETS 76, article 3: one day after 30 April is 1 May.")
            .rule(by(Some(Offset::Days(1))))
            .acts(signed("2021-12-06"))
            .acts([received("UZ", "KZ", "2022-04-30")])
            .on("2022-04-30", State::EntryScheduled)
            .since("2022-04-30")
            .enters("2022-05-01")
            .on("2022-05-01", State::InForce)
            .since("2022-05-01")
            .enters("2022-05-01"),
        worked("the wrong party notifies")
            .clause("This Agreement shall enter into force on the first day of the month following the receipt of the notification of the Kazakh Side.")
            .because("VCLT 24(1): the named party's notification is the condition; the other one's is none.")
            .rule(by(Some(Offset::FirstDayOfMonth(1))))
            .acts(signed("2021-12-06"))
            .acts([received("KZ", "UZ", "2022-04-30")])
            .on("2022-12-31", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("KZ", ActKind::NotificationSent, "2021-12-06"),
    ]
}

fn of_three() -> Vec<Worked> {
    let signed_by_three = || {
        let third = act("KG", ActKind::Signature, "2021-12-06");
        signed("2021-12-06").into_iter().chain([third])
    };
    vec![
        worked("three parties, one receipt missing")
            .clause("This Agreement shall enter into force one month after each Party has received the notifications of all others.")
            .because("VCLT 78(c): a notification to two States is complete when both have it; the note exists, so its receipt is what is awaited.")
            .rule(EntryRule::AfterLastNotification(Some(Offset::Months(1))))
            .of_three()
            .acts(signed_by_three())
            .acts([
                received("UZ", "KZ", "2022-01-10"),
                received("KG", "KZ", "2022-02-10"),
                received("KZ", "UZ", "2022-03-10"),
                received("KG", "UZ", "2022-04-10"),
                received("UZ", "KG", "2022-05-10"),
            ])
            .on("2022-06-01", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("KZ", ActKind::NotificationReceived, "2022-05-10")
            .warns(WarningCode::ReceiptNotRecorded),
        worked("three parties, every receipt there")
            .clause("This Agreement shall enter into force one month after each Party has received the notifications of all others.")
            .because("VCLT 24(1): the last of the six receipts is on 10 June; one month later is 10 July (ETS 76, article 4(2)).")
            .rule(EntryRule::AfterLastNotification(Some(Offset::Months(1))))
            .of_three()
            .acts(signed_by_three())
            .acts([
                received("UZ", "KZ", "2022-01-10"),
                received("KG", "KZ", "2022-02-10"),
                received("KZ", "UZ", "2022-03-10"),
                received("KG", "UZ", "2022-04-10"),
                received("UZ", "KG", "2022-05-10"),
                received("KZ", "KG", "2022-06-10"),
            ])
            .on("2022-07-09", State::EntryScheduled)
            .since("2022-06-10")
            .enters("2022-07-10")
            .on("2022-07-10", State::InForce)
            .since("2022-07-10")
            .enters("2022-07-10"),
        worked("three parties, by the senders' word")
            .clause("This Agreement shall enter into force when every Party has been notified by every other.")
            .because("A sender that names one day of receipt says it of all it wrote to; nobody has said otherwise.")
            .rule(LAST)
            .of_three()
            .acts(signed_by_three())
            .acts([
                notified("UZ", "2022-01-10", "2022-01-20"),
                notified("KZ", "2022-02-10", "2022-02-20"),
                notified("KG", "2022-03-10", "2022-03-20"),
            ])
            .on("2022-03-20", State::InForce)
            .since("2022-03-20")
            .enters("2022-03-20"),
    ]
}
