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

/// Some statuses, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statuses(u32);

impl Statuses {
    /// Adds a status.
    pub fn insert(&mut self, status: Status) {
        // Codes are capital letters.
        self.0 |= 1 << u32::from(status.0).saturating_sub(u32::from('A')).min(31);
    }

    /// Adds those of another.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns them by their codes.
    pub fn iter(self) -> impl Iterator<Item = Status> {
        ('A'..='Z')
            .zip(0..)
            .filter(move |(_, place)| self.0 >> place & 1 == 1)
            .filter_map(|(code, _)| Status::try_from(code).ok())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_found_among_those_inserted() {
        let mut all = Statuses::default();
        assert!(all.is_empty());
        for code in Status::CODES {
            let status = Status::try_from(code).unwrap();
            let mut one = Statuses::default();
            one.insert(status);
            assert_eq!(one.iter().collect::<Vec<_>>(), [status]);
            all.extend(one);
        }
        let mut codes = Status::CODES;
        codes.sort_unstable();
        assert_eq!(all.iter().map(Status::code).collect::<Vec<_>>(), codes);
    }
}
