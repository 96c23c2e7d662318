//! A measure: what was planned, and the words of both sides on it.

mod plan;

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{
    completion::{Action, Completion, Move},
    event::{Event, Kind},
    name::MeasureName,
    refusal::Refusal,
    roadmap,
    side::Side,
};

pub use plan::{Executors, Misfit, Plan, misfits};

/// The greatest place of a measure in its roadmap.
pub const MAX_ORDER_NUMBER: i64 = 1_000_000;

/// Returns the place after the greatest in a roadmap. Places need not differ: after the last one comes the last one.
#[must_use]
pub fn next_order_number(greatest: i64) -> i64 {
    (greatest + 1).min(MAX_ORDER_NUMBER)
}

/// One piece of evidence, pinned by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Where it can be fetched; may be empty.
    pub uri: String,
    /// What it is; may be empty.
    pub note: String,
}

/// What a side claims when it reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What proves it.
    pub evidence: Vec<Evidence>,
    /// The day on which the measure was done.
    pub completed_on: Date,
    /// What was done; may be empty.
    pub note: String,
}

/// A filed report. Never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its revision, counted from 1 over all reports of the measure.
    pub revision: i64,
    /// The side that filed it.
    pub side: Side,
    /// The agency that filed it.
    pub agency: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// What it claims.
    pub claim: Claim,
}

/// The other side's last word on the standing report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Confirm, return or dispute.
    pub action: Action,
    /// The agency that gave it.
    pub agency: String,
    /// The reason or note; may be empty.
    pub reason: String,
    /// When it was recorded.
    pub at: Timestamp,
}

/// A side's proposal to cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The side.
    pub side: Side,
    /// The agency that proposed.
    pub agency: String,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub at: Timestamp,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// For which side.
    pub side: Side,
    /// Which agency.
    pub agency: String,
}

/// What a side says of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it does.
    pub action: Action,
    /// The revision of the report that the word is about, where it is about one.
    pub revision: Option<i64>,
    /// The reason or note; may be empty.
    pub reason: String,
    /// What is claimed, when the action is a report.
    pub claim: Option<Claim>,
}

/// What both sides agree on of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    /// It is planned anew.
    Replan(&'a Plan),
    /// It is taken out of the plan.
    Remove,
    /// Another measure of the roadmap takes its place.
    Supersede(&'a MeasureName),
    /// It goes on as a measure of another roadmap.
    CarryOver(&'a MeasureName),
}

impl Deed<'_> {
    /// Returns the action of the protocol that it is.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Replan(_) => Action::Replan,
            Self::Remove => Action::Remove,
            Self::Supersede(_) => Action::Supersede,
            Self::CarryOver(_) => Action::CarryOver,
        }
    }
}

/// A part of an accepted re-baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed<'a> {
    /// What becomes of the measure.
    pub deed: Deed<'a>,
    /// The side that proposed it.
    pub proposer: Side,
    /// The number of the re-baseline in its roadmap.
    pub rebaseline: i64,
    /// Why it was proposed.
    pub reason: &'a str,
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its identity.
    pub uid: Uuid,
    /// Its name.
    pub name: MeasureName,
    /// The parties of its roadmap's two sides.
    pub parties: [String; 2],
    /// The state of its roadmap when it was read; a new one is taken to be in a draft.
    pub roadmap: roadmap::State,
    /// What was planned.
    pub plan: Plan,
    /// What the words add up to.
    pub completion: Completion,
    /// The standing report.
    pub report: Option<Report>,
    /// The other side's last word on it.
    pub verdict: Option<Verdict>,
    /// The open or accepted proposal to cancel.
    pub proposal: Option<Proposal>,
    /// The measure that took this one's place, or in which it goes on.
    pub successor: Option<MeasureName>,
    /// The measures whose place this one took, or that go on in it.
    pub predecessors: Vec<MeasureName>,
    /// How many events there are.
    pub events: i64,
    /// Counts the changes, from 1.
    pub revision: i64,
    /// When it was recorded.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
}

impl Measure {
    /// Enters a measure in a draft.
    #[must_use]
    pub fn create(
        uid: Uuid,
        name: MeasureName,
        parties: [String; 2],
        plan: Plan,
        speaker: &Speaker,
        at: Timestamp,
    ) -> (Self, Event) {
        let mut measure = Self {
            uid,
            name,
            parties,
            roadmap: roadmap::State::Draft,
            plan,
            completion: Completion::default(),
            report: None,
            verdict: None,
            proposal: None,
            successor: None,
            predecessors: Vec::new(),
            events: 0,
            revision: 0,
            created: at,
            updated: at,
            deleted: None,
        };
        let event = measure.record(Kind::Created, speaker, at);
        (measure, event)
    }

    /// Replaces the plan.
    pub fn revise(&mut self, plan: Plan, speaker: &Speaker, at: Timestamp) -> Event {
        self.plan = plan;
        self.record(Kind::Updated, speaker, at)
    }

    /// Takes the measure out of its draft.
    pub fn delete(&mut self, speaker: &Speaker, at: Timestamp) -> Event {
        let event = self.record(Kind::Deleted, speaker, at);
        self.deleted = Some(event.at);
        event
    }

    /// Puts the measure back into its draft.
    pub fn undelete(&mut self, speaker: &Speaker, at: Timestamp) -> Event {
        self.deleted = None;
        self.record(Kind::Undeleted, speaker, at)
    }

    /// Takes a side's word, or says why it is refused; then nothing has changed.
    pub fn speak(
        &mut self,
        speaker: &Speaker,
        word: Word,
        at: Timestamp,
    ) -> Result<Event, Refusal> {
        let Word {
            action,
            revision,
            reason,
            claim,
        } = word;
        self.completion = self.completion.apply(Move {
            side: speaker.side,
            action,
            revision,
            proposer: None,
        })?;
        let mut event = self.record(Kind::Said(action), speaker, at);
        event.report_revision = revision;
        event.reason.clone_from(&reason);
        let (agency, at) = (speaker.agency.clone(), event.at);
        match action {
            Action::Report => {
                event.report_revision = Some(self.completion.reports);
                event.claim.clone_from(&claim);
                self.verdict = None;
                self.report = claim.map(|claim| Report {
                    revision: self.completion.reports,
                    side: speaker.side,
                    agency,
                    at,
                    claim,
                });
            }
            Action::WithdrawReport => {
                self.report = None;
                self.verdict = None;
            }
            Action::Confirm | Action::Return | Action::Dispute => {
                self.verdict = Some(Verdict {
                    action,
                    agency,
                    reason,
                    at,
                });
            }
            Action::ProposeCancellation => {
                self.proposal = Some(Proposal {
                    side: speaker.side,
                    agency,
                    reason,
                    at,
                });
            }
            Action::Start
            | Action::AcceptCancellation
            | Action::DeclineCancellation
            | Action::Replan
            | Action::Remove
            | Action::Supersede
            | Action::CarryOver => {}
        }
        if self.completion.proposal.is_none() {
            self.proposal = None;
        }
        Ok(event)
    }

    /// Says whether both sides could agree on this of the measure as it is, or why not.
    pub fn check(&self, agreed: Agreed<'_>) -> Result<Completion, Refusal> {
        self.completion.apply(Move {
            side: agreed.proposer.other(),
            action: agreed.deed.action(),
            revision: None,
            proposer: Some(agreed.proposer),
        })
    }

    /// Takes what one side proposed and the other, `speaker`, accepts; when it is refused, nothing has changed.
    pub fn agree(
        &mut self,
        agreed: Agreed<'_>,
        speaker: &Speaker,
        at: Timestamp,
    ) -> Result<Event, Refusal> {
        if speaker.side == agreed.proposer {
            return Err(Refusal::OwnProposal);
        }
        self.completion = self.check(agreed)?;
        match agreed.deed {
            Deed::Replan(plan) => self.plan = plan.clone(),
            Deed::Supersede(successor) | Deed::CarryOver(successor) => {
                self.successor = Some(successor.clone());
            }
            Deed::Remove => {}
        }
        if self.completion.proposal.is_none() {
            self.proposal = None;
        }
        let mut event = self.record(Kind::Said(agreed.deed.action()), speaker, at);
        event.reason = agreed.reason.to_owned();
        event.rebaseline = Some(agreed.rebaseline);
        event.successor.clone_from(&self.successor);
        if matches!(agreed.deed, Deed::Replan(_)) {
            event.stakes = Some(self.plan.stakes());
            event.timing = Some(self.plan.timing(&self.parties));
        }
        Ok(event)
    }

    /// Names another measure whose place this one takes, or that goes on in it.
    pub fn succeed(&mut self, predecessor: MeasureName, at: Timestamp) {
        self.predecessors.push(predecessor);
        self.revision += 1;
        self.updated = self.updated.max(at);
    }

    /// Says whether the measure is overdue on a day: a draft binds nobody, and in a closed roadmap nothing is done any more.
    #[must_use]
    pub fn is_overdue(&self, on: Date) -> bool {
        self.roadmap == roadmap::State::Adopted
            && !self.completion.state.is_final()
            && self.plan.deadline.last_day() < on
    }

    /// Counts a change and makes its event. Times never go back, even where the machine's clock does.
    fn record(&mut self, kind: Kind, speaker: &Speaker, at: Timestamp) -> Event {
        self.events += 1;
        self.revision += 1;
        self.updated = self.updated.max(at);
        let is_planned = !matches!(kind, Kind::Said(_));
        Event {
            number: self.events,
            at: self.updated,
            kind,
            side: speaker.side,
            agency: speaker.agency.clone(),
            reason: String::new(),
            report_revision: None,
            state: self.completion.state,
            stakes: is_planned.then(|| self.plan.stakes()),
            claim: None,
            rebaseline: None,
            successor: None,
            timing: is_planned.then(|| self.plan.timing(&self.parties)),
        }
    }
}
