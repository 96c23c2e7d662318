//! Each party's way from the approval of the draft to the receipt of its note, step by step.

use jiff::civil::Date;

use super::{
    State,
    entry::{Entry, procedure_day},
    facts::Facts,
    procedure::{PartyStatus, ProcedureState},
};
use crate::domain::{Act, ActKind, EntryRule, Nature};

/// One step of a party's procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What is done; of the acts that complete a domestic procedure, the one that did.
    pub kind: ActKind,
    /// Where it stands.
    pub state: StageState,
    /// When it was done, or since when it is awaited.
    pub date: Option<Date>,
    /// The names of the acts that show it.
    pub acts: Vec<String>,
}

/// Where a step of a procedure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// An act shows it.
    Done,
    /// A later step shows that it was done, or the register entry's day of signature does.
    Implied,
    /// It is awaited now.
    Outstanding,
    /// It comes after a step that is outstanding.
    ToCome,
}

/// A step that was done without an act that shows it.
struct Implied {
    /// When, where that is known.
    day: Option<Date>,
}

/// A step on the way, before it is known whether it is awaited.
struct Step {
    kind: ActKind,
    /// Whether the rule on entry into force asks for it.
    asked: bool,
    /// When it was done, and the acts that show it.
    done: Option<(Date, Vec<String>)>,
    /// How another act shows that it was done, if one does.
    implied: Option<Implied>,
    /// Since when it is awaited, if nothing else is outstanding.
    since: Option<Date>,
}

/// Returns the steps of one party that the rule asks for or that it has taken, in their order, for a document
/// in `state`. What has ended awaits nothing, and a political document that applies no signature.
pub(super) fn of(
    facts: &Facts<'_>,
    status: &PartyStatus,
    nature: Nature,
    entry: Option<&Entry>,
    state: State,
) -> Vec<Stage> {
    let Some(party) = facts.parties().find(|known| *known == status.party) else {
        return Vec::new();
    };
    let way = Way::new(facts, party, nature, status.procedure);
    let signed = entry.is_none_or(Entry::is_signed);
    let mut is_held_up = false;
    let mut stages = Vec::new();
    for step in way.steps() {
        let asked = step.asked
            && !state.is_end()
            && (nature != Nature::Political || state < State::SignedEntryUnknown);
        let (state, date, acts) = match (step.done, step.implied) {
            (Some((day, acts)), _) => (StageState::Done, Some(day), acts),
            (None, Some(Implied { day })) => (StageState::Implied, day, Vec::new()),
            (None, None) if !asked => continue,
            (None, None) if is_held_up || !(signed || step.kind == ActKind::Signature) => {
                (StageState::ToCome, None, Vec::new())
            }
            (None, None) => {
                is_held_up = true;
                (StageState::Outstanding, step.since, Vec::new())
            }
        };
        stages.push(Stage {
            kind: step.kind,
            state,
            date,
            acts,
        });
    }
    stages
}

/// What is known of one party, and what the rule asks of it.
struct Way<'f, 'a> {
    facts: &'f Facts<'a>,
    party: &'a str,
    notifies: bool,
    exchanges: bool,
    decides: bool,
    /// The last signature of any party, or the first while some are missing.
    signed: Option<Date>,
}

impl<'f, 'a> Way<'f, 'a> {
    fn new(
        facts: &'f Facts<'a>,
        party: &'a str,
        nature: Nature,
        procedure: ProcedureState,
    ) -> Self {
        let binding = nature != Nature::Political;
        let notifies = binding
            && match facts.rule() {
                EntryRule::AfterLastNotification(_) => true,
                EntryRule::AfterNotificationBy(notifier, _) => notifier == party,
                _ => false,
            };
        let exchanges = binding && matches!(facts.rule(), EntryRule::AfterExchange(_));
        let signing = super::signing::Signing::of(facts);
        Self {
            facts,
            party,
            notifies,
            exchanges,
            decides: notifies || exchanges || procedure == ProcedureState::Outstanding,
            signed: signing
                .complete()
                .map(|signed| signed.day)
                .or(signing.first()),
        }
    }

    /// Returns the steps in their order.
    fn steps(&self) -> [Step; 7] {
        let first = |kind| self.facts.first(self.party, kind);
        let taken = |kind| Step::new(kind, false, first(kind), None, None);
        let received = self.facts.receipt(self.party).complete;
        let notified = self.facts.notification(self.party);
        let notified_since = procedure_day(self.facts, self.party)
            .map_or(self.signed, |day| self.signed.max(Some(day)));
        let decision = self.decision();
        let implies_decision = notified.or(first(ActKind::ExchangeOfInstruments));
        [
            taken(ActKind::SignatureAuthorization),
            taken(ActKind::Initialling),
            Step::new(
                ActKind::Signature,
                true,
                self.facts.signature(self.party),
                self.facts
                    .stated_signature(self.party)
                    .map(|day| Implied { day: Some(day) }),
                self.signed,
            ),
            Step::new(
                decision.map_or(ActKind::DomesticApproval, |act| act.kind),
                self.decides,
                decision,
                implies_decision.map(|_| Implied { day: None }),
                self.signed,
            ),
            Step::new(
                ActKind::NotificationSent,
                self.notifies,
                first(ActKind::NotificationSent),
                notified.map(|_| Implied { day: None }),
                notified_since,
            ),
            Step {
                kind: ActKind::NotificationReceived,
                asked: self.notifies,
                done: received.map(|dated| (dated.day, names(&dated.acts))),
                implied: None,
                since: notified.map(|act| act.date),
            },
            Step::new(
                ActKind::ExchangeOfInstruments,
                self.exchanges,
                first(ActKind::ExchangeOfInstruments),
                None,
                self.signed,
            ),
        ]
    }

    /// Returns the first act that completed the party's domestic procedure.
    fn decision(&self) -> Option<&'a Act> {
        self.facts
            .past()
            .find(|act| act.party == self.party && act.kind.completes_procedure())
    }
}

impl Step {
    /// A step that one act shows.
    fn new(
        kind: ActKind,
        asked: bool,
        act: Option<&Act>,
        implied: Option<Implied>,
        since: Option<Date>,
    ) -> Self {
        Self {
            kind,
            asked,
            done: act.map(|act| (act.date, names(&[act]))),
            implied,
            since,
        }
    }
}

fn names(acts: &[&Act]) -> Vec<String> {
    acts.iter().map(|act| act.name.to_string()).collect()
}
