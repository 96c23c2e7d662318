//! What becomes of a document: denunciation, termination and the end of its term.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    State, Verdict, basis,
    entry::Entry,
    facts::Facts,
    findings::{Findings, WarningCode},
    provisional::QUORUM,
    signing::Signing,
    suspension,
    term::{Term, eve, notice_effect},
};
use crate::domain::{Act, ActKind, DurationRule};

/// What has become of a document by the day.
pub(super) struct Life<'a> {
    /// The term that the day falls in, where a rule on duration is given.
    pub(super) term: Option<Term>,
    /// How it ended, if it has.
    pub(super) end: Option<Verdict>,
    /// How it is about to end by what its parties have done, if it is.
    pub(super) coming_end: Option<String>,
    /// Whether it is suspended or was resumed, if it was suspended after its entry into force.
    pub(super) suspension: Option<Verdict>,
    /// The parties that are known to leave it, or have left.
    pub(super) departures: Departures<'a>,
}

/// The end that a rule names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RuledEnd {
    /// None.
    None,
    /// One that depends on a day of entry into force which is not established.
    NotEstablished,
    /// This last day.
    LastDay(Date),
}

/// The first day on which a party is no longer bound, by its notices of denunciation.
pub(super) type Departures<'a> = BTreeMap<&'a str, Date>;

impl<'a> Life<'a> {
    /// Follows the acts and clauses that end or suspend the document. Without a day of entry into force, only
    /// the parties' agreement and a named last day end it.
    pub(super) fn of(facts: &Facts<'a>, entry: &Entry, findings: &mut Findings) -> Self {
        let date = entry.date();
        let rule = facts.content().duration.clone();
        let mut term = rule
            .as_ref()
            .map(|rule| Term::on(facts.day.max(date.unwrap_or(facts.day)), rule, date));
        let rule = rule.unwrap_or(DurationRule::Unknown);
        let departures = departures(facts, &rule, date, findings);
        let ruled = match rule {
            DurationRule::Months(_) | DurationRule::Until(_) => term
                .as_ref()
                .and_then(|term| term.end)
                .map_or(RuledEnd::NotEstablished, RuledEnd::LastDay),
            _ => RuledEnd::None,
        };
        let mut ends = Vec::new();
        ends.extend(terminated(facts, &departures, findings));
        ends.extend(stated_expiry(facts, ruled, &departures, findings));
        ends.extend(end_of_term(facts, &rule, term.as_ref(), entry, findings));
        ends.extend(denounced(facts, &rule, &departures, entry));
        ends.sort_by_key(|end| end.since);
        if let (Some(term), Some(end)) = (&mut term, ends.first().and_then(|end| end.since)) {
            term.cut(end, date);
        }
        let end = ends.first().and_then(|end| end.since);
        let is_by_term = |end: Date| matches!(ruled, RuledEnd::LastDay(last) if last < eve(end));
        Self {
            // Before that its term may end.
            coming_end: end
                .filter(|end| facts.day < *end && !is_by_term(*end))
                .map(|end| coming_end(end, &departures)),
            term,
            end: ends.into_iter().find(|end| end.has_come(facts.day)),
            suspension: suspension::follow(facts, entry, &departures, findings),
            departures,
        }
    }
}

/// Says how a document is about to end, to go on with.
fn coming_end(end: Date, departures: &Departures<'_>) -> String {
    let leaving = departures.iter().filter(|(_, day)| **day == end);
    let leaving: Vec<_> = leaving.map(|(party, _)| *party).collect();
    if leaving.is_empty() {
        format!("it ends on {end}, as its parties have agreed")
    } else {
        format!("it ends on {end} by the notice of {}", leaving.join(", "))
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
    } else if findings.warns(WarningCode::OtherDocumentNotDisclosed) {
        format!(
            "Expired; its last day was {end}, and whether it had entered into force is not told, because it waits for a document that the caller may not read."
        )
    } else if entry.is_open() || findings.warns(WarningCode::StatedEntryNotEstablished) {
        format!(
            "Expired; its last day was {end}, and whether it had entered into force is not established."
        )
    } else {
        format!("Expired; its last day, {end}, passed before it entered into force.")
    };
    let mut since = end.tomorrow().unwrap_or(end);
    if let Some(signed) = Signing::of(facts).complete() {
        since = since.max(signed.day);
    }
    Some(Verdict::new(State::Expired, Some(since), summary))
}

/// Says from when on fewer than two parties are bound, by their notices of denunciation. Where that day is
/// before the conditions for entry into force were met, nothing had ended until they were.
fn denounced(
    facts: &Facts<'_>,
    rule: &DurationRule,
    departures: &Departures<'_>,
    entry: &Entry,
) -> Option<Verdict> {
    let Entry::Established { since: met, date } = entry else {
        return None;
    };
    let mut days: Vec<Date> = departures.values().copied().collect();
    days.sort_unstable();
    let needed = (facts.parties().count() + 1).saturating_sub(QUORUM);
    let left = days.get(needed.checked_sub(1)?).copied()?;
    let (state, word) = match rule {
        DurationRule::Renewable { .. } => (State::Expired, "Expired"),
        _ => (State::Terminated, "Denounced"),
    };
    let summary = if left <= *date {
        format!("{word} on {left}, before it entered into force.")
    } else {
        format!("{word}; in force until {}.", eve(left))
    };
    Some(Verdict::new(state, Some(left.max(*met)), summary))
}

/// Returns the end by agreement of all parties, if they have all agreed; its day may be still to come.
pub(super) fn terminated(
    facts: &Facts<'_>,
    departures: &Departures<'_>,
    findings: &mut Findings,
) -> Option<Verdict> {
    let since = agreed_by_all(facts, ActKind::Termination, departures, findings)?;
    if since > facts.day {
        findings.step(
            Some(since),
            "The parties have agreed that it ends on this day.",
            basis::TERMINATION,
            &[],
        );
    }
    Some(Verdict::new(
        State::Terminated,
        Some(since),
        format!("Terminated by the parties on {since}."),
    ))
}

/// Returns the day from which the parties' first acts of `kind` have effect, if every party has done one
/// that has not left: the latest of their effects, or the last departure that they waited for. Acts dated before the
/// signature keep their day, with a warning: a later signature does not undo an end.
fn agreed_by_all(
    facts: &Facts<'_>,
    kind: ActKind,
    departures: &Departures<'_>,
    findings: &mut Findings,
) -> Option<Date> {
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
    let named: BTreeSet<_> = acts.iter().filter_map(|act| act.effective).collect();
    if named.len() > 1 {
        let text = format!(
            "The parties name different days from which it {}; the last counts.",
            kind.past()
        );
        findings.warn(WarningCode::ContradictingDates, text, &acts);
    }
    let first = acts.iter().map(|act| act.date).min()?;
    let mut missing = Vec::new();
    let mut since = None;
    for party in facts.parties() {
        let word = facts.first(party, kind).map(Act::effect);
        let left = departures.get(party).filter(|day| **day <= facts.day);
        match word.into_iter().chain(left.copied()).min() {
            Some(day) => since = since.max(Some(day)),
            None => missing.push(party),
        }
    }
    if missing.is_empty() {
        return since;
    }
    await_agreement(&missing, kind, first, &acts, findings);
    None
}

/// Awaits the words of the parties that have not agreed since the first of `acts`.
pub(super) fn await_agreement(
    missing: &[&str],
    kind: ActKind,
    first: Date,
    acts: &[&Act],
    findings: &mut Findings,
) {
    let text = format!(
        "Not every party {}: not {}.",
        kind.past(),
        missing.join(", ")
    );
    findings.warn(WarningCode::NotAgreedByAll, text, acts);
    for party in missing {
        let text = format!("The word of {party} that it {}.", kind.past());
        findings.await_act(Some(party), Some(kind), Some(first), text);
    }
}

/// Follows the parties' statements that the document has expired. Of all parties together they are consent to its
/// end. Where a rule names an end, a statement of another day is doubtful, and one of some parties only asks nothing of
/// the others.
pub(super) fn stated_expiry(
    facts: &Facts<'_>,
    ruled: RuledEnd,
    departures: &Departures<'_>,
    findings: &mut Findings,
) -> Option<Verdict> {
    let kind = ActKind::Expiry;
    if let RuledEnd::LastDay(end) = ruled {
        for act in facts.past().filter(|act| act.kind == kind) {
            if act.date != end && Some(act.date) != end.tomorrow().ok() {
                let text = format!(
                    "{} states that it expired on {}; by its rule the last day is {end}.",
                    act.party, act.date
                );
                findings.warn(WarningCode::ContradictingDates, text, &[act]);
            }
        }
    }
    let has_spoken = |party| facts.first(party, kind).is_some() || departures.contains_key(party);
    if ruled != RuledEnd::None && !facts.parties().all(has_spoken) {
        return None;
    }
    let since = agreed_by_all(facts, kind, departures, findings)?;
    if matches!(ruled, RuledEnd::LastDay(end) if end <= since) {
        return None;
    }
    Some(Verdict::new(
        State::Expired,
        Some(since),
        format!("Expired on {since}, as all parties state."),
    ))
}

/// Returns when each party leaves that has given a notice which stands.
fn departures<'a>(
    facts: &Facts<'a>,
    rule: &DurationRule,
    entry: Option<Date>,
    findings: &mut Findings,
) -> Departures<'a> {
    facts
        .parties()
        .filter_map(|party| Some((party, leaves(facts, party, rule, entry, findings)?)))
        .collect()
}

/// Returns the first day on which one party is no longer bound: of its notices that stand, the one that takes effect
/// first decides, whichever was sent first.
fn leaves<'a>(
    facts: &Facts<'a>,
    party: &'a str,
    rule: &DurationRule,
    entry: Option<Date>,
    findings: &mut Findings,
) -> Option<Date> {
    let mut leaves: Option<Date> = None;
    for notice in facts.past_of(party, ActKind::DenunciationNotice) {
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
        leaves = Some(leaves.map_or(effect, |first| first.min(effect)));
    }
    leaves
}

/// Returns the withdrawal of a notice that had been received by the day and before the notice took
/// effect, and warns of those whose receipt by the day is not recorded. A withdrawal is of all notices sent before
/// it; of one sent on its own day only where there is no earlier one that it can mean.
fn withdrawal<'a>(
    facts: &Facts<'a>,
    notice: &'a Act,
    effect: Option<Date>,
    findings: &mut Findings,
) -> Option<&'a Act> {
    let is_meant = |act: &Act| {
        let mut notices = facts.past_of(&notice.party, ActKind::DenunciationNotice);
        notice.date < act.date
            || notice.date == act.date && !notices.any(|other| other.date < act.date)
    };
    let (received, unreceived): (Vec<_>, Vec<_>) = facts
        .past_of(&notice.party, ActKind::DenunciationWithdrawal)
        .filter(|act| is_meant(act))
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
