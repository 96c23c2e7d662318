//! How far a caller may read what is not public.

/// How widely something may be read. The numbers are those of the contracts' `AccessLevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// By every caller that may read at all.
    Public = 1,
    /// By readers and editors of a party it belongs to.
    Official = 2,
    /// By editors of a party it belongs to.
    Restricted = 3,
}

impl Level {
    /// Every level, from the widest to the strictest.
    pub const ALL: [Level; 3] = [Self::Public, Self::Official, Self::Restricted];

    /// Returns the level's name in the contracts, without the enumeration's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::Official => "OFFICIAL",
            Self::Restricted => "RESTRICTED",
        }
    }

    /// Returns the level of a number; what is no level is the strictest.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        match number {
            1 => Self::Public,
            2 => Self::Official,
            _ => Self::Restricted,
        }
    }

    /// Returns the level's number, 1 to 3.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// How far a caller may read, by its roles and its party: see [`Caller::clearance`](crate::Caller::clearance).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clearance {
    /// Everything: an operator.
    Everything,
    /// What is public, and what belongs to `party` up to `level`.
    Party {
        /// The caller's party as an ISO 3166-1 alpha-2 code.
        party: String,
        /// The strictest level that the caller's roles reach.
        level: Level,
    },
    /// What is public: a caller of no party.
    Public,
}

impl Clearance {
    /// Returns whether the caller may read what has `level` and belongs to `parties`.
    pub fn reads<P: AsRef<str>>(&self, level: Level, parties: &[P]) -> bool {
        match self {
            _ if level == Level::Public => true,
            Self::Everything => true,
            Self::Party {
                party,
                level: highest,
            } => level <= *highest && parties.iter().any(|one| one.as_ref() == party),
            Self::Public => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_by_those_whom_it_names() {
        let reader = Clearance::Party {
            party: "UZ".to_owned(),
            level: Level::Official,
        };
        let editor = Clearance::Party {
            party: "UZ".to_owned(),
            level: Level::Restricted,
        };
        let (both, others): (&[&str], &[&str]) = (&["KZ", "UZ"], &["KZ", "KG"]);
        for (clearance, parties, expected) in [
            (&Clearance::Everything, both, [true, true, true]),
            (&editor, both, [true, true, true]),
            (&reader, both, [true, true, false]),
            (&editor, others, [true, false, false]),
            (&Clearance::Public, both, [true, false, false]),
        ] {
            let levels = [Level::Public, Level::Official, Level::Restricted];
            assert_eq!(
                levels.map(|level| clearance.reads(level, parties)),
                expected
            );
        }
    }

    #[test]
    fn an_unknown_number_is_read_as_the_strictest_level() {
        for level in [Level::Public, Level::Official, Level::Restricted] {
            assert_eq!(Level::from_number(level.number()), level);
        }
        assert_eq!(Level::from_number(0), Level::Restricted);
        assert_eq!(Level::from_number(4), Level::Restricted);
    }
}
