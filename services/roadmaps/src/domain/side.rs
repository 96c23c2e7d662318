//! The two sides of a roadmap.

/// One of the two sides, by its place in the roadmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The side that the document names first.
    First,
    /// The other one.
    Second,
}

impl Side {
    /// Both sides, in the order of the roadmap.
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// Returns the side across the table.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// Returns the place of this side in the roadmap: 0 or 1.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }
}
