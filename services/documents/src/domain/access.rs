//! What a caller may read, by the roles and the party of its token.

use std::sync::Arc;

use identity::{Caller, Clearance, Level};

use super::{AccessLevel, Document};

/// How far a caller may read. The rule itself is `identity`'s, one for documents and their log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    clearance: Clearance,
    /// Whose it is, where there is a call.
    caller: Option<Arc<Caller>>,
}

impl Reader {
    /// Takes what `identity` decided.
    #[must_use]
    pub const fn new(clearance: Clearance) -> Self {
        Self {
            clearance,
            caller: None,
        }
    }

    /// Takes what `identity` decides of a caller.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        Self {
            clearance: caller.clearance(),
            caller: Some(Arc::new(caller.clone())),
        }
    }

    /// Has it logged, with the policy that decided, that the caller is refused what has `level` and belongs to a document of
    /// `parties`.
    pub fn note_denial(&self, level: AccessLevel, parties: &[String]) {
        if let Some(caller) = &self.caller {
            caller.log_denied_read(level.clearance_level(), parties);
        }
    }

    /// Returns whether the caller may read the document, and not only that it exists.
    #[must_use]
    pub fn may_read(&self, document: &Document) -> bool {
        self.may_read_level(document.content.access_level, &document.content.parties)
    }

    /// Returns whether the caller may read what has `level` and belongs to a document of `parties`.
    #[must_use]
    pub fn may_read_level(&self, level: AccessLevel, parties: &[String]) -> bool {
        self.clearance.reads(level.clearance_level(), parties)
    }

    /// Returns what `identity` decided.
    pub(crate) const fn clearance(&self) -> &Clearance {
        &self.clearance
    }
}

impl AccessLevel {
    /// Returns the level as `identity` knows it; the numbers are the same.
    #[must_use]
    pub const fn clearance_level(self) -> Level {
        match self {
            Self::Public => Level::Public,
            Self::Official => Level::Official,
            Self::Restricted => Level::Restricted,
        }
    }

    /// Returns the stricter of two levels, which holds for a text of a document.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        if self.code() < other.code() {
            other
        } else {
            self
        }
    }
}
