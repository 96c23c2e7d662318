//! The rules on entry into force and on duration.

use accord_proto::{convert, documents::v1 as pb};
use aip::{Violation, Violations, convert as checked, text};
use pb::{
    date_offset::Length, duration_rule::Rule as Duration, entry_into_force::Rule, fixed_term::End,
};

use super::values;
use crate::domain::{DocumentName, DurationRule, EntryClause, EntryRule, Offset};

/// The longest offset in days: ten years.
const OFFSET_DAYS: i32 = 3_650;

/// The longest offset, and the longest notice, in months: ten years.
const OFFSET_MONTHS: i32 = 120;

/// The longest term in months: a hundred years.
const TERM_MONTHS: i32 = 1_200;

/// The longest name of an article.
const CLAUSE_CHARS: usize = 200;

/// Checks the clause on entry into force of a document of these parties.
pub(super) fn entry(
    field: &str,
    given: &pb::EntryIntoForce,
    parties: &[String],
    violations: &mut Violations,
) -> Option<EntryClause> {
    let rule = match &given.rule {
        None => {
            violations.take::<()>(Err(Violation::required(format!("{field}.rule"))));
            None
        }
        Some(rule) => entry_rule(field, rule, parties, violations),
    };
    let stated_date = violations.take(checked::optional_date(
        &format!("{field}.stated_date"),
        given.stated_date.as_ref(),
    ));
    let source = given.stated_date_source.as_ref();
    let stated_date_source = if given.stated_date.is_some() || source.is_some() {
        values::source(&format!("{field}.stated_date_source"), source, violations)
    } else {
        None
    };
    let clause = violations.take(text::optional(
        &format!("{field}.clause"),
        &given.clause,
        CLAUSE_CHARS,
    ));
    Some(EntryClause {
        rule: rule?,
        stated_date: stated_date?,
        stated_date_source,
        clause: clause?,
    })
}

fn entry_rule(
    field: &str,
    rule: &Rule,
    parties: &[String],
    violations: &mut Violations,
) -> Option<EntryRule> {
    match rule {
        Rule::OnSignature(pb::OnSignature {}) => Some(EntryRule::OnSignature),
        Rule::OnDate(given) => {
            let date = violations.take(checked::date(
                &format!("{field}.on_date.date"),
                given.date.as_ref(),
            ));
            date.map(EntryRule::OnDate)
        }
        Rule::AfterLastNotification(given) => {
            let offset = offset(
                &format!("{field}.after_last_notification"),
                given.offset.as_ref(),
                violations,
            );
            Some(EntryRule::AfterLastNotification(offset))
        }
        Rule::AfterExchangeOfInstruments(given) => {
            let offset = offset(
                &format!("{field}.after_exchange_of_instruments"),
                given.offset.as_ref(),
                violations,
            );
            Some(EntryRule::AfterExchange(offset))
        }
        Rule::AfterNotificationBy(given) => {
            let field = format!("{field}.after_notification_by");
            let party =
                values::party_of(&format!("{field}.party"), &given.party, parties, violations);
            let offset = offset(&field, given.offset.as_ref(), violations);
            Some(EntryRule::AfterNotificationBy(party?, offset))
        }
        Rule::WithDocument(given) => {
            let field = format!("{field}.with_document.document");
            let name = violations.take(DocumentName::parse(&field, &given.document))?;
            Some(EntryRule::WithDocument(name.to_string()))
        }
        Rule::Unknown(pb::UnknownRule {}) => Some(EntryRule::Unknown),
    }
}

fn offset(
    field: &str,
    given: Option<&pb::DateOffset>,
    violations: &mut Violations,
) -> Option<Offset> {
    let field = format!("{field}.offset");
    match given?.length {
        None => {
            violations.take::<()>(Err(Violation::required(format!("{field}.length"))));
            None
        }
        Some(Length::Days(days)) => {
            values::number(&format!("{field}.days"), days, 1..=OFFSET_DAYS, violations)
                .map(Offset::Days)
        }
        Some(Length::Months(months)) => values::number(
            &format!("{field}.months"),
            months,
            1..=OFFSET_MONTHS,
            violations,
        )
        .map(Offset::Months),
        Some(Length::FirstDayOfMonth(months)) => values::number(
            &format!("{field}.first_day_of_month"),
            months,
            1..=OFFSET_MONTHS,
            violations,
        )
        .map(Offset::FirstDayOfMonth),
    }
}

/// Checks the clause on duration.
pub(super) fn duration(
    field: &str,
    given: &pb::DurationRule,
    violations: &mut Violations,
) -> Option<DurationRule> {
    match &given.rule {
        None => {
            violations.take::<()>(Err(Violation::required(format!("{field}.rule"))));
            None
        }
        Some(Duration::Indefinite(given)) => {
            let field = format!("{field}.indefinite.notice_months");
            let notice_months = given
                .notice_months
                .and_then(|months| values::number(&field, months, 1..=OFFSET_MONTHS, violations));
            Some(DurationRule::Indefinite { notice_months })
        }
        Some(Duration::Fixed(given)) => match &given.end {
            None => {
                violations.take::<()>(Err(Violation::required(format!("{field}.fixed.end"))));
                None
            }
            Some(End::Months(months)) => values::number(
                &format!("{field}.fixed.months"),
                *months,
                1..=TERM_MONTHS,
                violations,
            )
            .map(DurationRule::Months),
            Some(End::EndDate(date)) => violations
                .take(checked::date(
                    &format!("{field}.fixed.end_date"),
                    Some(date),
                ))
                .map(DurationRule::Until),
        },
        Some(Duration::Renewable(given)) => {
            let field = format!("{field}.renewable");
            let mut months = |name: &str, months, range| {
                values::number(&format!("{field}.{name}"), months, range, violations)
            };
            let initial_months = months("initial_months", given.initial_months, 1..=TERM_MONTHS);
            let renewal_months = months("renewal_months", given.renewal_months, 1..=TERM_MONTHS);
            let notice_months = months("notice_months", given.notice_months, 0..=OFFSET_MONTHS);
            Some(DurationRule::Renewable {
                initial_months: initial_months?,
                renewal_months: renewal_months?,
                notice_months: notice_months?,
            })
        }
        Some(Duration::Unknown(pb::UnknownRule {})) => Some(DurationRule::Unknown),
    }
}

/// Writes a clause on entry into force.
pub(super) fn entry_message(clause: &EntryClause) -> pb::EntryIntoForce {
    let rule = match &clause.rule {
        EntryRule::OnSignature => Rule::OnSignature(pb::OnSignature {}),
        EntryRule::OnDate(date) => Rule::OnDate(pb::OnDate {
            date: Some(convert::from_date(*date)),
        }),
        EntryRule::AfterLastNotification(offset) => {
            Rule::AfterLastNotification(pb::AfterLastNotification {
                offset: offset.map(offset_message),
            })
        }
        EntryRule::AfterExchange(offset) => {
            Rule::AfterExchangeOfInstruments(pb::AfterExchangeOfInstruments {
                offset: offset.map(offset_message),
            })
        }
        EntryRule::AfterNotificationBy(party, offset) => {
            Rule::AfterNotificationBy(pb::AfterNotificationBy {
                party: party.clone(),
                offset: offset.map(offset_message),
            })
        }
        EntryRule::WithDocument(document) => Rule::WithDocument(pb::WithDocument {
            document: document.clone(),
        }),
        EntryRule::Unknown => Rule::Unknown(pb::UnknownRule {}),
    };
    pb::EntryIntoForce {
        rule: Some(rule),
        stated_date: clause.stated_date.map(convert::from_date),
        stated_date_source: clause
            .stated_date_source
            .as_ref()
            .map(values::source_message),
        clause: clause.clause.clone(),
    }
}

fn offset_message(offset: Offset) -> pb::DateOffset {
    let length = match offset {
        Offset::Days(days) => Length::Days(days),
        Offset::Months(months) => Length::Months(months),
        Offset::FirstDayOfMonth(months) => Length::FirstDayOfMonth(months),
    };
    pb::DateOffset {
        length: Some(length),
    }
}

/// Writes a clause on duration.
pub(super) fn duration_message(rule: &DurationRule) -> pb::DurationRule {
    let rule = match rule {
        DurationRule::Indefinite { notice_months } => Duration::Indefinite(pb::IndefiniteTerm {
            notice_months: *notice_months,
        }),
        DurationRule::Months(months) => Duration::Fixed(pb::FixedTerm {
            end: Some(End::Months(*months)),
        }),
        DurationRule::Until(date) => Duration::Fixed(pb::FixedTerm {
            end: Some(End::EndDate(convert::from_date(*date))),
        }),
        DurationRule::Renewable {
            initial_months,
            renewal_months,
            notice_months,
        } => Duration::Renewable(pb::RenewableTerm {
            initial_months: *initial_months,
            renewal_months: *renewal_months,
            notice_months: *notice_months,
        }),
        DurationRule::Unknown => Duration::Unknown(pb::UnknownRule {}),
    };
    pb::DurationRule { rule: Some(rule) }
}
