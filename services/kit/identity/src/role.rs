//! The roles a token can carry.

use std::{fmt, str::FromStr};

/// What kind of work a caller was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads what is recorded.
    Reader,
    /// Reads, and records facts in the name of its party.
    Editor,
    /// Reads everything and administers the installation; never gives a party's word.
    Operator,
}

impl Role {
    /// Every role, from the least to the most general.
    pub const ALL: [Role; 3] = [Role::Reader, Role::Editor, Role::Operator];

    /// Returns the word used for the role in the `roles` claim.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Editor => "editor",
            Role::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no role; the roles are reader, editor and operator")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == word)
            .ok_or_else(|| UnknownRole(word.to_owned()))
    }
}
