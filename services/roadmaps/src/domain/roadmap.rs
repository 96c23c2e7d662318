//! A roadmap: its plan, and the two sides' consent to it.

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{
    name::{DocumentName, MeasureName, RoadmapName},
    refusal::Refusal,
    side::Side,
    title::Title,
};

/// Where a roadmap is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Being written by either side.
    Draft,
    /// Adopted by both sides.
    Adopted,
    /// Closed by both sides.
    Closed,
}

/// A span of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: Date,
    /// The last day.
    pub end: Date,
}

impl Period {
    /// Says whether a day is inside.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.start <= day && day <= self.end
    }

    /// Says whether what was not done in another period can go on in this one: it ends later, or ends on the same day and
    /// begins later. Periods may overlap, and there may be a gap between them.
    #[must_use]
    pub fn follows(&self, other: Self) -> bool {
        (self.end, self.start) > (other.end, other.start)
    }
}

/// Where a fact was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The address.
    pub uri: String,
    /// What the source says or lacks.
    pub note: String,
}

/// One side's region and the body that signs for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The party, ISO 3166-1 alpha-2.
    pub party: String,
    /// The ISO 3166-2 code as it was on the signing day.
    pub region_code: String,
    /// The region's name as the document writes it.
    pub region_name: String,
    /// The body that signs; may be empty.
    pub signing_body: String,
}

/// What the sides agree on, apart from the measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the roadmap is called.
    pub titles: Vec<Title>,
    /// The two sides' regions.
    pub places: [Place; 2],
    /// The period.
    pub period: Period,
    /// The day of signing.
    pub signed_on: Option<Date>,
    /// The document that this roadmap is or comes from.
    pub source_document: Option<DocumentName>,
    /// Where the facts were published.
    pub sources: Vec<Source>,
    /// What the weights of the measures have to add up to, if to anything.
    pub declared_weight: Option<i64>,
}

impl Plan {
    /// Refuses measures whose weights do not add up to what was declared.
    pub fn require_weights(&self, sum: i64) -> Result<(), Refusal> {
        match self.declared_weight {
            Some(declared) if declared != sum => Err(Refusal::WeightsDiffer { declared, sum }),
            Some(_) | None => Ok(()),
        }
    }

    /// Returns the first day on which anything of the roadmap can have been done: the first of its period, or the day of
    /// signing where that is earlier.
    #[must_use]
    pub fn first_day(&self) -> Date {
        let start = self.period.start;
        self.signed_on.map_or(start, |signed| signed.min(start))
    }
}

/// What one side has said of the roadmap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// When it adopted the present plan.
    pub adopted: Option<Timestamp>,
    /// When it closed the roadmap.
    pub closed: Option<Timestamp>,
}

/// A roadmap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roadmap {
    /// Its identity.
    pub uid: Uuid,
    /// Its name.
    pub name: RoadmapName,
    /// What was agreed.
    pub plan: Plan,
    /// Counts the changes of the plan and of its measures, from 1.
    pub plan_revision: i64,
    /// What each side has said.
    pub consents: [Consent; 2],
    /// How many baselines were frozen.
    pub baselines: i64,
    /// How many re-baselines were proposed.
    pub rebaselines: i64,
    /// The side whose re-baseline is open.
    pub rebaseline_by: Option<Side>,
    /// Counts the changes of any kind, from 1.
    pub revision: i64,
    /// When it was recorded.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
}

impl Roadmap {
    /// Writes a draft.
    #[must_use]
    pub fn draft(uid: Uuid, name: RoadmapName, plan: Plan, at: Timestamp) -> Self {
        Self {
            uid,
            name,
            plan,
            plan_revision: 1,
            consents: [Consent::default(); 2],
            baselines: 0,
            rebaselines: 0,
            rebaseline_by: None,
            revision: 1,
            created: at,
            updated: at,
            deleted: None,
        }
    }

    /// Returns when both sides had adopted the plan.
    #[must_use]
    pub fn adopted(&self) -> Option<Timestamp> {
        both(self.consents.map(|consent| consent.adopted))
    }

    /// Returns when both sides had closed the roadmap.
    #[must_use]
    pub fn closed(&self) -> Option<Timestamp> {
        both(self.consents.map(|consent| consent.closed))
    }

    /// Returns the state, which follows from the two sides' consents.
    #[must_use]
    pub fn state(&self) -> State {
        self.state_at(Timestamp::MAX)
    }

    /// Returns the state as it was at a moment.
    #[must_use]
    pub fn state_at(&self, at: Timestamp) -> State {
        let by_then = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment <= at);
        if by_then(self.closed()) {
            State::Closed
        } else if by_then(self.adopted()) {
            State::Adopted
        } else {
            State::Draft
        }
    }

    /// Returns the side that a party is.
    #[must_use]
    pub fn side_of(&self, party: &str) -> Option<Side> {
        Side::BOTH
            .into_iter()
            .find(|side| self.party(*side) == party)
    }

    /// Returns a side's party.
    #[must_use]
    pub fn party(&self, side: Side) -> &str {
        &self.plan.places[side.index()].party
    }

    /// Returns both parties, in the order of the sides.
    #[must_use]
    pub fn parties(&self) -> [&str; 2] {
        Side::BOTH.map(|side| self.party(side))
    }

    /// Refuses unless the plan may still change.
    pub fn require_draft(&self) -> Result<(), Refusal> {
        match self.state() {
            State::Draft => Ok(()),
            state => Err(Refusal::NotDraft { state }),
        }
    }

    /// Refuses unless the measures are being carried out.
    pub fn require_adopted(&self) -> Result<(), Refusal> {
        match self.state() {
            State::Adopted => Ok(()),
            state => Err(Refusal::NotAdopted { state }),
        }
    }

    /// Replaces the plan of a draft.
    pub fn revise(&mut self, plan: Plan, at: Timestamp) -> Result<(), Refusal> {
        self.require_draft()?;
        self.plan = plan;
        self.plan_changed(at)
    }

    /// Records that the plan or one of its measures changed: whoever had adopted it as it was before has
    /// to adopt it again.
    pub fn plan_changed(&mut self, at: Timestamp) -> Result<(), Refusal> {
        self.require_draft()?;
        self.plan_revision += 1;
        for consent in &mut self.consents {
            consent.adopted = None;
        }
        self.touch(at);
        Ok(())
    }

    /// Records that a side adopts the plan at a revision.
    pub fn adopt(&mut self, side: Side, plan_revision: i64, at: Timestamp) -> Result<(), Refusal> {
        self.require_draft()?;
        if plan_revision != self.plan_revision {
            return Err(Refusal::PlanRevisionChanged {
                given: plan_revision,
                current: self.plan_revision,
            });
        }
        if self.consents[side.index()].adopted.is_some() {
            return Err(Refusal::AlreadyAdopted { side });
        }
        self.touch(at);
        self.consents[side.index()].adopted = Some(self.updated);
        if self.state() == State::Adopted {
            self.baselines = 1;
        }
        Ok(())
    }

    /// Records that a side proposes a re-baseline; returns its number. A side's own open one has the same number: it is
    /// replaced.
    pub fn propose_rebaseline(&mut self, side: Side, at: Timestamp) -> Result<i64, Refusal> {
        self.require_adopted()?;
        match self.rebaseline_by {
            Some(proposer) if proposer != side => return Err(Refusal::RebaselinePending),
            Some(_) => {}
            None => self.rebaselines += 1,
        }
        self.rebaseline_by = Some(side);
        self.touch(at);
        Ok(self.rebaselines)
    }

    /// Records that the open re-baseline was declined or withdrawn.
    pub fn end_rebaseline(&mut self, at: Timestamp) {
        self.rebaseline_by = None;
        self.touch(at);
    }

    /// Records that the open re-baseline was accepted; returns the number of the baseline that it leads to. A side that had closed
    /// the roadmap spoke of another plan, and has to say so again.
    pub fn rebaseline(&mut self, at: Timestamp) -> Result<i64, Refusal> {
        self.require_adopted()?;
        self.rebaseline_by = None;
        self.plan_revision += 1;
        self.baselines += 1;
        for consent in &mut self.consents {
            consent.closed = None;
        }
        self.touch(at);
        Ok(self.baselines)
    }

    /// Records that a side closes the roadmap. Nothing more is said of its measures after that, so what waits for a side's word
    /// comes first: a report, `waiting` the first, or an open re-baseline.
    pub fn close(
        &mut self,
        side: Side,
        waiting: Option<MeasureName>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require_adopted()?;
        if self.rebaseline_by.is_some() {
            return Err(Refusal::RebaselineOpen);
        }
        if let Some(measure) = waiting {
            return Err(Refusal::ReportWaits { measure });
        }
        if self.consents[side.index()].closed.is_some() {
            return Err(Refusal::AlreadyClosed { side });
        }
        self.touch(at);
        self.consents[side.index()].closed = Some(self.updated);
        Ok(())
    }

    /// Whether one side has closed the roadmap and the other has not.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.state() == State::Adopted && self.consents.iter().any(|it| it.closed.is_some())
    }

    /// Records that a side had its word on a measure. A side that had closed the roadmap spoke of another state of it, and has
    /// to say so again.
    pub fn word_given(&mut self, at: Timestamp) {
        for consent in &mut self.consents {
            consent.closed = None;
        }
        self.touch(at);
    }

    /// Deletes a draft.
    pub fn delete(&mut self, at: Timestamp) -> Result<(), Refusal> {
        self.require_draft()?;
        self.touch(at);
        self.deleted = Some(self.updated);
        Ok(())
    }

    /// Restores a deleted draft.
    pub fn undelete(&mut self, at: Timestamp) {
        self.touch(at);
        self.deleted = None;
    }

    /// Counts a change. Times never go back, even where the machine's clock does.
    fn touch(&mut self, at: Timestamp) {
        self.revision += 1;
        self.updated = self.updated.max(at);
    }
}

/// The later of two moments, if there are two.
fn both(moments: [Option<Timestamp>; 2]) -> Option<Timestamp> {
    let [first, second] = moments;
    Some(first?.max(second?))
}

#[cfg(test)]
pub(crate) mod tests;
