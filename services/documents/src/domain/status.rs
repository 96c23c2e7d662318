//! The legal state of a document on a day, as known at a moment: a pure, explained function of its
//! clauses and of the acts recorded on it.
//!
//! The order in which acts were recorded never matters: they are sorted by date and name first.

mod amendment;
mod basis;
pub mod calendar;
mod entry;
mod facts;
mod findings;
mod life;
pub mod pending;
mod political;
mod procedure;
mod provisional;
mod signing;
mod stages;
mod suspension;
mod term;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod sample;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use self::{entry::Entry, facts::Facts, findings::Findings, life::Life};
pub use self::{
    findings::{Awaited, Step, Warning, WarningCode},
    procedure::{PartyStatus, ProcedureState},
    stages::{Stage, StageState},
    term::Term,
};
use super::{Act, Document, EntryRule, Nature, coded::coded};

/// What the register holds on one document.
#[derive(Clone, Debug)]
pub struct Case {
    /// The document.
    pub document: Document,
    /// Its acts, in any order.
    pub acts: Vec<Act>,
    /// What of it may be told.
    pub standing: Standing,
}

impl Case {
    /// Takes a document all of which may be told.
    #[must_use]
    pub fn new(document: Document, acts: Vec<Act>) -> Self {
        Self {
            document,
            acts,
            standing: Standing::Open,
        }
    }
}

/// What of a document may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything.
    Open,
    /// That it exists: the caller is below its access level. Neither its own state is told nor anything
    /// that another document draws from it.
    Hidden,
    /// That it was not registered yet, at the moment of the strict reading.
    NotRegistered,
}

/// How many documents a status follows that wait for one another, the one asked for among them: far
/// more than any real chain.
pub const MAX_CHAIN: usize = 50;

/// Cases by the name of their document: the one asked for, and those whose entry into force it waits
/// for, directly or through others.
pub type Cases = BTreeMap<String, Case>;

/// The day a state is asked for, and what counts as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The day.
    pub day: Date,
    /// The moment as of which acts count as known.
    pub known: Timestamp,
    /// For the strict reading: acts and retractions recorded at or after this moment do not count.
    pub recorded_before: Option<Timestamp>,
}

impl AsOf {
    /// Returns whether `act` counts: it is known, and not known to be retracted.
    #[must_use]
    pub fn counts(&self, act: &Act) -> bool {
        self.knows(act) && !self.knows_retracted(act)
    }

    /// Returns whether `act` is known, retracted or not.
    fn knows(&self, act: &Act) -> bool {
        act.known_from() <= self.known && self.has_recorded(act.created)
    }

    /// Returns whether the retraction of `act` is known. An act that was not recorded yet is known by
    /// its publication alone, and nobody had an answer that rested on it: its retraction shows that
    /// there was no such fact to know, so it holds for every moment before the recording too.
    fn knows_retracted(&self, act: &Act) -> bool {
        act.retraction.as_ref().is_some_and(|retraction| {
            self.has_recorded(retraction.at)
                && (retraction.at <= self.known || self.known < act.created)
        })
    }

    fn has_recorded(&self, at: Timestamp) -> bool {
        self.recorded_before.is_none_or(|limit| at < limit)
    }
}

coded! {
    /// The legal states of a document.
    pub enum State {
        /// No party is known to have signed it.
        NotSigned = 1,
        /// Some parties have signed it.
        AwaitingSignature = 2,
        /// Signed; entry into force is not established.
        SignedEntryUnknown = 3,
        /// Signed; notifications are outstanding.
        AwaitingNotification = 4,
        /// Signed; the exchange of instruments is outstanding.
        AwaitingExchange = 5,
        /// Signed; another document must enter into force first.
        AwaitingOtherDocument = 6,
        /// The day of entry into force is established and still to come.
        EntryScheduled = 7,
        /// Applied provisionally.
        ProvisionallyApplied = 8,
        /// In force.
        InForce = 9,
        /// Suspended.
        Suspended = 10,
        /// Ended by the parties.
        Terminated = 11,
        /// Ended with its term.
        Expired = 12,
        /// Political: its first day is still to come.
        NotYetEffective = 13,
        /// Political: it applies.
        Effective = 14,
        /// Political: its last day has passed.
        NoLongerEffective = 15,
        /// The caller may not read the document.
        NotDisclosed = 16,
        /// The document was not registered yet, at the moment of the strict reading.
        NotRegistered = 17,
    }
}

impl State {
    /// Returns whether the document has ended, so that nothing is awaited any more.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(
            self,
            Self::Terminated | Self::Expired | Self::NoLongerEffective
        )
    }
}

/// The computed legal state of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The state.
    pub state: State,
    /// Its first day, where an act or a rule dates it.
    pub since: Option<Date>,
    /// The state in one sentence.
    pub summary: String,
    /// The rule on entry into force in one sentence; empty for political documents.
    pub rule: String,
    /// The computed day of entry into force, if it is established.
    pub entry_date: Option<Date>,
    /// The day that an official source states, if one does.
    pub stated_date: Option<Date>,
    /// How long it stays in force.
    pub term: Option<Term>,
    /// Each party's part.
    pub parties: Vec<PartyStatus>,
    /// The reasoning.
    pub steps: Vec<Step>,
    /// What is awaited.
    pub awaited: Vec<Awaited>,
    /// What is doubtful, most serious first.
    pub warnings: Vec<Warning>,
    /// The acts that count and are dated not after the day, by date and name, each as it was then: not
    /// retracted.
    pub acts: Vec<Act>,
    /// When the register entry whose clauses are used was last changed.
    pub clauses_time: Option<Timestamp>,
}

/// The state that was found, and the sentence that says it.
struct Verdict {
    state: State,
    since: Option<Date>,
    summary: String,
}

impl Verdict {
    fn new(state: State, since: Option<Date>, summary: impl Into<String>) -> Self {
        Self {
            state,
            since,
            summary: summary.into(),
        }
    }

    /// Returns whether the state has begun by a day.
    fn has_come(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day)
    }
}

impl Status {
    /// Computes the status of the document `name`; nothing if it is not among the cases.
    #[must_use]
    pub fn of(cases: &Cases, name: &str, as_of: AsOf) -> Option<Self> {
        let case = cases.get(name)?;
        match case.standing {
            Standing::Open => {}
            Standing::Hidden => {
                let summary = "The document exists; its state is not disclosed to the caller.";
                return Some(Self::untold(State::NotDisclosed, summary));
            }
            Standing::NotRegistered => {
                let summary = "The document had not been registered by the moment asked for.";
                return Some(Self::untold(State::NotRegistered, summary));
            }
        }
        let facts = Facts::new(case, as_of);
        let content = &case.document.content;
        let mut findings = Findings::default();
        facts.doubts(&mut findings);

        let nature = content.nature();
        let mut parties = procedure::of_parties(&facts, nature);
        let mut entry = None;
        let mut term = None;
        let verdict = if nature == Nature::Political {
            political::verdict(&facts, &mut findings)
        } else {
            let entry = entry.insert(entry::of(cases, name, &facts, &mut findings));
            procedure::explain(&parties, &mut findings);
            compare_with_stated(&facts, entry.date(), &mut findings);
            let mut life = Life::of(&facts, entry, &mut findings);
            let coming_end = life.coming_end.take();
            amendment::follow(&facts, &life.departures, &mut findings);
            term = life.term.clone();
            for party in &mut parties {
                party.departure = life.departures.get(party.party.as_str()).copied();
            }
            let mut verdict = binding_verdict(nature, &facts, entry, life, &mut findings);
            if let Some(end) = coming_end.filter(|_| !verdict.state.is_end()) {
                verdict.summary = findings::qualified(&verdict.summary, &end);
            }
            verdict
        };
        if verdict.state.is_end() {
            findings.await_nothing();
        }
        for party in &mut parties {
            party.stages = stages::of(&facts, party, nature, entry.as_ref(), verdict.state);
        }
        let summary = match facts.past_stated_entry() {
            Some(stated) if findings.warns(WarningCode::StatedEntryNotEstablished) => {
                findings::qualified(&verdict.summary, &stated_entry(stated))
            }
            _ => verdict.summary,
        };
        let (steps, awaited, warnings) = findings.finish();
        Some(Self {
            state: verdict.state,
            since: verdict.since,
            summary,
            rule: if nature == Nature::Political {
                String::new()
            } else {
                content.entry_rule().sentence()
            },
            entry_date: entry.as_ref().and_then(Entry::date),
            stated_date: content
                .entry_into_force
                .as_ref()
                .and_then(|clause| clause.stated_date),
            term,
            parties,
            steps,
            awaited,
            warnings,
            acts: facts.past().cloned().map(Act::before_retraction).collect(),
            clauses_time: Some(case.document.updated),
        })
    }
}

impl Status {
    /// A state of which nothing more can be told.
    fn untold(state: State, summary: &str) -> Self {
        Self {
            state,
            since: None,
            summary: summary.to_owned(),
            rule: String::new(),
            entry_date: None,
            stated_date: None,
            term: None,
            parties: Vec::new(),
            steps: Vec::new(),
            awaited: Vec::new(),
            warnings: Vec::new(),
            acts: Vec::new(),
            clauses_time: None,
        }
    }
}

/// Decides the state of a document that enters into force, from the strongest fact to the weakest.
fn binding_verdict(
    nature: Nature,
    facts: &Facts<'_>,
    entry: &Entry,
    life: Life<'_>,
    findings: &mut Findings,
) -> Verdict {
    if let Some(end) = life.end {
        return end;
    }
    if let Some(date) = entry.date().filter(|date| *date <= facts.day) {
        return life.suspension.unwrap_or_else(|| {
            Verdict::new(
                State::InForce,
                Some(date),
                format!("In force since {date}."),
            )
        });
    }
    if let Some(since) = provisional::since(facts, findings) {
        let summary = format!("Applied provisionally since {since}, before entry into force.");
        return Verdict::new(State::ProvisionallyApplied, Some(since), summary);
    }
    match entry {
        Entry::Unsigned => Verdict::new(State::NotSigned, None, "Not known to be signed."),
        Entry::PartlySigned { since } => Verdict::new(
            State::AwaitingSignature,
            *since,
            "Signed by some of its parties only.",
        ),
        Entry::Established { since, date } => {
            let summary = format!("Every condition is met; it enters into force on {date}.");
            Verdict::new(State::EntryScheduled, Some(*since), summary)
        }
        Entry::Awaiting {
            state,
            since,
            summary,
            ..
        } => Verdict::new(*state, *since, summary.clone()),
        Entry::Unknown { since } => {
            let summary = match (nature, facts.rule()) {
                (Nature::NotKnown, _) => {
                    "Signed; whether it binds in law is not known, so entry into force is not established."
                }
                (_, EntryRule::Unknown) => {
                    "Signed; entry into force is not established, because its clause has not been read."
                }
                (_, EntryRule::WithDocument(_))
                    if findings.warns(WarningCode::OtherDocumentNotDisclosed) =>
                {
                    "Signed; entry into force is not told, because it waits for a document that the caller may not read."
                }
                _ => {
                    "Signed; entry into force is not established, because its rule cannot be followed."
                }
            };
            Verdict::new(State::SignedEntryUnknown, *since, summary)
        }
    }
}

/// Warns when the computed day of entry into force is not the stated one.
fn compare_with_stated(facts: &Facts<'_>, computed: Option<Date>, findings: &mut Findings) {
    let clause = facts.content().entry_into_force.as_ref();
    let Some(stated) = clause.and_then(|clause| clause.stated_date) else {
        return;
    };
    match computed {
        Some(computed) if computed != stated => findings.warn(
            WarningCode::ComputedDiffersFromStated,
            format!("The computed day of entry into force is {computed}; an official source states {stated}."),
            &[],
        ),
        Some(_) => findings.step(Some(stated), "An official source states the same day.", "", &[]),
        None => {
            let text = "An official source states this day of entry into force; the acts and the clauses that can be read do not establish it.";
            findings.step(Some(stated), text, "", &[]);
        }
    }
    if computed.is_none() && facts.past_stated_entry().is_some() {
        let text = format!(
            "An official source states that it entered into force on {stated}; the acts and clauses that are recorded do not establish it."
        );
        findings.warn(WarningCode::StatedEntryNotEstablished, text, &[]);
        findings.qualify_awaited(&stated_entry(stated));
    }
}

/// Says what an official source states of entry into force, to go on with.
fn stated_entry(stated: Date) -> String {
    format!("an official source states that it entered into force on {stated}")
}
