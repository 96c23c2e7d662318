//! Working days of states.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1 as contract;
use aip::{Violations, text};
use jiff::civil::Date;

use super::date;
use crate::domain::working_days::{Calendar, Table};

/// The contract's limits.
const MAX_PARTIES: usize = 10;
const MAX_SPAN_DAYS: i64 = 3_660;

/// Which days are asked about.
#[derive(Clone, Debug)]
pub(in crate::api) struct Span {
    parties: Vec<String>,
    first: Date,
    last: Date,
}

/// Reads which days are asked about.
pub(in crate::api) fn read(
    given: &contract::QueryWorkingDaysRequest,
    violations: &mut Violations,
) -> Option<Span> {
    let mut parties = BTreeSet::new();
    for (index, party) in given.parties.iter().enumerate().take(MAX_PARTIES) {
        let field = format!("parties[{index}]");
        if let Some(party) = violations.take(text::country(&field, party))
            && !parties.insert(party)
        {
            violations.push(field, "VALUE_REPEATED", "is asked about already");
        }
    }
    match given.parties.len() {
        0 => violations.push("parties", "FIELD_REQUIRED", "must name a state"),
        1..=MAX_PARTIES => {}
        _ => violations.push("parties", "VALUE_OUT_OF_RANGE", "must be at most 10"),
    }
    let first = violations.take(aip::convert::date("start_date", given.start_date.as_ref()));
    let last = violations.take(aip::convert::date("end_date", given.end_date.as_ref()));
    let (first, last) = first.zip(last)?;
    if last < first {
        violations.push("end_date", "PERIOD_INVALID", "is before start_date");
    } else if clock::to_days(last) - clock::to_days(first) > MAX_SPAN_DAYS {
        violations.push(
            "end_date",
            "VALUE_OUT_OF_RANGE",
            "must be at most 3,660 days after start_date",
        );
    }
    Some(Span {
        parties: given.parties.clone(),
        first,
        last,
    })
}

/// Answers which days of the span are working days.
pub(in crate::api) fn answer(span: &Span, table: &Table) -> contract::WorkingDays {
    let (first, last) = (clock::to_days(span.first), clock::to_days(span.last));
    let parties: Vec<&str> = span.parties.iter().map(String::as_str).collect();
    let calendar = Calendar::of(&parties, table);
    let count = calendar.before(last + 1) - calendar.before(first);
    let mut special_days = Vec::new();
    for party in &span.parties {
        for (day, special) in table.special_days(party, first..=last) {
            special_days.push(contract::SpecialDay {
                date: Some(date(clock::from_days(day))),
                party: party.clone(),
                working: special.works,
                occasion: special.occasion.clone(),
                source: special.source.clone(),
            });
        }
    }
    // Stable: the days of one date stay in the order of the calendars.
    special_days.sort_by_key(|special| special.date.map(|date| (date.year, date.month, date.day)));
    contract::WorkingDays {
        calendars: span
            .parties
            .iter()
            .map(|party| write_calendar(party, span, table))
            .collect(),
        working_day_count: i32::try_from(count).unwrap_or(i32::MAX),
        special_days,
    }
}

fn write_calendar(party: &str, span: &Span, table: &Table) -> contract::WorkingCalendar {
    let known = table.known_years(party);
    contract::WorkingCalendar {
        party: party.to_owned(),
        known_start_year: known.map_or(0, |(first, _)| first.into()),
        known_end_year: known.map_or(0, |(_, last)| last.into()),
        partly_unknown: !table.knows(party, span.first, span.last),
    }
}
