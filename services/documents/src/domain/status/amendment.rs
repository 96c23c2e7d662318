//! Amendments: what all parties have agreed to, and what some have.

use jiff::civil::Date;

use super::{
    basis,
    facts::Facts,
    findings::{Findings, WarningCode},
    life::Departures,
};
use crate::domain::{Act, ActKind};

/// Follows the parties' acts of amendment: the first of each party are about one amendment, the second about the next, and
/// so on. A party that has left is not asked.
pub(super) fn follow(facts: &Facts<'_>, departures: &Departures<'_>, findings: &mut Findings) {
    let kind = ActKind::Amendment;
    for round in 0.. {
        let act_of = |party| facts.past_of(party, kind).nth(round);
        let acts: Vec<&Act> = facts.parties().filter_map(act_of).collect();
        let Some(first) = acts.iter().map(|act| act.date).min() else {
            return;
        };
        for act in &acts {
            let text = format!("{} {}.", act.party, kind.past());
            findings.step(Some(act.date), text, basis::AMENDMENT, &[act]);
        }
        let has_left = |party: &str| departures.get(party).is_some_and(|day| *day <= facts.day);
        let missing: Vec<_> = facts
            .parties()
            .filter(|party| act_of(*party).is_none() && !has_left(party))
            .collect();
        if missing.is_empty() {
            let last: Option<Date> = acts.iter().map(|act| act.date).max();
            let text = "Every party has agreed to the amendment.";
            findings.step(last, text, basis::AMENDMENT, &acts);
        } else {
            await_missing(&missing, first, &acts, findings);
        }
    }
}

/// Awaits the word of the parties that have not agreed.
fn await_missing(missing: &[&str], first: Date, acts: &[&Act], findings: &mut Findings) {
    let kind = ActKind::Amendment;
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
