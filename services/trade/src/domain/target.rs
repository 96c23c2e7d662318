//! Targets: what the parties agreed to reach, and what took its place.

use jiff::{Timestamp, civil::Date};

use super::turnover::Method;

/// How a target is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// The method of computing turnover.
    pub method: Method,
    /// Whose figures, when the method is as reported by one party; else empty.
    pub reporter: String,
}

/// The year from which growth so far is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Calendar year.
    pub year: i16,
    /// Its value as the basis states it; none to take it from the series.
    pub value_cents: Option<i64>,
}

/// What took the place of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supersession {
    /// Name of the successor.
    pub successor: String,
    /// The day on which the successor was adopted.
    pub date: Date,
}

/// What the parties agreed. Of this, only how it is described can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// What people call it.
    pub display_name: String,
    /// The two parties between whom turnover is measured.
    pub parties: Vec<String>,
    /// The yearly turnover to reach.
    pub value_cents: i64,
    /// The date by which to reach it; its calendar year counts.
    pub due_date: Date,
    /// The year from which growth so far is counted.
    pub baseline: Baseline,
    /// How turnover is measured.
    pub measurement: Measurement,
    /// The day of adoption.
    pub adopt_date: Date,
    /// Name of the registered document that sets it; may be empty.
    pub basis_document: String,
    /// The words of the basis; may be empty.
    pub basis_note: String,
    /// Address of a source; may be empty.
    pub source_uri: String,
}

/// A target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its resource name.
    pub name: String,
    /// Its unique identifier.
    pub uid: String,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// What was agreed.
    pub agreement: Agreement,
    /// The agency that recorded it.
    pub recorder: String,
    /// The target that this one superseded; may be empty.
    pub predecessor: String,
    /// What took its place.
    pub supersession: Option<Supersession>,
    /// When Accord recorded it first.
    pub create_time: Timestamp,
    /// When Accord recorded its latest change.
    pub update_time: Timestamp,
}

/// Why a target cannot supersede another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The other has a successor already.
    #[error("the target has been superseded by {successor}")]
    Superseded {
        /// Name of that successor.
        successor: String,
    },
    /// The successor was not adopted after the other.
    #[error("the successor was not adopted after {adopted}")]
    AdoptDate {
        /// When the other was adopted.
        adopted: Date,
    },
    /// The successor is of other parties.
    #[error("the successor is of other parties")]
    Parties,
}

impl Target {
    /// Records that `successor` takes the place of this target.
    pub fn supersede(&mut self, successor: &mut Target, now: Timestamp) -> Result<(), Error> {
        if let Some(Supersession { successor, .. }) = &self.supersession {
            return Err(Error::Superseded {
                successor: successor.clone(),
            });
        }
        let (own, next) = (&self.agreement, &successor.agreement);
        if next.adopt_date <= own.adopt_date {
            return Err(Error::AdoptDate {
                adopted: own.adopt_date,
            });
        }
        let sorted = |parties: &[String]| {
            let mut parties = parties.to_vec();
            parties.sort();
            parties
        };
        if sorted(&own.parties) != sorted(&next.parties) {
            return Err(Error::Parties);
        }
        self.supersession = Some(Supersession {
            successor: successor.name.clone(),
            date: next.adopt_date,
        });
        self.revision += 1;
        self.update_time = now;
        successor.predecessor.clone_from(&self.name);
        Ok(())
    }

    /// Returns the target as it stood on a day: what superseded it later is left out.
    #[must_use]
    pub fn as_of(&self, day: Date) -> Target {
        let mut target = self.clone();
        target.supersession = target
            .supersession
            .filter(|supersession| supersession.date <= day);
        target
    }
}
