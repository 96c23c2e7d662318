//! Who has signed by the day, by each party's own act or, for a party without one, by the register entry.

use jiff::civil::Date;

use super::{
    facts::{Dated, Facts},
    findings::{Findings, WarningCode},
};
use crate::domain::{Act, ActKind};

/// How far the signing of a document has come on the day.
pub(super) struct Signing<'a> {
    /// The acts of signature that count, one of each party that has done one by the day.
    acts: Vec<&'a Act>,
    /// The day that the register entry states, where it stands in for the act of a party.
    stated: Option<Date>,
    /// The parties that it stands in for.
    stood_in_for: Vec<&'a str>,
    /// The parties that are not known to have signed.
    missing: Vec<&'a str>,
}

impl<'a> Signing<'a> {
    /// Finds out who has signed.
    pub(super) fn of(facts: &Facts<'a>) -> Self {
        let mut signing = Self {
            acts: Vec::new(),
            stated: None,
            stood_in_for: Vec::new(),
            missing: Vec::new(),
        };
        for party in facts.parties() {
            if let Some(act) = facts.signature(party) {
                signing.acts.push(act);
            } else if let Some(day) = facts.stated_signature(party) {
                signing.stated = Some(day);
                signing.stood_in_for.push(party);
            } else {
                signing.missing.push(party);
            }
        }
        signing
    }

    /// Returns the day of the first signature, if any party has signed.
    pub(super) fn first(&self) -> Option<Date> {
        self.days().min()
    }

    /// Returns the day of the last signature and the acts, if every party has signed.
    pub(super) fn complete(&self) -> Option<Dated<'a>> {
        let day = self.days().max().filter(|_| self.missing.is_empty())?;
        Some(Dated {
            day,
            acts: self.acts.clone(),
        })
    }

    /// Adds a step for each signature, citing `basis`, and the doubt about those without an act.
    pub(super) fn explain(&self, basis: &'static str, findings: &mut Findings) {
        for act in &self.acts {
            let text = format!("{} signed.", act.party);
            findings.step(Some(act.date), text, basis, &[act]);
        }
        if self.stated.is_some() {
            let text = format!(
                "The register entry states this day of signature; no act of signature by {} is known.",
                self.stood_in_for.join(", ")
            );
            findings.warn(WarningCode::NoActOfSignature, text.as_str(), &[]);
            findings.step(self.stated, text, basis, &[]);
        }
    }

    /// Awaits the signatures of the other parties.
    pub(super) fn await_missing(&self, findings: &mut Findings) {
        for party in &self.missing {
            findings.await_act(
                Some(party),
                Some(ActKind::Signature),
                self.first(),
                format!("The signature of {party}."),
            );
        }
    }

    fn days(&self) -> impl Iterator<Item = Date> + '_ {
        self.acts.iter().map(|act| act.date).chain(self.stated)
    }
}
