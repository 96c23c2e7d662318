//! Suspension and resumption of a document's operation.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    State, Verdict, basis,
    entry::Entry,
    facts::Facts,
    findings::{Findings, WarningCode},
    life::Departures,
    provisional::QUORUM,
};
use crate::domain::{Act, ActKind};

/// Returns the suspension, if fewer than two parties are left on the day that have not suspended it, or the resumption
/// that ended one. A term and its renewals run on meanwhile. Where entry into force is not established, says so only.
pub(super) fn follow(
    facts: &Facts<'_>,
    entry: &Entry,
    departures: &Departures<'_>,
    findings: &mut Findings,
) -> Option<Verdict> {
    let Some(entry) = entry.date() else {
        without_entry(facts, findings);
        return None;
    };
    if facts.day < entry {
        return None;
    }
    let mut changes = changes(facts, findings);
    changes.sort_by_key(|act| (act.effect(), act.date, act.kind, &act.name));
    let gone = |by: Date| departures.iter().filter(move |(_, day)| **day <= by);
    let mut days: BTreeSet<Date> = changes.iter().map(|act| act.effect()).collect();
    days.extend(gone(facts.day).map(|(_, day)| *day));

    let mut changes = changes.into_iter().peekable();
    let mut suspended: BTreeSet<&str> = BTreeSet::new();
    let (mut since, mut resumed) = (None, None);
    for day in days {
        while let Some(act) = changes.next_if(|act| act.effect() <= day) {
            let change = if act.kind == ActKind::Suspension {
                suspended.insert(&act.party)
            } else {
                suspended.remove(act.party.as_str())
            };
            if change {
                findings.step(
                    Some(act.effect()),
                    format!("{} {}.", act.party, act.kind.past()),
                    basis::SUSPENSION,
                    &[act],
                );
            }
        }
        let mut out = suspended.clone();
        out.extend(gone(day).map(|(party, _)| *party));
        let operating = facts.parties().count().saturating_sub(out.len());
        if operating < QUORUM && !suspended.is_empty() {
            since = since.or(Some(day));
        } else if since.take().is_some() {
            resumed = Some(day);
        }
    }
    let Some(since) = since else {
        let resumed = resumed.filter(|resumed| entry < *resumed)?;
        let summary = format!("In force since {entry}; suspended, and resumed on {resumed}.");
        return Some(Verdict::new(State::InForce, Some(resumed), summary));
    };
    let since = since.max(entry);
    Some(Verdict::new(
        State::Suspended,
        Some(since),
        format!("In force, suspended since {since}."),
    ))
}

/// The suspensions and resumptions that have taken effect by the day, without those suspensions that the party
/// revoked before that.
fn changes<'a>(facts: &Facts<'a>, findings: &mut Findings) -> Vec<&'a Act> {
    let (mut changes, mut revoked) = (Vec::new(), Vec::new());
    for act in facts.past().filter(|act| act.effect() <= facts.day) {
        match act.kind {
            ActKind::Resumption => changes.push(act),
            ActKind::Suspension => {
                let revocation = facts
                    .past_of(&act.party, ActKind::Resumption)
                    .find(|other| act.date <= other.date && other.effect() < act.effect());
                match revocation {
                    Some(revocation) => revoked.push((act, revocation)),
                    None => changes.push(act),
                }
            }
            _ => {}
        }
    }
    for (act, revocation) in revoked {
        let text = format!(
            "{} revoked its suspension of {} before it took effect.",
            act.party,
            act.effect()
        );
        findings.step(
            Some(revocation.date),
            text,
            basis::WITHDRAWAL,
            &[act, revocation],
        );
    }
    changes
}

/// Warns of suspensions that stand on the day, of a document whose entry into force is not established.
fn without_entry(facts: &Facts<'_>, findings: &mut Findings) {
    let standing: Vec<&Act> = facts
        .past()
        .filter(|act| act.kind == ActKind::Suspension)
        .filter(|act| {
            let mut resumptions = facts.past_of(&act.party, ActKind::Resumption);
            !resumptions.any(|other| act.date <= other.date)
        })
        .collect();
    for act in standing {
        let text = format!(
            "{} suspended its operation from {}; entry into force is not established, so whether that changes anything is not known.",
            act.party,
            act.effect()
        );
        findings.warn(WarningCode::ActWithoutEffect, text, &[act]);
    }
}
