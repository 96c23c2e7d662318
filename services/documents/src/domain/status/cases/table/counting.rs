//! Worked cases: how days and months are counted from the last notification.
//!
//! ETS 76, article 3: a time runs from midnight of the trigger day, which so is not counted. Article 4(2): a time in
//! months ends on the day of the last month that has the trigger day's number, or on that month's last day.

use super::{Worked, worked};
use crate::domain::{
    EntryRule, Offset,
    status::{
        State,
        sample::{received, signed},
    },
};

/// One line of the table: how the time is worded, from when it runs, when it ends, and why.
type Line = (
    &'static str,
    &'static str,
    Offset,
    &'static str,
    &'static str,
    &'static str,
);

const DAYS: &str =
    "This Agreement shall enter into force N days after the receipt of the last notification.";
const MONTHS: &str =
    "This Agreement shall enter into force N months after the receipt of the last notification.";
const FIRST: &str = "This Agreement shall enter into force on the first day of the Nth month following the month in which the last \
     notification is received.";

#[rustfmt::skip]
const LINES: [Line; 21] = [
    ("one day, over the end of a month", DAYS, Offset::Days(1), "2023-04-30", "2023-05-01", "April has 30 days."),
    ("one day, over the end of a year", DAYS, Offset::Days(1), "2023-12-31", "2024-01-01", "The day after the last is the first."),
    ("thirty days, over a February of 28 days", DAYS, Offset::Days(30), "2023-02-01", "2023-03-03", "27 days are left in February, and three more."),
    ("thirty days, over a February of 29 days", DAYS, Offset::Days(30), "2024-02-01", "2024-03-02", "28 days are left in February, and two more."),
    ("thirty days from the last day of January of a leap year", DAYS, Offset::Days(30), "2024-01-31", "2024-03-01", "29 days of February, and one more."),
    ("sixty days", DAYS, Offset::Days(60), "2022-03-15", "2022-05-14", "16 days of March, 30 of April, 14 of May."),
    ("one month from the 31st to a month of 30", MONTHS, Offset::Months(1), "2023-03-31", "2023-04-30", "There is no 31 April, so its last day."),
    ("one month from the 31st to February", MONTHS, Offset::Months(1), "2023-01-31", "2023-02-28", "There is no 31 February, so its last day."),
    ("one month from the 31st to February of a leap year", MONTHS, Offset::Months(1), "2024-01-31", "2024-02-29", "The last day of that February is the 29th."),
    ("one month from the 30th to February", MONTHS, Offset::Months(1), "2023-01-30", "2023-02-28", "There is no 30 February either."),
    ("one month from the 29th to February", MONTHS, Offset::Months(1), "2023-01-29", "2023-02-28", "Nor a 29th in a common year."),
    ("one month from the last day of February", MONTHS, Offset::Months(1), "2023-02-28", "2023-03-28", "The same number, and not the last day of March."),
    ("twelve months from 29 February", MONTHS, Offset::Months(12), "2024-02-29", "2025-02-28", "2025 has no 29 February."),
    ("four years from 29 February", MONTHS, Offset::Months(48), "2024-02-29", "2028-02-29", "2028 has one."),
    ("one month in 1900", MONTHS, Offset::Months(1), "1900-01-31", "1900-02-28", "1900 was a common year: it is divisible by 100 and not by 400."),
    ("one month in 2000", MONTHS, Offset::Months(1), "2000-01-31", "2000-02-29", "2000 was a leap year: it is divisible by 400."),
    ("six months from 31 August", MONTHS, Offset::Months(6), "2022-08-31", "2023-02-28", "The sixth month is February."),
    ("first day of the month following, from a first day", FIRST, Offset::FirstDayOfMonth(1), "2023-12-01", "2024-01-01", "The month of the receipt is not counted, even when all of it is left."),
    ("first day of the month following, from a last day", FIRST, Offset::FirstDayOfMonth(1), "2024-01-31", "2024-02-01", "The next month begins on the next day."),
    ("first day of the second month following", FIRST, Offset::FirstDayOfMonth(2), "2022-03-15", "2022-05-01", "April is the first month that follows, May the second."),
    ("first day of the month after the expiry of three months", FIRST, Offset::FirstDayOfMonth(4), "2024-01-31", "2024-05-01", "Three months after 31 January expire on 30 April; the clause is the fourth month."),
];

pub(super) fn cases() -> Vec<Worked> {
    LINES.into_iter().map(case).collect()
}

fn case((name, clause, offset, trigger, end, why): Line) -> Worked {
    let eve = super::day(end).yesterday().unwrap().to_string();
    worked(name)
        .clause(clause)
        .because(why)
        .rule(EntryRule::AfterLastNotification(Some(offset)))
        .acts(signed("1899-12-06"))
        .acts([
            received("KZ", "UZ", trigger),
            received("UZ", "KZ", "1899-12-20"),
        ])
        .on(&eve, State::EntryScheduled)
        .since(trigger)
        .enters(end)
        .on(end, State::InForce)
        .since(end)
        .enters(end)
}
