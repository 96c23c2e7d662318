//! Explanations of gaps: one party's word, and the other's answer.

use jiff::Timestamp;

use super::{cell::Commodity, mirror::Component, period::Period};

/// How many explanations that are not withdrawn a gap can have.
pub const MAX_OPEN: usize = 20;

/// What has become of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The other party has not answered.
    Proposed,
    /// It disputes it.
    Disputed,
    /// It has accepted it.
    Accepted,
    /// Its author has withdrawn it.
    Withdrawn,
}

/// What a party said about an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The agency that said it.
    pub agency: String,
    /// Why.
    pub reason: String,
    /// When Accord recorded it.
    pub time: Timestamp,
}

/// What is to be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Who exports.
    pub exporter: String,
    /// Who imports.
    pub importer: String,
    /// The period.
    pub period: Period,
    /// What is traded.
    pub commodity: Commodity,
}

/// The figures that an explanation is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The exporter's, in cents.
    pub export_cents: Option<i64>,
    /// The importer's, in cents.
    pub import_cents: Option<i64>,
    /// The names of their releases, the exporter's first.
    pub releases: Vec<String>,
}

/// How the figures that stand compare with those of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// They are the same.
    Current,
    /// They have the same values and come from other releases.
    Reissued,
    /// They have other values.
    OlderFigures,
}

/// What an author says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it is about.
    pub subject: Subject,
    /// What kind of reason it is.
    pub category: Component,
    /// The reason.
    pub text: String,
    /// How much of the gap it explains, in cents.
    pub amount_cents: Option<i64>,
    /// A document in the register; may be empty.
    pub document: String,
    /// Address of evidence; may be empty.
    pub source_uri: String,
}

/// An explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Its resource name.
    pub name: String,
    /// Its unique identifier.
    pub uid: String,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// Whose word it is.
    pub party: String,
    /// The agency that gave it.
    pub agency: String,
    /// What it says.
    pub claim: Claim,
    /// The figures that it is of.
    pub figures: Figures,
    /// What the other party said against it.
    pub dispute: Option<Statement>,
    /// That the other party accepted it.
    pub acceptance: Option<Statement>,
    /// That its author withdrew it.
    pub withdrawal: Option<Statement>,
    /// When Accord recorded it.
    pub create_time: Timestamp,
    /// When Accord recorded its latest change.
    pub update_time: Timestamp,
}

/// The state in which something cannot be said of an explanation any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the explanation has been answered or withdrawn")]
pub struct Error(pub State);

impl Explanation {
    /// Returns what has become of it.
    #[must_use]
    pub fn state(&self) -> State {
        if self.withdrawal.is_some() {
            State::Withdrawn
        } else if self.acceptance.is_some() {
            State::Accepted
        } else if self.dispute.is_some() {
            State::Disputed
        } else {
            State::Proposed
        }
    }

    /// Returns the party to which it was given.
    #[must_use]
    pub fn other_party(&self) -> &str {
        let subject = &self.claim.subject;
        if subject.exporter == self.party {
            &subject.importer
        } else {
            &subject.exporter
        }
    }

    /// Records that the other party disputes it.
    pub fn be_disputed(&mut self, statement: Statement) -> Result<(), Error> {
        self.expect_before(State::Disputed)?;
        self.touch(statement.time);
        self.dispute = Some(statement);
        Ok(())
    }

    /// Records that the other party accepts it.
    pub fn be_accepted(&mut self, statement: Statement) -> Result<(), Error> {
        self.expect_before(State::Accepted)?;
        self.touch(statement.time);
        self.acceptance = Some(statement);
        Ok(())
    }

    /// Records that its author withdraws it.
    pub fn be_withdrawn(&mut self, statement: Statement) -> Result<(), Error> {
        self.expect_before(State::Withdrawn)?;
        self.touch(statement.time);
        self.withdrawal = Some(statement);
        Ok(())
    }

    /// States come in one order only.
    fn expect_before(&self, state: State) -> Result<(), Error> {
        let own = self.state();
        if own < state { Ok(()) } else { Err(Error(own)) }
    }

    fn touch(&mut self, now: Timestamp) {
        self.revision += 1;
        self.update_time = now;
    }

    /// Returns it as it stood at a moment; none if it did not yet exist.
    #[must_use]
    pub fn as_of(mut self, known: Timestamp) -> Option<Self> {
        let was = |time: Timestamp| time <= known;
        if !was(self.create_time) {
            return None;
        }
        let mut update_time = self.create_time;
        for statement in [
            &mut self.dispute,
            &mut self.acceptance,
            &mut self.withdrawal,
        ] {
            *statement = statement.take().filter(|statement| was(statement.time));
            if let Some(statement) = statement {
                update_time = update_time.max(statement.time);
            }
        }
        self.update_time = update_time;
        Some(self)
    }

    /// Compares the figures that stand with its own.
    #[must_use]
    pub fn currency(&self, standing: &Figures) -> Currency {
        let own = &self.figures;
        if own == standing {
            Currency::Current
        } else if (own.export_cents, own.import_cents)
            == (standing.export_cents, standing.import_cents)
        {
            Currency::Reissued
        } else {
            Currency::OlderFigures
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn said(second: i64) -> Statement {
        Statement {
            agency: "kz-stat".to_owned(),
            reason: "because".to_owned(),
            time: time(second),
        }
    }

    fn explanation() -> Explanation {
        Explanation {
            name: "partnerships/uz-kz/mirrorExplanations/x".to_owned(),
            uid: "x".to_owned(),
            revision: 1,
            party: "UZ".to_owned(),
            agency: "uz-stat".to_owned(),
            claim: Claim {
                subject: Subject {
                    exporter: "KZ".to_owned(),
                    importer: "UZ".to_owned(),
                    period: "2022".parse().unwrap(),
                    commodity: Commodity::Total,
                },
                category: Component::Scope,
                text: "services".to_owned(),
                amount_cents: Some(5),
                document: String::new(),
                source_uri: String::new(),
            },
            figures: Figures::default(),
            dispute: None,
            acceptance: None,
            withdrawal: None,
            create_time: time(1),
            update_time: time(1),
        }
    }

    #[test]
    fn an_explanation_is_disputed_once_and_can_be_accepted_after_and_withdrawn_always() {
        let mut own = explanation();
        assert_eq!(own.other_party(), "KZ");
        own.be_disputed(said(2)).unwrap();
        assert_eq!(own.be_disputed(said(3)), Err(Error(State::Disputed)));
        own.be_accepted(said(4)).unwrap();
        assert_eq!(own.be_disputed(said(5)), Err(Error(State::Accepted)));
        assert_eq!(own.be_accepted(said(5)), Err(Error(State::Accepted)));
        own.be_withdrawn(said(6)).unwrap();
        for refused in [own.be_accepted(said(7)), own.be_withdrawn(said(7))] {
            assert_eq!(refused, Err(Error(State::Withdrawn)));
        }
        assert_eq!((own.revision, own.update_time), (4, time(6)));
    }

    #[test]
    fn it_is_as_it_stood_at_any_moment() {
        let mut own = explanation();
        own.be_disputed(said(2)).unwrap();
        own.be_accepted(said(4)).unwrap();
        let state = |known| {
            let found = own.clone().as_of(time(known));
            found.map(|found| found.state())
        };
        assert_eq!(state(0), None);
        assert_eq!(state(1), Some(State::Proposed));
        assert_eq!(state(3), Some(State::Disputed));
        assert_eq!(state(9), Some(State::Accepted));
    }
}
