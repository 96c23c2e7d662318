//! Amendments: what all parties have agreed to, and what some have.

use super::{
    basis,
    facts::Facts,
    findings::Findings,
    life::{Departures, await_agreement},
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
        let left = |party: &str| departures.get(party).filter(|day| **day <= facts.day);
        let silent = facts.parties().filter(|party| act_of(*party).is_none());
        let (gone, missing): (Vec<_>, Vec<_>) = silent.partition(|party| left(party).is_some());
        if missing.is_empty() {
            // Until the last one left, its word was awaited.
            let words = acts.iter().map(|act| act.date);
            let last = words.chain(gone.iter().filter_map(|party| left(party).copied()));
            let text = if gone.is_empty() {
                "Every party has agreed to the amendment."
            } else {
                "Every party that has not left has agreed to the amendment."
            };
            findings.step(last.max(), text, basis::AMENDMENT, &acts);
        } else {
            await_agreement(&missing, kind, first, &acts, findings);
        }
    }
}
