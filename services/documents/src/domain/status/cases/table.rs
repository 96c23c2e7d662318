//! The table of worked cases: each a clause in words, why it means what it means, the acts, and what follows
//! on each day.
//!
//! The clauses are written as treaties write them, in our own words. `VCLT` is the Vienna Convention on the Law of
//! Treaties of 1969, `ETS 76` the European Convention on the Calculation of Time-Limits of 1972. Cases that rest on
//! a real treaty name where its dates can be read.

mod chain;
mod counting;
mod denunciation;
mod departures;
mod doubts;
mod exchange;
mod known;
mod notification;
mod ordering;
mod political;
mod provisional;
mod signing;
mod suspension;
mod term;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::{
    Act, ActKind, Document, DurationRule, EntryRule,
    status::{
        AsOf, Case, Cases, State, Status, WarningCode,
        sample::{LATE, NAME, act, agreement, day, time},
    },
};

/// How many worked cases there are at least.
const AT_LEAST: usize = 60;

/// One worked case.
#[derive(Clone)]
struct Worked {
    name: &'static str,
    clause: &'static str,
    reasoning: &'static str,
    document: Document,
    acts: Vec<Act>,
    others: Vec<Case>,
    expected: Vec<Expected>,
}

/// What follows on one day. What is not said is not there: no day of entry into force, nothing awaited,
/// no warning; only terms are compared where they are said.
#[derive(Clone)]
struct Expected {
    on: Date,
    known: &'static str,
    recorded_before: Option<&'static str>,
    told: Told,
    term: Option<TermDays>,
}

#[derive(Clone, Debug, PartialEq)]
struct Told {
    state: State,
    since: Option<Date>,
    enters: Option<Date>,
    awaited: Vec<(Option<String>, Option<ActKind>, Option<Date>)>,
    warnings: Vec<WarningCode>,
}

/// The last day, the renewal, and the last day of notice.
type TermDays = (Option<Date>, Option<Date>, Option<Date>);

/// Begins a case.
fn worked(name: &'static str) -> Worked {
    Worked {
        name,
        clause: "",
        reasoning: "",
        document: agreement(EntryRule::Unknown),
        acts: Vec::new(),
        others: Vec::new(),
        expected: Vec::new(),
    }
}

impl Worked {
    /// The clause, as a treaty says it.
    fn clause(self, clause: &'static str) -> Self {
        Self { clause, ..self }
    }

    /// Why it follows, with the source.
    fn because(self, reasoning: &'static str) -> Self {
        Self { reasoning, ..self }
    }

    /// The clause on entry into force, of an agreement of Uzbekistan and Kazakhstan.
    fn rule(self, rule: EntryRule) -> Self {
        let document = agreement(rule);
        Self { document, ..self }
    }

    /// The clause on duration.
    fn lasting(mut self, rule: DurationRule) -> Self {
        self.document.content.duration = Some(rule);
        self
    }

    /// Anything else about the document.
    fn with(mut self, change: impl FnOnce(&mut Document)) -> Self {
        change(&mut self.document);
        self
    }

    /// Adds Kyrgyzstan as a third party.
    fn of_three(self) -> Self {
        self.with(|document| document.content.parties.push("KG".to_owned()))
    }

    /// The acts, in no particular order.
    fn acts(mut self, acts: impl IntoIterator<Item = Act>) -> Self {
        self.acts.extend(acts);
        self
    }

    /// Another document, which this one may wait for.
    fn beside(self, id: &str, rule: EntryRule, acts: Vec<Act>) -> Self {
        self.beside_case(id, Case::new(agreement(rule), acts))
    }

    /// Another document, whatever it is.
    fn beside_case(mut self, id: &str, mut case: Case) -> Self {
        id.clone_into(&mut case.document.name.document);
        self.others.push(case);
        self
    }

    /// What follows on a day.
    fn on(mut self, on: &str, state: State) -> Self {
        self.expected.push(Expected {
            on: day(on),
            known: LATE,
            recorded_before: None,
            told: Told {
                state,
                since: None,
                enters: None,
                awaited: Vec::new(),
                warnings: Vec::new(),
            },
            term: None,
        });
        self
    }

    /// As known at a moment.
    fn known(self, at: &'static str) -> Self {
        self.and(|expected| expected.known = at)
    }

    /// As recorded before a moment.
    fn recorded_before(self, at: &'static str) -> Self {
        self.and(|expected| expected.recorded_before = Some(at))
    }

    /// The first day of the state.
    fn since(self, since: &str) -> Self {
        self.and(|expected| expected.told.since = Some(day(since)))
    }

    /// The day of entry into force.
    fn enters(self, on: &str) -> Self {
        self.and(|expected| expected.told.enters = Some(day(on)))
    }

    /// What is awaited of a party since a day; of no party, another document's entry into force.
    fn awaits(self, party: &str, kind: ActKind, since: &str) -> Self {
        let awaited = (Some(party.to_owned()), Some(kind), Some(day(since)));
        self.and(|expected| expected.told.awaited.push(awaited))
    }

    /// The signature of a document that nobody has signed.
    fn awaits_signature(self, party: &str) -> Self {
        let awaited = (Some(party.to_owned()), Some(ActKind::Signature), None);
        self.and(|expected| expected.told.awaited.push(awaited))
    }

    /// That the entry into force of another document is awaited.
    fn awaits_other(self, since: &str) -> Self {
        let awaited = (None, None, Some(day(since)));
        self.and(|expected| expected.told.awaited.push(awaited))
    }

    /// A doubt; those of one day stand in the order of their numbers.
    fn warns(self, code: WarningCode) -> Self {
        self.and(|expected| expected.told.warnings.push(code))
    }

    /// The last day of a term that does not renew.
    fn ends(self, on: &str) -> Self {
        self.and(|expected| expected.term = Some((Some(day(on)), None, None)))
    }

    /// That there is no term.
    fn without_term(self) -> Self {
        self.and(|expected| expected.term = Some((None, None, None)))
    }

    /// The renewal of a term, and the last day on which a notice can be received.
    fn renews(self, on: &str, deadline: &str) -> Self {
        let term = (day(on).yesterday().ok(), Some(day(on)), Some(day(deadline)));
        self.and(|expected| expected.term = Some(term))
    }

    fn and(mut self, change: impl FnOnce(&mut Expected)) -> Self {
        change(self.expected.last_mut().expect("`on` comes first"));
        self
    }

    fn cases(&self) -> Cases {
        let it = Case::new(self.document.clone(), self.acts.clone());
        self.others
            .iter()
            .chain([&it])
            .map(|case| (case.document.name.to_string(), case.clone()))
            .collect()
    }

    /// Says what follows otherwise than expected.
    fn failures(&self) -> Vec<String> {
        let cases = self.cases();
        let mut failures = Vec::new();
        for expected in &self.expected {
            let as_of = AsOf {
                day: expected.on,
                known: time(expected.known),
                recorded_before: expected.recorded_before.map(time),
            };
            let status = Status::of(&cases, NAME, as_of).unwrap();
            let at = format!("case \"{}\" on {}", self.name, expected.on);
            let told = told(&status);
            if told != expected.told {
                failures.push(format!("{at}: {told:?} instead of {:?}", expected.told));
            }
            let term = status
                .term
                .map(|it| (it.end, it.renewal, it.notice_deadline));
            if expected.term.is_some() && term != expected.term {
                failures.push(format!("{at}: {term:?} instead of {:?}", expected.term));
            }
        }
        failures
    }
}

fn told(status: &Status) -> Told {
    let awaited = status.awaited.iter();
    let mut warnings: Vec<_> = status.warnings.iter().map(|doubt| doubt.code).collect();
    warnings.dedup();
    Told {
        state: status.state,
        since: status.since,
        enters: status.entry_date,
        awaited: awaited
            .map(|awaited| (awaited.party.clone(), awaited.kind, awaited.since))
            .collect(),
        warnings,
    }
}

/// The name of another document of the partnership.
fn other(id: &str) -> String {
    format!("partnerships/uz-kz/documents/{id}")
}

/// An act whose receipt by the other side is known.
fn notice(party: &str, kind: ActKind, sent: &str, received: &str) -> Act {
    Act {
        receipt: Some(day(received)),
        ..act(party, kind, sent)
    }
}

/// An act that has effect from another day than its own.
fn effective(party: &str, kind: ActKind, date: &str, from: &str) -> Act {
    Act {
        effective: Some(day(from)),
        ..act(party, kind, date)
    }
}

/// The same act of both parties.
fn both(kind: ActKind, date: &str) -> Vec<Act> {
    ["UZ", "KZ"].map(|party| act(party, kind, date)).to_vec()
}

/// Every case, theme by theme.
fn all() -> Vec<Worked> {
    [
        signing::cases(),
        notification::cases(),
        ordering::cases(),
        counting::cases(),
        exchange::cases(),
        provisional::cases(),
        chain::cases(),
        departures::cases(),
        term::cases(),
        denunciation::cases(),
        suspension::cases(),
        doubts::cases(),
        doubts::misplaced(),
        doubts::amended(),
        known::cases(),
        political::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_worked_case_gives_what_its_clause_says() {
    let failures: Vec<_> = all().iter().flat_map(Worked::failures).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_table_is_whole() {
    let cases = all();
    assert!(cases.len() >= AT_LEAST, "{}", cases.len());
    let names: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len());
    for case in &cases {
        assert!(case.clause.ends_with('.'), "{}", case.name);
        assert!(case.reasoning.ends_with('.'), "{}", case.name);
        assert!(!case.expected.is_empty(), "{}", case.name);
    }
}

#[test]
fn the_order_of_recording_changes_no_worked_case() {
    for mut case in all() {
        case.acts.reverse();
        assert_eq!(case.failures(), Vec::<String>::new());
    }
}

#[test]
fn every_state_that_is_computed_and_every_warning_occurs_in_the_table() {
    let cases = all();
    let expected: Vec<_> = cases.iter().flat_map(|case| &case.expected).collect();
    for state in State::ALL {
        let untold = matches!(state, State::NotDisclosed | State::NotRegistered);
        let occurs = expected.iter().any(|it| it.told.state == *state);
        assert!(occurs || untold, "{state:?}");
    }
    for code in WarningCode::ALL {
        let occurs = expected.iter().any(|it| it.told.warnings.contains(code));
        assert!(occurs, "{code:?}");
    }
}
