//! Worked cases: denunciation and its withdrawal, and the end that all parties agree on.

use super::{Worked, both, effective, notice, worked};
use crate::domain::{
    Act, ActKind, DurationRule, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, day, signed},
    },
};

const NOTICE: ActKind = ActKind::DenunciationNotice;
const WITHDRAWAL: ActKind = ActKind::DenunciationWithdrawal;

const CLAUSE: &str = "This Agreement is concluded for an indefinite period. Either Party may denounce it by written notification; it shall cease to \
     have effect six months after the other Party has received that notification.";

/// An agreement in force since 1 January 2020 that ends six months after a notice.
fn case(name: &'static str, because: &'static str, acts: impl IntoIterator<Item = Act>) -> Worked {
    worked(name)
        .clause(CLAUSE)
        .because(because)
        .rule(EntryRule::OnSignature)
        .lasting(DurationRule::Indefinite {
            notice_months: Some(6),
        })
        .acts(signed("2020-01-01"))
        .acts(acts)
}

impl Worked {
    fn in_force_since_2020(self, on: &str) -> Self {
        self.on(on, State::InForce)
            .since("2020-01-01")
            .enters("2020-01-01")
    }

    fn terminated(self, on: &str, since: &str) -> Self {
        self.on(on, State::Terminated)
            .since(since)
            .enters("2020-01-01")
    }
}

pub(super) fn cases() -> Vec<Worked> {
    let mut cases = denounced();
    cases.extend(withdrawn());
    cases.extend(before_entry());
    cases.extend(agreed());
    cases
}

fn denounced() -> Vec<Worked> {
    let given = || notice("KZ", NOTICE, "2023-01-20", "2023-01-31");
    vec![
        case(
            "denounced with six months' notice",
            "VCLT 54(a) and 78(c): six months run from the receipt on 31 January and end on 31 July (ETS 76, article 4(2)).",
            [given()],
        )
        .in_force_since_2020("2023-07-30")
        .terminated("2023-07-31", "2023-07-31"),
        case(
            "a notice received on 31 August",
            "ETS 76, article 4(2): February 2023 has no 31st, so its last day.",
            [notice("KZ", NOTICE, "2022-08-20", "2022-08-31")],
        )
        .in_force_since_2020("2023-02-27")
        .terminated("2023-02-28", "2023-02-28"),
        case(
            "a notice that is not known to be received",
            "VCLT 78(c): it has no effect yet.",
            [act("KZ", NOTICE, "2023-01-20")],
        )
        .in_force_since_2020("2024-01-01")
        .warns(WarningCode::ReceiptNotRecorded),
        case(
            "three parties and one leaves",
            "VCLT 55 and 70(2): a treaty of several goes on between the others.",
            [given(), act("KG", ActKind::Signature, "2020-01-01")],
        )
        .of_three()
        .in_force_since_2020("2023-08-01"),
        case(
            "three parties and two leave",
            "VCLT 70: a treaty binds between parties; with one left there is nothing between parties to bind.",
            [
                given(),
                notice("UZ", NOTICE, "2023-03-10", "2023-03-15"),
                act("KG", ActKind::Signature, "2020-01-01"),
            ],
        )
        .of_three()
        .in_force_since_2020("2023-09-14")
        .terminated("2023-09-15", "2023-09-15"),
        case(
            "a clause without a time of notice",
            "VCLT 56(2) asks for twelve months where a treaty is silent and may be denounced at all; which of that holds is not decided here.",
            [given()],
        )
        .lasting(DurationRule::Indefinite {
            notice_months: None,
        })
        .in_force_since_2020("2024-06-01")
        .warns(WarningCode::NoticePeriodNotKnown),
        worked("the ABM Treaty")
            .clause("The Treaty is of unlimited duration; each Party has the right to withdraw, giving notice six months before.")
            .because("Notice given 13 December 2001: https://fas.org/nuke/control/abmt/news/uswithdraw121301.html; in effect 13 June 2002: \
                      http://www.acronym.org.uk/old/archive/docs/0206/doc06.htm. The day of entry into force is stated here as 3 October 1972.")
            .rule(EntryRule::OnDate(day("1972-10-03")))
            .with(|document| document.content.parties = vec!["US".to_owned(), "RU".to_owned()])
            .lasting(DurationRule::Indefinite {
                notice_months: Some(6),
            })
            .acts(["US", "RU"].map(|party| act(party, ActKind::Signature, "1972-05-26")))
            .acts([notice("US", NOTICE, "2001-12-13", "2001-12-13")])
            .on("2002-06-12", State::InForce)
            .since("1972-10-03")
            .enters("1972-10-03")
            .on("2002-06-13", State::Terminated)
            .since("2002-06-13")
            .enters("1972-10-03"),
    ]
}

fn withdrawn() -> Vec<Worked> {
    let given = || notice("KZ", NOTICE, "2023-01-20", "2023-01-31");
    vec![
        case(
            "a denunciation withdrawn on the eve of its effect",
            "VCLT 68: it may be revoked at any time before it takes effect, and the revocation too counts from its receipt.",
            [given(), notice("KZ", WITHDRAWAL, "2023-07-01", "2023-07-30")],
        )
        .in_force_since_2020("2023-07-31")
        .in_force_since_2020("2024-01-01"),
        case(
            "a denunciation withdrawn on the day of its effect",
            "VCLT 68: by then it has taken effect; a new agreement would be needed.",
            [given(), notice("KZ", WITHDRAWAL, "2023-07-01", "2023-07-31")],
        )
        .terminated("2023-08-01", "2023-07-31"),
        case(
            "a withdrawal that is not known to be received",
            "VCLT 78(c): it has no effect, so the denunciation stands.",
            [given(), act("KZ", WITHDRAWAL, "2023-07-01")],
        )
        .terminated("2023-08-01", "2023-07-31")
        .warns(WarningCode::ReceiptNotRecorded),
        case(
            "denounced again after a withdrawal",
            "VCLT 54(a): the second notice runs from its own receipt.",
            [
                given(),
                notice("KZ", WITHDRAWAL, "2023-03-01", "2023-03-05"),
                notice("KZ", NOTICE, "2023-04-01", "2023-04-10"),
            ],
        )
        .in_force_since_2020("2023-10-09")
        .terminated("2023-10-10", "2023-10-10"),
        case(
            "one party cannot withdraw another's denunciation",
            "VCLT 68: the notification is revoked by whoever gave it.",
            [given(), notice("UZ", WITHDRAWAL, "2023-03-01", "2023-03-05")],
        )
        .terminated("2023-07-31", "2023-07-31")
        .warns(WarningCode::ActWithoutEffect),
    ]
}

fn before_entry() -> Vec<Worked> {
    let given = || notice("KZ", NOTICE, "2021-12-20", "2021-12-31");
    let six = DurationRule::Indefinite {
        notice_months: Some(6),
    };
    vec![
        worked("denounced before a scheduled entry into force")
            .clause("This Agreement shall enter into force on 1 January 2023; either Party may denounce it with six months' notice.")
            .because("VCLT 54(a): the notice takes effect on 30 June 2022, and there is nothing left to enter into force.")
            .rule(EntryRule::OnDate(day("2023-01-01")))
            .lasting(six.clone())
            .acts(signed("2021-12-06"))
            .acts([given()])
            .on("2022-06-29", State::EntryScheduled)
            .since("2021-12-06")
            .enters("2023-01-01")
            .on("2022-06-30", State::Terminated)
            .since("2022-06-30")
            .enters("2023-01-01")
            .on("2023-02-01", State::Terminated)
            .since("2022-06-30")
            .enters("2023-01-01"),
        worked("denounced while entry into force is not established")
            .clause("This Agreement shall enter into force on the receipt of the last notification; either Party may denounce it with six months' notice.")
            .because("VCLT 18 and 56 speak of different things before and after entry into force; no day is computed, and the notice is shown.")
            .rule(EntryRule::AfterExchange(None))
            .lasting(six)
            .acts(signed("2021-12-06"))
            .acts([given()])
            .on("2023-01-01", State::AwaitingExchange)
            .since("2021-12-06")
            .awaits("UZ", ActKind::ExchangeOfInstruments, "2021-12-06")
            .awaits("KZ", ActKind::ExchangeOfInstruments, "2021-12-06")
            .warns(WarningCode::NoticePeriodNotKnown),
    ]
}

fn agreed() -> Vec<Worked> {
    vec![
        case(
            "terminated by both",
            "VCLT 54(b): at any time by consent of all the parties; the last consent decides.",
            [
                act("UZ", ActKind::Termination, "2022-01-01"),
                act("KZ", ActKind::Termination, "2022-02-01"),
            ],
        )
        .in_force_since_2020("2022-01-31")
        .awaits("KZ", ActKind::Termination, "2022-01-01")
        .warns(WarningCode::NotAgreedByAll)
        .terminated("2022-02-01", "2022-02-01"),
        case(
            "termination agreed for a later day",
            "VCLT 54(b): the parties' consent names the day.",
            ["UZ", "KZ"]
                .map(|party| effective(party, ActKind::Termination, "2022-01-10", "2022-07-01")),
        )
        .in_force_since_2020("2022-06-30")
        .terminated("2022-07-01", "2022-07-01"),
        worked("terminated before it entered into force")
            .clause("This Agreement shall enter into force on the exchange of instruments.")
            .because("VCLT 54(b): what both have given up, nobody owes any more.")
            .rule(EntryRule::AfterExchange(None))
            .acts(signed("2021-12-06"))
            .acts(both(ActKind::Termination, "2022-05-01"))
            .on("2022-05-01", State::Terminated)
            .since("2022-05-01"),
    ]
}
