//! Where each party's domestic procedure and notification stand.

use jiff::civil::Date;

use super::{basis, facts::Facts, findings::Findings, stages::Stage};
use crate::domain::{Act, ActKind, EntryRule, Nature};

/// One party's part in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyStatus {
    /// The party.
    pub party: String,
    /// When it signed.
    pub signed: Option<Date>,
    /// Where its domestic procedure stands.
    pub procedure: ProcedureState,
    /// When it completed its domestic procedure.
    pub procedure_date: Option<Date>,
    /// The acts that completed it.
    pub procedure_acts: Vec<Act>,
    /// When it sent its notification.
    pub notified: Option<Date>,
    /// When every other party had received its notification.
    pub received: Option<Date>,
    /// The first day on which it is no longer bound, by its own notice.
    pub departure: Option<Date>,
    /// Its way from the approval of the draft to the receipt of its note.
    pub stages: Vec<Stage>,
}

/// Where a party's domestic procedure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcedureState {
    /// Whether one is needed or done is not known.
    NotKnown,
    /// None is needed.
    NotRequired,
    /// One is needed, and not done.
    Outstanding,
    /// Done.
    Completed,
}

/// Returns the part of each party, in the order of the document's parties.
pub(super) fn of_parties(facts: &Facts<'_>, nature: Nature) -> Vec<PartyStatus> {
    facts
        .parties()
        .map(|party| {
            let acts = completing(facts, party);
            let procedure = if acts.is_empty() {
                missing_procedure(facts, party, nature)
            } else {
                ProcedureState::Completed
            };
            PartyStatus {
                party: party.to_owned(),
                signed: facts.signature(party).map(|act| act.date),
                procedure,
                procedure_date: acts.first().map(|act| act.date),
                procedure_acts: acts
                    .into_iter()
                    .cloned()
                    .map(Act::before_retraction)
                    .collect(),
                notified: facts
                    .first(party, ActKind::NotificationSent)
                    .map(|act| act.date),
                received: facts.receipt(party).complete.map(|receipt| receipt.day),
                departure: None,
                stages: Vec::new(),
            }
        })
        .collect()
}

/// Returns the acts that completed a party's procedure: its decisions, else the notification or
/// exchange that presupposes one, else another party's word that it received that notification.
fn completing<'a>(facts: &Facts<'a>, party: &'a str) -> Vec<&'a Act> {
    let decisions: Vec<_> = facts
        .past()
        .filter(|act| act.party == party && act.kind.completes_procedure())
        .collect();
    if !decisions.is_empty() {
        return decisions;
    }
    [ActKind::NotificationSent, ActKind::ExchangeOfInstruments]
        .into_iter()
        .find_map(|kind| facts.first(party, kind))
        .or_else(|| {
            facts
                .past()
                .find(|act| act.notifying_party.as_deref() == Some(party))
        })
        .into_iter()
        .collect()
}

fn missing_procedure(facts: &Facts<'_>, party: &str, nature: Nature) -> ProcedureState {
    match facts.rule() {
        _ if nature == Nature::Political => ProcedureState::NotRequired,
        EntryRule::AfterLastNotification(_) | EntryRule::AfterExchange(_) => {
            ProcedureState::Outstanding
        }
        EntryRule::AfterNotificationBy(notifier, _) if notifier == party => {
            ProcedureState::Outstanding
        }
        // That the other party ratified, or this one later, does not say that the clause asks for it.
        EntryRule::Unknown => ProcedureState::NotKnown,
        EntryRule::AfterNotificationBy(..)
        | EntryRule::OnSignature
        | EntryRule::OnDate(_)
        | EntryRule::WithDocument(_) => ProcedureState::NotRequired,
    }
}

/// Adds a step for each procedure that is completed or outstanding.
pub(super) fn explain(parties: &[PartyStatus], findings: &mut Findings) {
    for party in parties {
        let acts: Vec<_> = party.procedure_acts.iter().collect();
        let references: Vec<_> = acts
            .iter()
            .map(|act| act.reference.as_str())
            .filter(|reference| !reference.is_empty())
            .collect();
        match party.procedure {
            ProcedureState::Completed => {
                let by = if references.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", references.join(", "))
                };
                let text = format!("{} completed its domestic procedure{by}.", party.party);
                findings.step(party.procedure_date, text, basis::RATIFICATION, &acts);
            }
            ProcedureState::Outstanding => {
                let text = format!(
                    "The domestic procedure of {} is outstanding: no act that completes it is known.",
                    party.party
                );
                findings.step(None, text, basis::RATIFICATION, &[]);
            }
            ProcedureState::NotKnown | ProcedureState::NotRequired => {}
        }
    }
}
