//! Lists and words that are kept as JSON in one cell, and how they are read back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use storage::Error;

use super::codes::Coded;
use crate::domain::{
    completion::Action,
    dependency::{Dependency, Lag},
    event::Kind,
    measure::{Claim, Evidence, Executors, Measure, Proposal, Report, Verdict},
    name::MeasureName,
    roadmap::Source,
    title::Title,
};

/// A row whose cells are being turned into facts: says which one is bad.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) table: &'static str,
    /// What a person can find the row by.
    pub(super) row: &'a str,
}

impl At<'_> {
    /// A bad cell.
    pub(super) fn corrupt(self, column: &str, detail: impl ToString) -> Error {
        Error::Corrupt {
            table: self.table.to_owned(),
            column: column.to_owned(),
            row: self.row.to_owned(),
            detail: detail.to_string(),
        }
    }

    /// Reads an enum.
    pub(super) fn coded<T: Coded>(self, column: &str, code: i64) -> Result<T, Error> {
        T::of(code).ok_or_else(|| self.corrupt(column, format!("{code} stands for nothing")))
    }

    /// Reads what has a text form, such as a UUID.
    pub(super) fn parsed<T: std::str::FromStr>(self, column: &str, text: &str) -> Result<T, Error>
    where
        T::Err: std::fmt::Display,
    {
        text.parse().map_err(|error| self.corrupt(column, error))
    }

    /// Reads JSON.
    pub(super) fn json<T: DeserializeOwned>(self, column: &str, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|error| self.corrupt(column, error))
    }
}

/// Writes JSON. These structs have only text keys and finite numbers, so it cannot fail; if it did, the
/// empty cell would be noticed when read.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

macro_rules! cell {
    ($cell:ident for $fact:ident { $($field:ident : $type:ty),* }) => {
        #[derive(Serialize, Deserialize)]
        pub(super) struct $cell { $($field: $type),* }

        impl From<&$fact> for $cell {
            fn from(fact: &$fact) -> Self {
                Self { $($field: fact.$field.clone()),* }
            }
        }

        impl From<$cell> for $fact {
            fn from(cell: $cell) -> Self {
                Self { $($field: cell.$field),* }
            }
        }
    };
}

cell!(TitleCell for Title { language_code: String, text: String });
cell!(SourceCell for Source { uri: String, note: String });
cell!(ExecutorsCell for Executors {
    party: String, lead_body: String, co_executing_bodies: Vec<String>
});
cell!(EvidenceCell for Evidence { sha256: String, uri: String, note: String });

/// Turns a list of facts into JSON through its cells.
pub(super) fn list<'a, C, F>(facts: &'a [F]) -> String
where
    C: From<&'a F> + Serialize,
{
    json(&facts.iter().map(C::from).collect::<Vec<C>>())
}

/// Turns cells back into facts.
pub(super) fn facts<C, F: From<C>>(cells: Vec<C>) -> Vec<F> {
    cells.into_iter().map(F::from).collect()
}

/// What a measure depends on.
#[derive(Serialize, Deserialize)]
pub(super) struct DependencyCell {
    predecessor: String,
    kind: i64,
    lag_days: i64,
    lag_unit: i64,
}

impl From<&Dependency> for DependencyCell {
    fn from(dependency: &Dependency) -> Self {
        let (lag_unit, lag_days) = match dependency.lag {
            Lag::Working(days) => (1, days),
            Lag::Calendar(days) => (2, days),
        };
        Self {
            predecessor: dependency.predecessor.to_string(),
            kind: dependency.kind.code(),
            lag_days,
            lag_unit,
        }
    }
}

impl DependencyCell {
    /// Reads the dependency back.
    pub(super) fn restore(self, at: At<'_>) -> Result<Dependency, Error> {
        Ok(Dependency {
            kind: at.coded("dependencies", self.kind)?,
            lag: match self.lag_unit {
                1 => Lag::Working(self.lag_days),
                2 => Lag::Calendar(self.lag_days),
                unit => {
                    return Err(at.corrupt("dependencies", format!("{unit} stands for no days")));
                }
            },
            predecessor: MeasureName::parse("predecessor", &self.predecessor)
                .map_err(|violation| at.corrupt("dependencies", violation))?,
        })
    }
}

/// What a report claims.
#[derive(Serialize, Deserialize)]
pub(super) struct ClaimCell {
    completed_day: i64,
    note: String,
    evidence: Vec<EvidenceCell>,
}

impl From<&Claim> for ClaimCell {
    fn from(claim: &Claim) -> Self {
        Self {
            completed_day: clock::to_days(claim.completed_on),
            note: claim.note.clone(),
            evidence: claim.evidence.iter().map(EvidenceCell::from).collect(),
        }
    }
}

impl From<ClaimCell> for Claim {
    fn from(cell: ClaimCell) -> Self {
        Self {
            completed_on: clock::from_days(cell.completed_day),
            note: cell.note,
            evidence: facts(cell.evidence),
        }
    }
}

/// A word and who gave it when.
#[derive(Serialize, Deserialize)]
struct Given<T> {
    agency: String,
    us: i64,
    #[serde(flatten)]
    said: T,
}

impl<T> Given<T> {
    fn at(&self) -> Timestamp {
        clock::from_micros(self.us)
    }
}

#[derive(Serialize, Deserialize)]
struct VerdictCell {
    kind: i64,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct ProposalCell {
    side: i64,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct ReportCell {
    revision: i64,
    side: i64,
    claim: ClaimCell,
}

/// The words on a measure that count now.
#[derive(Serialize, Deserialize)]
pub(super) struct WordsCell {
    report: Option<Given<ReportCell>>,
    verdict: Option<Given<VerdictCell>>,
    proposal: Option<Given<ProposalCell>>,
}

impl From<&Measure> for WordsCell {
    fn from(measure: &Measure) -> Self {
        Self {
            report: measure.report.as_ref().map(|report| Given {
                agency: report.agency.clone(),
                us: clock::to_micros(report.at),
                said: ReportCell {
                    revision: report.revision,
                    side: report.side.code(),
                    claim: ClaimCell::from(&report.claim),
                },
            }),
            verdict: measure.verdict.as_ref().map(|verdict| Given {
                agency: verdict.agency.clone(),
                us: clock::to_micros(verdict.at),
                said: VerdictCell {
                    kind: Kind::Said(verdict.action).code(),
                    reason: verdict.reason.clone(),
                },
            }),
            proposal: measure.proposal.as_ref().map(|proposal| Given {
                agency: proposal.agency.clone(),
                us: clock::to_micros(proposal.at),
                said: ProposalCell {
                    side: proposal.side.code(),
                    reason: proposal.reason.clone(),
                },
            }),
        }
    }
}

/// The words on a measure, read back.
pub(super) struct Words {
    pub(super) report: Option<Report>,
    pub(super) verdict: Option<Verdict>,
    pub(super) proposal: Option<Proposal>,
}

impl WordsCell {
    /// Reads the words back.
    pub(super) fn restore(self, at: At<'_>) -> Result<Words, Error> {
        let report = self.report.map(|given| {
            Ok::<_, Error>(Report {
                revision: given.said.revision,
                side: at.coded("words", given.said.side)?,
                at: given.at(),
                agency: given.agency,
                claim: given.said.claim.into(),
            })
        });
        let verdict = self.verdict.map(|given| {
            Ok::<_, Error>(Verdict {
                action: said(at, given.said.kind)?,
                at: given.at(),
                agency: given.agency,
                reason: given.said.reason,
            })
        });
        let proposal = self.proposal.map(|given| {
            Ok::<_, Error>(Proposal {
                side: at.coded("words", given.said.side)?,
                at: given.at(),
                agency: given.agency,
                reason: given.said.reason,
            })
        });
        Ok(Words {
            report: report.transpose()?,
            verdict: verdict.transpose()?,
            proposal: proposal.transpose()?,
        })
    }
}

fn said(at: At<'_>, code: i64) -> Result<Action, Error> {
    match at.coded("words", code)? {
        Kind::Said(action) => Ok(action),
        Kind::Created | Kind::Updated | Kind::Deleted | Kind::Undeleted => {
            Err(at.corrupt("words", format!("{code} is no word")))
        }
    }
}
