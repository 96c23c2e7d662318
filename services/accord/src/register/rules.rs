//! Clauses in words: when a document enters into force, how long it stays so, and when a political one applies.
//!
//! ```text
//! entry     = "unknown" | "on signature" | "on" DATE | "with" DOCUMENT
//!           | [OFFSET] "after last notification" | [OFFSET] "after exchange of instruments"
//!           | [OFFSET] "after notification by" PARTY
//! OFFSET    = N "days" | N "months" | "first day of month" N
//! duration  = "unknown" | "indefinite" ["," "notice" N "months"] | "until" DATE
//!           | N "months" ["," "renewed by" N "months" ["," "notice" N "months"]]
//! effective = "from" ("signature" | DATE) ["to" DATE]
//! ```

use std::num::ParseIntError;

use accord_proto::documents::v1::{
    AfterExchangeOfInstruments, AfterLastNotification, AfterNotificationBy, DateOffset,
    DurationRule, EffectivePeriod, FixedTerm, IndefiniteTerm, OnDate, OnSignature, RenewableTerm,
    UnknownRule, WithDocument, date_offset::Length, duration_rule, entry_into_force::Rule,
    fixed_term::End,
};

use super::{cell, name};
use crate::render::value;

/// The forms of an entry clause, for messages.
const ENTRY_FORMS: &str = "\"unknown\", \"on signature\", \"on 2024-01-31\", \"with DOCUMENT\", or \"after last notification\", \
     \"after exchange of instruments\", \"after notification by KZ\" with \"30 days\", \"2 months\" or \"first day of month 2\" before it";
/// The forms of a duration clause, for messages.
const DURATION_FORMS: &str = "\"unknown\", \"indefinite\", \"indefinite, notice 6 months\", \"until 2030-12-31\", \"36 months\" or \
     \"60 months, renewed by 60 months, notice 6 months\"";
/// The forms of an effective period, for messages.
const PERIOD_FORMS: &str =
    "\"from signature\", \"from 2022-01-01\" or \"from 2022-01-01 to 2023-12-31\"";

/// Reads the clause on entry into force.
pub fn entry(parent: &str, text: &str) -> Result<Rule, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match lower.as_slice() {
        ["unknown"] => return Ok(Rule::Unknown(UnknownRule {})),
        ["on", "signature"] => return Ok(Rule::OnSignature(OnSignature {})),
        ["on", date] => {
            let date = Some(cell::day(date)?);
            return Ok(Rule::OnDate(OnDate { date }));
        }
        ["with", _] => {
            let document = name::expand(parent, words[1]);
            return Ok(Rule::WithDocument(WithDocument { document }));
        }
        _ => {}
    }
    let wrong = || format!("\"{text}\" is none of {ENTRY_FORMS}");
    let after = lower
        .iter()
        .position(|word| *word == "after")
        .ok_or_else(wrong)?;
    let offset = offset(&lower[..after]).map_err(|_| wrong())?;
    match &lower[after..] {
        ["after", "last", "notification"] => {
            Ok(Rule::AfterLastNotification(AfterLastNotification {
                offset,
            }))
        }
        ["after", "exchange", "of", "instruments"] => Ok(Rule::AfterExchangeOfInstruments(
            AfterExchangeOfInstruments { offset },
        )),
        ["after", "notification", "by", party] => {
            let party = party.to_uppercase();
            Ok(Rule::AfterNotificationBy(AfterNotificationBy {
                party,
                offset,
            }))
        }
        _ => Err(wrong()),
    }
}

/// An offset that cannot be read.
struct NotAnOffset;

impl From<ParseIntError> for NotAnOffset {
    fn from(_: ParseIntError) -> Self {
        Self
    }
}

/// Reads an offset; nothing where none is written.
fn offset(words: &[&str]) -> Result<Option<DateOffset>, NotAnOffset> {
    let length = match words {
        [] => return Ok(None),
        [days, "day" | "days"] => Length::Days(days.parse()?),
        [months, "month" | "months"] => Length::Months(months.parse()?),
        ["first", "day", "of", "month", month] => Length::FirstDayOfMonth(month.parse()?),
        _ => return Err(NotAnOffset),
    };
    Ok(Some(DateOffset {
        length: Some(length),
    }))
}

/// Writes the clause on entry into force as [`entry`] reads it.
#[must_use]
pub fn write_entry(parent: &str, rule: &Rule) -> String {
    let after = |offset: &Option<DateOffset>, what: &str| {
        let length = match offset.as_ref().and_then(|offset| offset.length) {
            None => String::new(),
            Some(Length::Days(days)) => format!("{days} days "),
            Some(Length::Months(months)) => format!("{months} months "),
            Some(Length::FirstDayOfMonth(month)) => format!("first day of month {month} "),
        };
        format!("{length}after {what}")
    };
    match rule {
        Rule::Unknown(_) => "unknown".to_owned(),
        Rule::OnSignature(_) => "on signature".to_owned(),
        Rule::OnDate(rule) => format!("on {}", value::date(rule.date.as_ref())),
        Rule::WithDocument(rule) => format!("with {}", name::shorten(parent, &rule.document)),
        Rule::AfterLastNotification(rule) => after(&rule.offset, "last notification"),
        Rule::AfterExchangeOfInstruments(rule) => after(&rule.offset, "exchange of instruments"),
        Rule::AfterNotificationBy(rule) => {
            after(&rule.offset, &format!("notification by {}", rule.party))
        }
    }
}

/// Reads the clause on duration.
pub fn duration(text: &str) -> Result<DurationRule, String> {
    let wrong = || format!("\"{text}\" is none of {DURATION_FORMS}");
    let lower = text.to_lowercase();
    let parts: Vec<Vec<&str>> = lower
        .split(',')
        .map(|part| part.split_whitespace().collect())
        .collect();
    let parts: Vec<&[&str]> = parts.iter().map(Vec::as_slice).collect();
    let number = |text: &str| text.parse::<i32>().map_err(|_| wrong());
    let rule = match parts.as_slice() {
        [["unknown"]] => duration_rule::Rule::Unknown(UnknownRule {}),
        [["indefinite"]] => duration_rule::Rule::Indefinite(IndefiniteTerm {
            notice_months: None,
        }),
        [["indefinite"], ["notice", months, "month" | "months"]] => {
            duration_rule::Rule::Indefinite(IndefiniteTerm {
                notice_months: Some(number(months)?),
            })
        }
        [["until", date]] => duration_rule::Rule::Fixed(FixedTerm {
            end: Some(End::EndDate(cell::day(date)?)),
        }),
        [[months, "month" | "months"]] => duration_rule::Rule::Fixed(FixedTerm {
            end: Some(End::Months(number(months)?)),
        }),
        [
            [initial, "month" | "months"],
            ["renewed", "by", renewal, "month" | "months"],
            rest @ ..,
        ] => {
            let notice_months = match rest {
                [] => 0,
                [["notice", months, "month" | "months"]] => number(months)?,
                _ => return Err(wrong()),
            };
            duration_rule::Rule::Renewable(RenewableTerm {
                initial_months: number(initial)?,
                renewal_months: number(renewal)?,
                notice_months,
            })
        }
        _ => return Err(wrong()),
    };
    Ok(DurationRule { rule: Some(rule) })
}

/// Writes the clause on duration as [`duration`] reads it.
#[must_use]
pub fn write_duration(rule: &DurationRule) -> String {
    match &rule.rule {
        None => String::new(),
        Some(duration_rule::Rule::Unknown(_)) => "unknown".to_owned(),
        Some(duration_rule::Rule::Indefinite(term)) => match term.notice_months {
            None => "indefinite".to_owned(),
            Some(months) => format!("indefinite, notice {months} months"),
        },
        Some(duration_rule::Rule::Fixed(term)) => match &term.end {
            None => String::new(),
            Some(End::Months(months)) => format!("{months} months"),
            Some(End::EndDate(date)) => format!("until {}", value::date(Some(date))),
        },
        Some(duration_rule::Rule::Renewable(term)) => {
            let notice = match term.notice_months {
                0 => String::new(),
                months => format!(", notice {months} months"),
            };
            format!(
                "{} months, renewed by {} months{notice}",
                term.initial_months, term.renewal_months
            )
        }
    }
}

/// Reads when a political document applies.
pub fn period(text: &str) -> Result<EffectivePeriod, String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let (start, end) = match words.as_slice() {
        ["from", start] => (*start, None),
        ["from", start, "to", end] => (*start, Some(cell::day(end)?)),
        _ => return Err(format!("\"{text}\" is none of {PERIOD_FORMS}")),
    };
    let start_date = match start {
        "signature" => None,
        date => Some(cell::day(date)?),
    };
    Ok(EffectivePeriod {
        start_date,
        end_date: end,
    })
}

/// Writes when a political document applies as [`period`] reads it.
#[must_use]
pub fn write_period(period: &EffectivePeriod) -> String {
    let start = match &period.start_date {
        None => "signature".to_owned(),
        date => value::date(date.as_ref()),
    };
    match &period.end_date {
        None => format!("from {start}"),
        end => format!("from {start} to {}", value::date(end.as_ref())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "partnerships/xa-xb";

    #[test]
    fn every_form_of_an_entry_clause_comes_back() {
        for text in [
            "unknown",
            "on signature",
            "on 2024-01-31",
            "with treaty",
            "with partnerships/other/documents/treaty",
            "after last notification",
            "30 days after last notification",
            "1 months after exchange of instruments",
            "after exchange of instruments",
            "first day of month 2 after last notification",
            "first day of month 3 after notification by XB",
            "after notification by XA",
        ] {
            assert_eq!(write_entry(PARENT, &entry(PARENT, text).unwrap()), text);
        }
    }

    #[test]
    fn letters_and_spaces_do_not_count() {
        assert_eq!(
            entry(PARENT, " 1 Day  after Notification by xb ").unwrap(),
            entry(PARENT, "1 days after notification by XB").unwrap()
        );
        assert_eq!(
            duration("60 months,renewed by 12 months").unwrap(),
            duration("60 months, renewed by 12 months, notice 0 months").unwrap()
        );
    }

    #[test]
    fn every_form_of_a_duration_comes_back() {
        for text in [
            "unknown",
            "indefinite",
            "indefinite, notice 6 months",
            "36 months",
            "until 2030-12-31",
            "60 months, renewed by 12 months",
            "60 months, renewed by 60 months, notice 6 months",
        ] {
            assert_eq!(write_duration(&duration(text).unwrap()), text);
        }
    }

    #[test]
    fn every_form_of_a_period_comes_back() {
        for text in [
            "from signature",
            "from signature to 2023-12-31",
            "from 2022-01-01",
            "from 2022-01-01 to 2023-12-31",
        ] {
            assert_eq!(write_period(&period(text).unwrap()), text);
        }
    }

    #[test]
    fn what_cannot_be_read_lists_the_forms() {
        for text in [
            "",
            "soon",
            "after",
            "x days after last notification",
            "30 days",
            "30 after last notification",
        ] {
            let said = entry(PARENT, text).unwrap_err();
            assert!(said.contains("after last notification"), "{said}");
        }
        assert!(
            entry(PARENT, "on 2024-02-30")
                .unwrap_err()
                .contains("2024-02-30")
        );
        for text in [
            "",
            "60",
            "forever",
            "60 months, notice 6 months",
            "indefinite, 6 months",
            "60 months, renewed by 60 months, notice",
        ] {
            assert!(duration(text).unwrap_err().contains("renewed by"), "{text}");
        }
        for text in ["", "from", "signature", "from signature until 2023-12-31"] {
            assert!(
                period(text).unwrap_err().contains("from signature"),
                "{text}"
            );
        }
    }
}
