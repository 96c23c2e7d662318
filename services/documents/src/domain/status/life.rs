//! What becomes of a document: suspension, denunciation, termination and the end of its term.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    State, Verdict, basis,
    entry::Entry,
    facts::Facts,
    findings::{Findings, WarningCode},
    provisional::QUORUM,
    term::{Term, eve, notice_effect},
};
use crate::domain::{Act, ActKind, DurationRule, EntryRule};

/// What has become of a document by the day.
pub(super) struct Life {
    /// The term that the day falls in, where a rule on duration is given.
    pub(super) term: Option<Term>,
    /// How it ended, if it has.
    pub(super) end: Option<Verdict>,
    /// Its suspension, if it is suspended.
    pub(super) suspension: Option<Verdict>,
}

impl Life {
    /// Follows the acts and clauses that end or suspend the document. Without a day of entry into force, only
    /// the parties' agreement and a named last day end it.
    pub(super) fn of(facts: &Facts<'_>, entry: &Entry, findings: &mut Findings) -> Self {
        let date = entry.date();
        let rule = facts.content().duration.clone();
        let mut term = rule
            .as_ref()
            .map(|rule| Term::on(facts.day.max(date.unwrap_or(facts.day)), rule, date));
        let mut ends: Vec<_> = terminated(facts, findings).into_iter().collect();
        let rule = rule.unwrap_or(DurationRule::Unknown);
        ends.extend(stated_expiry(facts, &rule, term.as_ref(), findings));
        ends.extend(end_of_term(facts, &rule, term.as_ref(), entry, findings));
        if let Some(left) = left(facts, &rule, date, findings) {
            if let Some(term) = &mut term
                && matches!(rule, DurationRule::Renewable { .. })
            {
                term.end = Some(eve(left));
                term.renewal = None;
                term.notice_deadline = None;
            }
            if let Some(entry) = date.filter(|_| left <= facts.day) {
                ends.push(denounced(&rule, left, entry));
            }
        }
        ends.sort_by_key(|end| end.since);
        Self {
            term,
            end: ends.into_iter().next(),
            suspension: date
                .filter(|entry| *entry <= facts.day)
                .and_then(|entry| suspension(facts, entry, findings)),
        }
    }
}

/// Returns the end with the last day of a term that does not renew. A named last day ends a document that
/// all have signed whether or not it had entered into force.
fn end_of_term(
    facts: &Facts<'_>,
    rule: &DurationRule,
    term: Option<&Term>,
    entry: &Entry,
    findings: &mut Findings,
) -> Option<Verdict> {
    let end = term?.end.filter(|end| *end < facts.day)?;
    let entered = entry.date().is_some_and(|entry| entry <= end);
    match rule {
        DurationRule::Months(_) if entered => {}
        DurationRule::Until(_) if entry.is_signed() => {}
        _ => return None,
    }
    let text = "This was the last day of its term.";
    findings.step(Some(end), text, basis::TERMINATION, &[]);
    let summary = if entered {
        format!("Expired; in force until {end}.")
    } else if *facts.rule() == EntryRule::Unknown {
        format!(
            "Expired; its last day was {end}, and whether it had entered into force is not established."
        )
    } else {
        format!("Expired; its last day, {end}, passed before it entered into force.")
    };
    Some(Verdict::new(State::Expired, end.tomorrow().ok(), summary))
}

/// Says that fewer than two parties are bound from the day `left`.
fn denounced(rule: &DurationRule, left: Date, entry: Date) -> Verdict {
    let (state, word) = match rule {
        DurationRule::Renewable { .. } => (State::Expired, "Expired"),
        _ => (State::Terminated, "Denounced"),
    };
    let summary = if left <= entry {
        format!("{word} on {left}, before it entered into force.")
    } else {
        format!("{word}; in force until {}.", eve(left))
    };
    Verdict::new(state, Some(left), summary)
}

/// Returns the end by agreement of all parties, if they have all agreed and its day has come.
pub(super) fn terminated(facts: &Facts<'_>, findings: &mut Findings) -> Option<Verdict> {
    let since = agreed_by_all(facts, ActKind::Termination, findings)?;
    if since > facts.day {
        findings.step(
            Some(since),
            "The parties have agreed that it ends on this day.",
            basis::TERMINATION,
            &[],
        );
        return None;
    }
    Some(Verdict::new(
        State::Terminated,
        Some(since),
        format!("Terminated by the parties on {since}."),
    ))
}

/// Returns the latest effect of the parties' first acts of `kind`, if every party has done one.
fn agreed_by_all(facts: &Facts<'_>, kind: ActKind, findings: &mut Findings) -> Option<Date> {
    let acts: Vec<&Act> = facts
        .parties()
        .filter_map(|party| facts.first(party, kind))
        .collect();
    for act in &acts {
        findings.step(
            Some(act.date),
            format!("{} {}.", act.party, kind.past()),
            basis::TERMINATION,
            &[act],
        );
    }
    let missing: Vec<_> = facts
        .parties()
        .filter(|party| facts.first(party, kind).is_none())
        .collect();
    if missing.is_empty() {
        return acts.iter().map(|act| act.effect()).max();
    }
    if let Some(first) = acts.iter().map(|act| act.date).min() {
        let text = format!(
            "Not every party {}: not {}.",
            kind.past(),
            missing.join(", ")
        );
        findings.warn(WarningCode::NotAgreedByAll, text, &acts);
        for party in missing {
            let text = format!("The word of {party} that it {}.", kind.past());
            findings.await_act(Some(party), Some(kind), Some(first), text);
        }
    }
    None
}

/// Follows the parties' statements that the document has expired. They decide where no rule names an
/// end; where one does, the rule decides and a statement of another day is doubtful.
fn stated_expiry(
    facts: &Facts<'_>,
    rule: &DurationRule,
    term: Option<&Term>,
    findings: &mut Findings,
) -> Option<Verdict> {
    let ruled = term
        .and_then(|term| term.end)
        .filter(|_| matches!(rule, DurationRule::Months(_) | DurationRule::Until(_)));
    if let Some(end) = ruled {
        for act in facts.past().filter(|act| act.kind == ActKind::Expiry) {
            if act.date != end && Some(act.date) != end.tomorrow().ok() {
                let text = format!(
                    "{} states that it expired on {}; by its rule the last day is {end}.",
                    act.party, act.date
                );
                findings.warn(WarningCode::ContradictingDates, text, &[act]);
            }
        }
        return None;
    }
    let since = agreed_by_all(facts, ActKind::Expiry, findings)?;
    Some(Verdict::new(
        State::Expired,
        Some(since),
        format!("Expired on {since}, as all parties state."),
    ))
}

/// Returns the first day on which fewer than two parties are left, by their notices of denunciation.
fn left(
    facts: &Facts<'_>,
    rule: &DurationRule,
    entry: Option<Date>,
    findings: &mut Findings,
) -> Option<Date> {
    let mut effects: Vec<Date> = Vec::new();
    for party in facts.parties() {
        effects.extend(leaves(facts, party, rule, entry, findings));
    }
    effects.sort();
    let needed = (facts.parties().count() + 1).saturating_sub(QUORUM);
    effects.get(needed.checked_sub(1)?).copied()
}

/// Returns the first day on which one party is no longer bound, by its first notice that stands.
fn leaves<'a>(
    facts: &Facts<'a>,
    party: &'a str,
    rule: &DurationRule,
    entry: Option<Date>,
    findings: &mut Findings,
) -> Option<Date> {
    let notices: Vec<_> = facts.past_of(party, ActKind::DenunciationNotice).collect();
    for notice in notices {
        let Some(received) = notice.receipt.filter(|day| *day <= facts.day) else {
            let text = format!(
                "{party} gave notice on {}; its receipt is not recorded, so nothing follows yet.",
                notice.date
            );
            findings.warn(WarningCode::ReceiptNotRecorded, text, &[notice]);
            continue;
        };
        let effect = entry.and_then(|entry| notice_effect(rule, entry, received));
        if let Some(withdrawal) = withdrawal(facts, notice, effect, findings) {
            let text = format!(
                "{party} withdrew its notice of {} before it took effect.",
                notice.date
            );
            findings.step(
                Some(withdrawal.date),
                text,
                basis::WITHDRAWAL,
                &[notice, withdrawal],
            );
            continue;
        }
        let Some(effect) = effect else {
            let why = if entry.is_none() {
                "entry into force is not established, so no day follows from it"
            } else {
                "no rule that is known says when it takes effect"
            };
            let text = format!("The notice of {party} was received on {received}; {why}.");
            findings.warn(WarningCode::NoticePeriodNotKnown, text, &[notice]);
            continue;
        };
        let text =
            format!("The notice of {party}, received on {received}, takes effect on {effect}.");
        findings.step(Some(effect), text, basis::DENUNCIATION, &[notice]);
        return Some(effect);
    }
    None
}

/// Returns the withdrawal of a notice that had been received by the day and before the notice took
/// effect, and warns of those whose receipt by the day is not recorded.
fn withdrawal<'a>(
    facts: &Facts<'a>,
    notice: &'a Act,
    effect: Option<Date>,
    findings: &mut Findings,
) -> Option<&'a Act> {
    let (received, unreceived): (Vec<_>, Vec<_>) = facts
        .past_of(&notice.party, ActKind::DenunciationWithdrawal)
        .filter(|act| notice.date <= act.date)
        .partition(|act| act.receipt.is_some_and(|day| day <= facts.day));
    let withdrawal = received.into_iter().find(|act| {
        effect.is_none_or(|effect| act.receipt.is_some_and(|received| received < effect))
    });
    if let (None, Some(act)) = (withdrawal, unreceived.first()) {
        let text = format!(
            "{} withdrew its notice of {} on {}; its receipt is not recorded, so the notice stands.",
            act.party, notice.date, act.date
        );
        findings.warn(WarningCode::ReceiptNotRecorded, text, &[notice, act]);
    }
    withdrawal
}

/// Returns the suspension, if fewer than two parties are left unsuspended on the day. A term and its
/// renewals run on meanwhile.
fn suspension(facts: &Facts<'_>, entry: Date, findings: &mut Findings) -> Option<Verdict> {
    let mut changes: Vec<&Act> = facts
        .past()
        .filter(|act| {
            matches!(act.kind, ActKind::Suspension | ActKind::Resumption)
                && act.effect() <= facts.day
        })
        .collect();
    changes.sort_by_key(|act| (act.effect(), act.date, act.kind, &act.name));
    let mut suspended = BTreeSet::new();
    let mut since = None;
    for act in changes {
        let change = if act.kind == ActKind::Suspension {
            suspended.insert(&act.party)
        } else {
            suspended.remove(&act.party)
        };
        if change {
            findings.step(
                Some(act.effect()),
                format!("{} {}.", act.party, act.kind.past()),
                basis::SUSPENSION,
                &[act],
            );
        }
        let operating = facts.parties().count().saturating_sub(suspended.len());
        since = if operating < QUORUM {
            since.or(Some(act.effect()))
        } else {
            None
        };
    }
    let since = since?.max(entry);
    Some(Verdict::new(
        State::Suspended,
        Some(since),
        format!("In force, suspended since {since}."),
    ))
}
