//! Political documents: they have effective dates and do not enter into force.

use super::{State, Verdict, facts::Facts, findings::Findings, life, signing::Signing};

/// Decides the state of a political document.
pub(super) fn verdict(facts: &Facts<'_>, findings: &mut Findings) -> Verdict {
    if let Some(end) = life::terminated(facts, findings) {
        return end;
    }
    let content = facts.content();
    let period = content.effective_period.clone().unwrap_or_default();
    let signing = Signing::of(facts);
    signing.explain("", findings);
    let signed = signing.complete().map(|signed| signed.day);
    let Some(agreed) = signed.or(period
        .start
        .filter(|_| !facts.has_signature_acts() && content.signature_date.is_none()))
    else {
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
