//! Figures as releases publish them.

use std::str::FromStr;

use super::cell::Cell;

/// How exactly a figure was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qualifier {
    /// Taken as it stands.
    Exact,
    /// The true figure lies within half a unit.
    Rounded,
    /// The true figure is at least this.
    LowerBound,
}

/// A qualifier with the unit that the figure was stated in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision {
    /// Exact, rounded or a lower bound.
    pub qualifier: Qualifier,
    /// The unit in cents; 0 for exact figures.
    pub unit_cents: i64,
}

/// What kind of figure it is: SDMX code list `CL_OBS_STATUS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(char);

/// A code that is not in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is none of A, B, D, E, F, G, H, I, L, M, N, O, P, Q, U, V of the list CL_OBS_STATUS")]
pub struct UnknownStatus;

impl Status {
    /// Normal value.
    pub const NORMAL: Status = Status('A');

    /// The codes with a value, then those without, in the order of the contract's enum.
    pub const CODES: [char; 16] = [
        'A', 'B', 'D', 'E', 'F', 'G', 'I', 'P', 'U', 'V', 'N', 'H', 'L', 'M', 'O', 'Q',
    ];

    /// Returns the code.
    #[must_use]
    pub fn code(self) -> char {
        self.0
    }

    /// Tells whether a figure of this kind has no value.
    #[must_use]
    pub fn is_missing(self) -> bool {
        matches!(self.0, 'H' | 'L' | 'M' | 'O' | 'Q')
    }
}

impl TryFrom<char> for Status {
    type Error = UnknownStatus;

    fn try_from(code: char) -> Result<Self, UnknownStatus> {
        if Self::CODES.contains(&code) {
            Ok(Self(code))
        } else {
            Err(UnknownStatus)
        }
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        let mut codes = text.chars();
        match (codes.next(), codes.next()) {
            (Some(code), None) => Self::try_from(code),
            _ => Err(UnknownStatus),
        }
    }
}

/// One figure of one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The line of the file on which it began.
    pub line: i64,
    /// The column, from 1, in files that have several figures on a line; 0 in others.
    pub column: u32,
    /// What it is about.
    pub cell: Cell,
    /// The figure in cents; none when published as missing.
    pub value_cents: Option<i64>,
    /// Net weight, where published.
    pub net_weight_grams: Option<i64>,
    /// What kind of figure it is.
    pub status: Status,
    /// How exactly it was published.
    pub precision: Precision,
    /// The words of the publication; may be empty.
    pub as_published: String,
}
