//! Worked cases: several notices, notices from before entry into force, and what a party that has left still counts for.

use super::{Worked, effective, notice, worked};
use crate::domain::{
    Act, ActKind, DurationRule, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, received, signed},
    },
};

const NOTICE: ActKind = ActKind::DenunciationNotice;
const WITHDRAWAL: ActKind = ActKind::DenunciationWithdrawal;

const CLAUSE: &str = "A Party may denounce this Agreement by written notification; it ceases to be bound six months after the other Parties \
     have received that notification.";

const SIX: DurationRule = DurationRule::Indefinite {
    notice_months: Some(6),
};

/// An agreement in force since 1 January 2020 that a party leaves six months after a notice.
fn case(name: &'static str, because: &'static str, acts: impl IntoIterator<Item = Act>) -> Worked {
    worked(name)
        .clause(CLAUSE)
        .because(because)
        .rule(EntryRule::OnSignature)
        .lasting(SIX)
        .acts(signed("2020-01-01"))
        .acts(acts)
}

/// The same between three parties, of which Uzbekistan leaves on 1 July 2021.
fn of_three(
    name: &'static str,
    because: &'static str,
    acts: impl IntoIterator<Item = Act>,
) -> Worked {
    let signature = act("KG", ActKind::Signature, "2020-01-01");
    let left = notice("UZ", NOTICE, "2020-12-20", "2021-01-01");
    case(name, because, [signature, left]).of_three().acts(acts)
}

impl Worked {
    fn still_in_force(self, on: &str) -> Self {
        self.on(on, State::InForce)
            .since("2020-01-01")
            .enters("2020-01-01")
    }

    fn has_ended(self, on: &str, since: &str) -> Self {
        self.on(on, State::Terminated)
            .since(since)
            .enters("2020-01-01")
    }
}

pub(super) fn cases() -> Vec<Worked> {
    [several_notices(), before_entry(), after_leaving()].concat()
}

fn several_notices() -> Vec<Worked> {
    vec![
        case(
            "a second notice takes effect before the first",
            "VCLT 54(a) and 78(c): the first notice to take effect ends the treaty; a paper received later revives nothing.",
            [
                notice("KZ", NOTICE, "2021-01-01", "2021-12-01"),
                notice("KZ", NOTICE, "2021-02-01", "2021-02-05"),
            ],
        )
        .still_in_force("2021-08-04")
        .warns(WarningCode::ReceiptNotRecorded)
        .ends("2021-08-04")
        .has_ended("2021-08-05", "2021-08-05")
        .warns(WarningCode::ReceiptNotRecorded)
        .has_ended("2021-12-01", "2021-08-05")
        .has_ended("2022-06-01", "2021-08-05"),
        case(
            "a new notice on the day of a withdrawal",
            "VCLT 68: what is withdrawn is the notice that had been given; the new one of that day runs from its own receipt.",
            [
                notice("KZ", NOTICE, "2020-12-20", "2021-01-01"),
                notice("KZ", WITHDRAWAL, "2021-02-01", "2021-02-01"),
                notice("KZ", NOTICE, "2021-02-01", "2021-02-05"),
            ],
        )
        .still_in_force("2021-08-04")
        .has_ended("2021-08-05", "2021-08-05"),
        case(
            "a notice withdrawn on its own day",
            "VCLT 68: with no earlier notice, it can only be that one which is withdrawn.",
            [
                notice("KZ", NOTICE, "2021-02-01", "2021-02-05"),
                notice("KZ", WITHDRAWAL, "2021-02-01", "2021-02-05"),
            ],
        )
        .still_in_force("2022-01-01"),
    ]
}

fn before_entry() -> Vec<Worked> {
    vec![
        worked("a notice takes effect before the conditions are met")
            .clause("This Agreement shall enter into force on the receipt of the last notification; a Party may denounce it with six months' notice.")
            .because(
                "VCLT 54(a): the notice takes effect on 1 August 2020, so nothing is left that could enter into force; but until the last condition \
                 is met there is no such day, and what was awaited until then stays so.",
            )
            .rule(EntryRule::AfterLastNotification(None))
            .lasting(SIX)
            .acts(signed("2020-01-01"))
            .acts([
                notice("KZ", NOTICE, "2020-01-20", "2020-02-01"),
                received("KZ", "UZ", "2020-03-01"),
                received("UZ", "KZ", "2021-01-01"),
            ])
            .on("2020-12-31", State::AwaitingNotification)
            .since("2020-01-01")
            .awaits("KZ", ActKind::NotificationSent, "2020-01-01")
            .warns(WarningCode::NoticePeriodNotKnown)
            .on("2021-01-01", State::Terminated)
            .since("2021-01-01")
            .enters("2021-01-01")
            .on("2022-01-01", State::Terminated)
            .since("2021-01-01")
            .enters("2021-01-01"),
    ]
}

fn after_leaving() -> Vec<Worked> {
    let terminate = |party| act(party, ActKind::Termination, "2022-07-01");
    vec![
        of_three(
            "one has left and one of the other two suspends",
            "VCLT 57 and 70: between the two that are left, one suspension leaves nothing in operation.",
            [act("KZ", ActKind::Suspension, "2022-01-01")],
        )
        .still_in_force("2021-12-31")
        .on("2022-01-01", State::Suspended)
        .since("2022-01-01")
        .enters("2020-01-01"),
        of_three(
            "one suspends and one of the other two leaves",
            "VCLT 57 and 70: from the day on which one leaves, no two parties perform it.",
            [act("KZ", ActKind::Suspension, "2021-03-01")],
        )
        .still_in_force("2021-06-30")
        .on("2021-07-01", State::Suspended)
        .since("2021-07-01")
        .enters("2020-01-01"),
        of_three(
            "the two that are left agree to end it",
            "VCLT 54(b) and 70: consent of all the parties, and who has left is none.",
            [terminate("KZ"), terminate("KG")],
        )
        .still_in_force("2022-06-30")
        .has_ended("2022-07-01", "2022-07-01"),
        of_three(
            "two agree before the third leaves",
            "VCLT 54(b) and 70: the third's word is awaited as long as it is a party; when it has left, all that are parties agree.",
            ["KZ", "KG"].map(|party| act(party, ActKind::Termination, "2021-05-01")),
        )
        .still_in_force("2021-06-30")
        .awaits("UZ", ActKind::Termination, "2021-05-01")
        .warns(WarningCode::NotAgreedByAll)
        .has_ended("2021-07-01", "2021-07-01"),
        case(
            "two name different days for the end",
            "VCLT 54(b): consent to an end covers the later day only; that the words differ is said.",
            [
                effective("UZ", ActKind::Termination, "2021-01-10", "2021-06-01"),
                effective("KZ", ActKind::Termination, "2021-01-10", "2021-07-01"),
            ],
        )
        .still_in_force("2021-06-30")
        .warns(WarningCode::ContradictingDates)
        .ends("2021-06-30")
        .has_ended("2021-07-01", "2021-07-01")
        .warns(WarningCode::ContradictingDates),
    ]
}
