//! Political documents: they have effective dates and do not enter into force.

use super::{
    State, Verdict,
    facts::Facts,
    findings::{Findings, WarningCode},
    life,
};
use crate::domain::ActKind;

/// Decides the state of a political document.
pub(super) fn verdict(facts: &Facts<'_>, findings: &mut Findings) -> Verdict {
    if let Some(end) = life::terminated(facts, findings) {
        return end;
    }
    let content = facts.content();
    let period = content.effective_period.clone().unwrap_or_default();
    let acts: Vec<_> = facts
        .parties()
        .filter_map(|party| facts.signature(party))
        .collect();
    for act in &acts {
        findings.step(Some(act.date), format!("{} signed.", act.party), "", &[act]);
    }
    let unsigned: Vec<_> = facts
        .parties()
        .filter(|party| facts.signature(party).is_none())
        .collect();
    let signed = if facts.has_signature_acts() {
        acts.iter()
            .map(|act| act.date)
            .max()
            .filter(|_| unsigned.is_empty())
    } else {
        content.signature_date.filter(|day| *day <= facts.day)
    };
    if signed.is_some() && acts.is_empty() {
        let text = "The register entry states the day of signature; no act of signature is known.";
        findings.warn(WarningCode::NoActOfSignature, text, &[]);
        findings.step(signed, text, "", &[]);
    }
    let Some(agreed) = signed.or(period
        .start
        .filter(|_| !facts.has_signature_acts() && content.signature_date.is_none()))
    else {
        if acts.is_empty() {
            return Verdict::new(State::NotSigned, None, "Not known to be signed.");
        }
        let first = acts.iter().map(|act| act.date).min();
        for party in unsigned {
            findings.await_act(
                Some(party),
                Some(ActKind::Signature),
                first,
                format!("The signature of {party}."),
            );
        }
        return Verdict::new(
            State::AwaitingSignature,
            first,
            "Signed by some of its parties only.",
        );
    };
    let start = period.start.unwrap_or(agreed);
    findings.step(
        Some(start),
        "A political document applies from its first day and does not enter into force.",
        "",
        &[],
    );
    if facts.day < start {
        let summary = format!("Agreed; it applies from {start}.");
        return Verdict::new(State::NotYetEffective, signed, summary);
    }
    match period.end {
        Some(end) if end < facts.day => {
            findings.step(Some(end), "This was its last day.", "", &[]);
            let since = end.tomorrow().ok();
            Verdict::new(
                State::NoLongerEffective,
                since,
                format!("Applied until {end}."),
            )
        }
        Some(end) => Verdict::new(
            State::Effective,
            Some(start),
            format!("Applies from {start} to {end}."),
        ),
        None => Verdict::new(
            State::Effective,
            Some(start),
            format!("Applies since {start}."),
        ),
    }
}
