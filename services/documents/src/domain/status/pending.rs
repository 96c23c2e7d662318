//! What parties owe on a document.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{AsOf, Case, Cases, MAX_CHAIN, Status};
use crate::domain::{Act, ActKind, EntryRule};

/// An act that a party owes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owed {
    /// The party.
    pub party: String,
    /// What it owes.
    pub kind: ActKind,
    /// The same in one sentence.
    pub description: String,
    /// Since when.
    pub since: Option<Date>,
}

/// Returns what is owed in a state, by party and kind; what no party owes, such as the entry into force
/// of another document, is left out.
#[must_use]
pub fn owed(status: &Status) -> Vec<Owed> {
    let mut owed: Vec<_> = status
        .awaited
        .iter()
        .filter_map(|awaited| {
            Some(Owed {
                party: awaited.party.clone()?,
                kind: awaited.kind?,
                description: awaited.description.clone(),
                since: awaited.since,
            })
        })
        .collect();
    owed.sort();
    owed
}

/// Returns which parties owe something on the document `name` now, and those that may come to owe
/// something later although nothing more is recorded: because an act has its day, or is published, only
/// then.
#[must_use]
pub fn debtors(cases: &Cases, name: &str, now: Timestamp) -> BTreeSet<String> {
    let Some(case) = cases.get(name) else {
        return BTreeSet::new();
    };
    if case.document.deleted.is_some() {
        return BTreeSet::new();
    }
    let day = now.to_zoned(TimeZone::UTC).date();
    if chain(cases, name).any(|case| has_more_to_come(case, day, now)) {
        return case.document.content.parties.iter().cloned().collect();
    }
    let as_of = AsOf {
        day,
        known: now,
        recorded_before: None,
    };
    let status = Status::of(cases, name, as_of);
    let owed = status.as_ref().map(owed).unwrap_or_default();
    owed.into_iter().map(|owed| owed.party).collect()
}

/// The case of `name`, of the document that it waits for, and so on.
fn chain<'a>(cases: &'a Cases, name: &str) -> impl Iterator<Item = &'a Case> {
    let next = |case: &&'a Case| match case.document.content.entry_rule() {
        EntryRule::WithDocument(other) => cases.get(other),
        _ => None,
    };
    std::iter::successors(cases.get(name), next).take(MAX_CHAIN)
}

/// Returns whether the register holds something on the document that counts only after `day` or `now`.
fn has_more_to_come(case: &Case, day: Date, now: Timestamp) -> bool {
    let later = |date: Option<Date>| date.is_some_and(|date| day < date);
    let counts_later = |act: &Act| {
        act.known_from() > now
            || later(Some(act.date))
            || later(act.receipt)
            || later(act.effective)
    };
    let mut standing = case.acts.iter().filter(|act| act.retraction.is_none());
    later(case.document.content.signature_date) || standing.any(counts_later)
}
