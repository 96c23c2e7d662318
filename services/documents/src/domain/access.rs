//! What a caller may read, by the roles and the party of its token.

use super::{AccessLevel, Document};

/// How far a caller may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Every level of every document: an operator.
    Everything,
    /// Public documents, and those of `party` up to `level`.
    Of {
        /// The caller's party.
        party: String,
        /// The highest level that the caller's roles reach among its party's documents.
        level: AccessLevel,
    },
    /// Public documents only: a caller of no party.
    Public,
}

impl Reader {
    /// Returns whether the caller may read the document, and not only that it exists.
    #[must_use]
    pub fn may_read(&self, document: &Document) -> bool {
        self.may_read_level(document.content.access_level, &document.content.parties)
    }

    /// Returns whether the caller may read what has `level` and belongs to a document of `parties`.
    #[must_use]
    pub fn may_read_level(&self, level: AccessLevel, parties: &[String]) -> bool {
        match self {
            _ if level == AccessLevel::Public => true,
            Self::Everything => true,
            Self::Of {
                party,
                level: highest,
            } => level.code() <= highest.code() && parties.contains(party),
            Self::Public => false,
        }
    }
}
