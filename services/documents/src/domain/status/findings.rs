//! What computing a status turns up: the steps of the reasoning, what is awaited, what is doubtful.

use jiff::civil::Date;

use crate::domain::{Act, ActKind, coded::coded};

/// One step of the reasoning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The day it is about.
    pub date: Option<Date>,
    /// The step in one sentence.
    pub description: String,
    /// The source of the rule applied; empty where none was.
    pub basis: &'static str,
    /// The names of the acts it rests on.
    pub acts: Vec<String>,
}

/// An act that has still to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// From which party; nothing when another document is awaited.
    pub party: Option<String>,
    /// What is awaited of that party.
    pub kind: Option<ActKind>,
    /// Since when.
    pub since: Option<Date>,
    /// The same in one sentence.
    pub description: String,
}

/// Something that makes a status doubtful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What kind of doubt.
    pub code: WarningCode,
    /// The doubt in one sentence.
    pub description: String,
    /// The names of the acts concerned.
    pub acts: Vec<String>,
}

coded! {
    /// The kinds of doubt, most serious first except where a later contract added one.
    pub enum WarningCode {
        /// Different days are given for the same thing.
        ContradictingDates = 1,
        /// The computed day of entry into force is not the stated one.
        ComputedDiffersFromStated = 2,
        /// An act is dated before the one it depends on.
        ActBeforePrerequisite = 3,
        /// A party did the same thing more than once.
        RepeatedAct = 4,
        /// A notice was sent and its receipt is not recorded.
        ReceiptNotRecorded = 5,
        /// The rule cannot be followed.
        RuleNotApplicable = 6,
        /// Not every party has agreed.
        NotAgreedByAll = 7,
        /// No act of signature is known.
        NoActOfSignature = 8,
        /// The clause names no time of notice.
        NoticePeriodNotKnown = 9,
        /// Acts have been retracted.
        Retracted = 10,
        /// The document is deleted from the register.
        DocumentDeleted = 11,
        /// It waits for a document that the caller may not read.
        OtherDocumentNotDisclosed = 12,
        /// An act of a kind that changes nothing about this document.
        ActWithoutEffect = 13,
        /// An official source states a past day of entry into force, and the acts do not establish one.
        StatedEntryNotEstablished = 14,
    }
}

/// Collects what is found, in the order in which it is found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    steps: Vec<Step>,
    awaited: Vec<Awaited>,
    warnings: Vec<Warning>,
}

impl Findings {
    /// Adds a step of the reasoning.
    pub(super) fn step(
        &mut self,
        date: Option<Date>,
        description: impl Into<String>,
        basis: &'static str,
        acts: &[&Act],
    ) {
        self.steps.push(Step {
            date,
            description: description.into(),
            basis,
            acts: names(acts),
        });
    }

    /// Adds an awaited act, unless the same is awaited of the same party already.
    pub(super) fn await_act(
        &mut self,
        party: Option<&str>,
        kind: Option<ActKind>,
        since: Option<Date>,
        description: impl Into<String>,
    ) {
        let awaited = Awaited {
            party: party.map(str::to_owned),
            kind,
            since,
            description: description.into(),
        };
        if !self.awaited.contains(&awaited) {
            self.awaited.push(awaited);
        }
    }

    /// Adds a doubt.
    pub(super) fn warn(
        &mut self,
        code: WarningCode,
        description: impl Into<String>,
        acts: &[&Act],
    ) {
        self.warnings.push(Warning {
            code,
            description: description.into(),
            acts: names(acts),
        });
    }

    /// Takes over the doubts of some kinds from what another document turned up, and returns whether there
    /// are any.
    pub(super) fn take_over(&mut self, codes: &[WarningCode], other: Self) -> bool {
        let before = self.warnings.len();
        let doubts = other.warnings.into_iter();
        self.warnings
            .extend(doubts.filter(|warning| codes.contains(&warning.code)));
        self.warnings.len() > before
    }

    /// Returns whether there is a doubt of a kind.
    pub(super) fn warns(&self, code: WarningCode) -> bool {
        self.warnings.iter().any(|warning| warning.code == code)
    }

    /// Adds to each sentence on what is awaited that it may be awaited no more.
    pub(super) fn qualify_awaited(&mut self, doubt: &str) {
        for awaited in &mut self.awaited {
            awaited.description = qualified(&awaited.description, doubt);
        }
    }

    /// Forgets what is awaited: of a document that has ended, nothing is.
    pub(super) fn await_nothing(&mut self) {
        self.awaited.clear();
    }

    /// Returns the steps, what is awaited, and the doubts with the most serious first.
    pub(super) fn finish(mut self) -> (Vec<Step>, Vec<Awaited>, Vec<Warning>) {
        self.warnings.sort_by_key(|warning| warning.code);
        (self.steps, self.awaited, self.warnings)
    }
}

/// Adds a doubt to a sentence.
pub(super) fn qualified(sentence: &str, doubt: &str) -> String {
    format!("{}; {doubt}.", sentence.trim_end_matches('.'))
}

fn names(acts: &[&Act]) -> Vec<String> {
    acts.iter().map(|act| act.name.to_string()).collect()
}
