//! Political documents: they have effective dates and do not enter into force.

use jiff::civil::Date;

use super::{
    State, Verdict, amendment,
    facts::Facts,
    findings::{Findings, WarningCode},
    life::{self, Departures, RuledEnd},
    signing::Signing,
};
use crate::domain::{Act, ActKind};

/// What is done about treaties and changes nothing about a political document.
const OF_TREATIES: [ActKind; 6] = [
    ActKind::ProvisionalApplication,
    ActKind::ProvisionalApplicationEnd,
    ActKind::Suspension,
    ActKind::Resumption,
    ActKind::DenunciationNotice,
    ActKind::DenunciationWithdrawal,
];

/// Decides the state of a political document.
pub(super) fn verdict(facts: &Facts<'_>, findings: &mut Findings) -> Verdict {
    without_effect(facts, findings);
    amendment::follow(facts, &Departures::new(), findings);
    let content = facts.content();
    let period = content.effective_period.clone().unwrap_or_default();
    let signing = Signing::of(facts);
    signing.explain("", findings);
    let signed = signing.complete().map(|signed| signed.day);
    let agreed = signed.or(period
        .start
        .filter(|_| !facts.has_signature_acts() && content.signature_date.is_none()));
    let start = agreed.map(|agreed| period.start.unwrap_or(agreed));
    if start.is_some() {
        findings.step(
            start,
            "A political document applies from its first day and does not enter into force.",
            "",
            &[],
        );
    }
    // One that was agreed only after its first day did not apply before.
    let since = start.max(agreed);
    if let Some(end) = ended(facts, period.end, since, findings) {
        return end;
    }
    let Some(start) = start else {
        signing.await_missing(findings);
        let Some(first) = signing.first() else {
            return Verdict::new(State::NotSigned, None, "Not known to be signed.");
        };
        return Verdict::new(
            State::AwaitingSignature,
            Some(first),
            "Signed by some of its parties only.",
        );
    };
    if facts.day < start {
        let summary = format!("Agreed; it applies from {start}.");
        return Verdict::new(State::NotYetEffective, signed, summary);
    }
    let summary = match period.end {
        Some(end) => format!("Applies from {start} to {end}."),
        None => format!("Applies since {start}."),
    };
    Verdict::new(State::Effective, since, summary)
}

/// Returns the first end that has come: by agreement, or with the last day of a document that applies from `since`.
fn ended(
    facts: &Facts<'_>,
    last_day: Option<Date>,
    since: Option<Date>,
    findings: &mut Findings,
) -> Option<Verdict> {
    let nobody_leaves = Departures::new();
    let mut ends = Vec::new();
    ends.extend(life::terminated(facts, &nobody_leaves, findings));
    let ruled = last_day.map_or(RuledEnd::None, RuledEnd::LastDay);
    let stated = life::stated_expiry(facts, ruled, &nobody_leaves, findings);
    ends.extend(stated.map(|end| Verdict {
        state: State::NoLongerEffective,
        ..end
    }));
    if let (Some(end), Some(since)) = (last_day.filter(|end| *end < facts.day), since) {
        findings.step(Some(end), "This was its last day.", "", &[]);
        let from = end.tomorrow().unwrap_or(end).max(since);
        ends.push(Verdict::new(
            State::NoLongerEffective,
            Some(from),
            format!("Applied until {end}."),
        ));
    }
    ends.sort_by_key(|end| end.since);
    ends.into_iter().find(|end| end.has_come(facts.day))
}

/// Warns of acts that change nothing.
fn without_effect(facts: &Facts<'_>, findings: &mut Findings) {
    let acts: Vec<&Act> = facts
        .past()
        .filter(|act| OF_TREATIES.contains(&act.kind))
        .collect();
    if !acts.is_empty() {
        let text = "A political document does not bind in law, so that it is neither denounced nor suspended nor applied \
                    provisionally; these acts have no effect.";
        findings.warn(WarningCode::ActWithoutEffect, text, &acts);
    }
}
