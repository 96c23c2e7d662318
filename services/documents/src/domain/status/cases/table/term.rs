//! Worked cases: terms, their renewal and their end.

use super::{Worked, both, effective, notice, worked};
use crate::domain::{
    ActKind, DurationRule, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, day, received, signed},
    },
};

fn renewable(initial_months: i32, renewal_months: i32, notice_months: i32) -> DurationRule {
    DurationRule::Renewable {
        initial_months,
        renewal_months,
        notice_months,
    }
}

/// An agreement in force from its signature, with a clause on its duration.
fn from(signature: &str, name: &'static str, clause: &'static str, rule: DurationRule) -> Worked {
    worked(name)
        .clause(clause)
        .rule(EntryRule::OnSignature)
        .lasting(rule)
        .acts(signed(signature))
}

pub(super) fn cases() -> Vec<Worked> {
    let mut cases = fixed();
    cases.extend(until());
    cases.extend(renewed());
    cases.extend(stated());
    cases
}

fn fixed() -> Vec<Worked> {
    vec![
        from(
            "2021-02-05",
            "a term of five years",
            "This Agreement shall remain in force for five years from its entry into force.",
            DurationRule::Months(60),
        )
        .because("VCLT 54(a): the day of entry into force is the first day of the term, so the last is the eve of its anniversary.")
        .on("2026-02-04", State::InForce)
        .since("2021-02-05")
        .enters("2021-02-05")
        .ends("2026-02-04")
        .on("2026-02-05", State::Expired)
        .since("2026-02-05")
        .enters("2021-02-05"),
        from(
            "2024-02-29",
            "a term of one year from 29 February",
            "This Agreement shall remain in force for one year.",
            DurationRule::Months(12),
        )
        .because("ETS 76, article 4(2): the year runs to 28 February 2025, so the last full day is the 27th.")
        .on("2025-02-27", State::InForce)
        .since("2024-02-29")
        .enters("2024-02-29")
        .ends("2025-02-27")
        .on("2025-02-28", State::Expired)
        .since("2025-02-28")
        .enters("2024-02-29"),
    ]
}

fn until() -> Vec<Worked> {
    const CLAUSE: &str = "This Agreement shall remain in force until 31 December 2023.";
    let end = || DurationRule::Until(day("2023-12-31"));
    vec![
        from("2021-12-06", "until a named day", CLAUSE, end())
            .because("VCLT 54(a): the named day is the last in force.")
            .on("2023-12-31", State::InForce)
            .since("2021-12-06")
            .enters("2021-12-06")
            .ends("2023-12-31")
            .on("2024-01-01", State::Expired)
            .since("2024-01-01")
            .enters("2021-12-06"),
        worked("the last day passes before the conditions are met")
            .clause("This Agreement shall enter into force on the receipt of the last notification and remain in force until 31 December 2023.")
            .because("VCLT 54(a): there is no day left on which it could be in force, and nothing is owed any more.")
            .rule(EntryRule::AfterLastNotification(None))
            .lasting(end())
            .acts(signed("2021-12-06"))
            .acts([received("KZ", "UZ", "2022-03-15")])
            .on("2023-12-31", State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("KZ", ActKind::NotificationSent, "2021-12-06")
            .on("2024-01-01", State::Expired)
            .since("2024-01-01"),
        worked("the conditions are met after the last day")
            .clause("This Agreement shall enter into force on 1 February 2024 and remain in force until 31 December 2023.")
            .because("The two clauses cannot both be followed. A new document with them is refused; where the log has one, no day follows.")
            .rule(EntryRule::OnDate(day("2024-02-01")))
            .lasting(end())
            .acts(signed("2021-12-06"))
            .on("2023-06-01", State::SignedEntryUnknown)
            .since("2021-12-06")
            .warns(WarningCode::RuleNotApplicable)
            .on("2024-03-01", State::Expired)
            .since("2024-01-01")
            .warns(WarningCode::RuleNotApplicable),
        worked("until a named day, the other clause unread")
            .clause(CLAUSE)
            .because("VCLT 54(a): whenever it entered into force, after its last day it is over.")
            .rule(EntryRule::Unknown)
            .lasting(end())
            .acts(signed("2021-12-06"))
            .on("2023-12-31", State::SignedEntryUnknown)
            .since("2021-12-06")
            .on("2024-01-01", State::Expired)
            .since("2024-01-01"),
    ]
}

fn renewed() -> Vec<Worked> {
    const FIVE: &str = "This Agreement is concluded for five years and shall be extended for further periods of five years unless a Party notifies the \
         other, at least six months before the end of the period, that it does not wish to extend it.";
    let five = || renewable(60, 60, 6);
    vec![
        from("2020-03-01", "renewed without a notice", FIVE, five())
            .because("VCLT 24(1) and 54(a): it renews on its anniversary; six months before 1 March 2030 is 1 September 2029, so 31 August is the last day of notice.")
            .on("2030-01-01", State::InForce)
            .since("2020-03-01")
            .enters("2020-03-01")
            .renews("2030-03-01", "2029-08-31"),
        from("2020-03-01", "a notice on the last day stops the renewal", FIVE, five())
            .because("VCLT 54(a) and 78(c): received on 31 August 2024, six full months are left.")
            .acts([notice("UZ", ActKind::DenunciationNotice, "2024-08-20", "2024-08-31")])
            .on("2025-02-28", State::InForce)
            .since("2020-03-01")
            .enters("2020-03-01")
            .ends("2025-02-28")
            .on("2025-03-01", State::Expired)
            .since("2025-03-01")
            .enters("2020-03-01"),
        from("2020-03-01", "a notice one day late stops the next renewal", FIVE, five())
            .because("VCLT 54(a): the agreement is extended once more; the notice stands for the period after.")
            .acts([notice("UZ", ActKind::DenunciationNotice, "2024-08-20", "2024-09-01")])
            .on("2025-03-01", State::InForce)
            .since("2020-03-01")
            .enters("2020-03-01")
            .ends("2030-02-28")
            .on("2030-03-01", State::Expired)
            .since("2030-03-01")
            .enters("2020-03-01"),
        from("2020-03-01", "a notice of non-renewal withdrawn", FIVE, five())
            .because("VCLT 68: a notification may be revoked at any time before it takes effect.")
            .acts([
                notice("UZ", ActKind::DenunciationNotice, "2024-08-20", "2024-08-31"),
                notice("UZ", ActKind::DenunciationWithdrawal, "2025-01-10", "2025-02-28"),
            ])
            .on("2025-03-01", State::InForce)
            .since("2020-03-01")
            .enters("2020-03-01")
            .renews("2030-03-01", "2029-08-31"),
        from(
            "2023-01-31",
            "monthly renewal from a 31st",
            "This Arrangement applies for one month and shall be extended from month to month.",
            renewable(1, 1, 0),
        )
        .because("ETS 76, article 4(2), each time from the first day: a short month does not shift the later ones.")
        .on("2023-02-01", State::InForce)
        .since("2023-01-31")
        .enters("2023-01-31")
        .renews("2023-02-28", "2023-02-27")
        .on("2023-02-28", State::InForce)
        .since("2023-01-31")
        .enters("2023-01-31")
        .renews("2023-03-31", "2023-03-30"),
        from(
            "2024-02-29",
            "yearly renewal from 29 February",
            "This Agreement is concluded for one year and shall be extended from year to year unless a Party gives notice one month before.",
            renewable(12, 12, 1),
        )
        .because("ETS 76, article 4(2): in common years it renews on 28 February, in 2028 on the 29th again.")
        .on("2027-12-31", State::InForce)
        .since("2024-02-29")
        .enters("2024-02-29")
        .renews("2028-02-29", "2028-01-28"),
        worked("the treaty of friendship of Ukraine and Russia")
            .clause("The Treaty is concluded for ten years and is extended for further ten years unless a Party notifies the other of its wish to \
                     end it at least six months before the period expires; it enters into force on the exchange of instruments.")
            .because("Signed 31 May 1997, in force by exchange of instruments 1 April 1999, expired 1 April 2019: \
                      https://en.interfax.com.ua/news/general/577390.html; the note was received on 24 September 2018: \
                      https://opinionua.com/en/2018/09/25/russia-received-a-note-from-kiev/.")
            .rule(EntryRule::AfterExchange(None))
            .with(|document| document.content.parties = vec!["UA".to_owned(), "RU".to_owned()])
            .lasting(renewable(120, 120, 6))
            .acts(["UA", "RU"].map(|party| act(party, ActKind::Signature, "1997-05-31")))
            .acts(["UA", "RU"].map(|party| act(party, ActKind::ExchangeOfInstruments, "1999-04-01")))
            .acts([notice("UA", ActKind::DenunciationNotice, "2018-09-21", "2018-09-24")])
            .on("2018-09-23", State::InForce)
            .since("1999-04-01")
            .enters("1999-04-01")
            .warns(WarningCode::ReceiptNotRecorded)
            .renews("2019-04-01", "2018-09-30")
            .on("2019-03-31", State::InForce)
            .since("1999-04-01")
            .enters("1999-04-01")
            .ends("2019-03-31")
            .on("2019-04-01", State::Expired)
            .since("2019-04-01")
            .enters("1999-04-01"),
    ]
}

fn stated() -> Vec<Worked> {
    vec![
        from(
            "2021-12-06",
            "all parties state that it has expired",
            "The clause on duration has not been read.",
            DurationRule::Unknown,
        )
        .because("VCLT 54(b): what all parties say of the end of their own treaty is their consent to it.")
        .acts(both(ActKind::Expiry, "2023-06-30"))
        .on("2023-06-29", State::InForce)
        .since("2021-12-06")
        .enters("2021-12-06")
        .on("2023-06-30", State::Expired)
        .since("2023-06-30")
        .enters("2021-12-06"),
        from(
            "2021-12-06",
            "one party states that it has expired",
            "The clause on duration has not been read.",
            DurationRule::Unknown,
        )
        .because("VCLT 42(2): one party's view does not end a treaty; the other's word is awaited.")
        .acts([act("UZ", ActKind::Expiry, "2023-06-30")])
        .on("2024-01-01", State::InForce)
        .since("2021-12-06")
        .enters("2021-12-06")
        .awaits("KZ", ActKind::Expiry, "2023-06-30")
        .warns(WarningCode::NotAgreedByAll),
        from(
            "2021-12-06",
            "a party states another end than the clause",
            "This Agreement shall remain in force for two years.",
            DurationRule::Months(24),
        )
        .because("VCLT 54(a): the clause decides, and the other day is said to be doubtful.")
        .acts([act("UZ", ActKind::Expiry, "2023-06-30")])
        .on("2023-07-01", State::InForce)
        .since("2021-12-06")
        .enters("2021-12-06")
        .warns(WarningCode::ContradictingDates)
        .ends("2023-12-05"),
        from(
            "2021-12-06",
            "both state an earlier end than the clause",
            "This Agreement shall remain in force for two years.",
            DurationRule::Months(24),
        )
        .because("VCLT 54(b): what all parties say of the end of their own treaty is their consent to it; that the clause names another day is said.")
        .acts(both(ActKind::Expiry, "2023-06-30"))
        .on("2023-06-29", State::InForce)
        .since("2021-12-06")
        .enters("2021-12-06")
        .ends("2023-12-05")
        .on("2023-06-30", State::Expired)
        .since("2023-06-30")
        .enters("2021-12-06")
        .warns(WarningCode::ContradictingDates)
        .ends("2023-06-29"),
        ended_early(
            "a renewable agreement ended by both",
            DurationRule::Renewable {
                initial_months: 12,
                renewal_months: 12,
                notice_months: 3,
            },
        )
        .on("2022-05-31", State::InForce)
        .since("2020-01-01")
        .enters("2020-01-01")
        .ends("2022-05-31"),
        ended_early("an agreement for five years ended by both", DurationRule::Months(60)),
        worked("a term that never began")
            .clause("This Agreement shall enter into force on 1 January 2023 and remain in force for five years.")
            .because("VCLT 54(b): what both have given up before its first day has no term.")
            .rule(EntryRule::OnDate(day("2023-01-01")))
            .lasting(DurationRule::Months(60))
            .acts(signed("2020-01-01"))
            .acts(both(ActKind::Termination, "2022-06-01"))
            .on("2022-06-01", State::Terminated)
            .since("2022-06-01")
            .enters("2023-01-01")
            .without_term(),
    ]
}

/// An agreement in force since 2020 that both end on 1 June 2022, as agreed in May.
fn ended_early(name: &'static str, rule: DurationRule) -> Worked {
    let terminate = |party| effective(party, ActKind::Termination, "2022-05-10", "2022-06-01");
    worked(name)
        .clause("The clause on duration gives it a longer term than it had.")
        .because("VCLT 54(b) and 70: from the agreed day nothing is renewed any more, and the last term ends on its eve.")
        .rule(EntryRule::OnSignature)
        .lasting(rule)
        .acts(signed("2020-01-01"))
        .acts(["UZ", "KZ"].map(terminate))
        .on("2022-06-01", State::Terminated)
        .since("2022-06-01")
        .enters("2020-01-01")
        .ends("2022-05-31")
        .on("2025-03-01", State::Terminated)
        .since("2022-06-01")
        .enters("2020-01-01")
        .ends("2022-05-31")
}
