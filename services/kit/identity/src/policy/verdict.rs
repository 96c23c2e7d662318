//! What was decided, and by which policies.

use std::sync::Arc;

/// One policy of a set, as it explains itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its `@id`.
    pub id: String,
    /// Its `@because`: why it is there, in a sentence; empty if it has none.
    pub because: String,
    /// Whether it forbids; else it permits.
    pub forbids: bool,
    /// The file that it stands in.
    pub file: String,
}

/// An answer to one question, with the policies that decided it.
///
/// One forbidding policy outweighs all that permit; where none applies, the answer is no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The policies that permit, or those that forbid; none where no policy permits.
    pub deciding: Vec<Arc<Policy>>,
}

impl Verdict {
    /// Refuses because no policy permits.
    pub(crate) const fn default_deny() -> Self {
        Self {
            allowed: false,
            deciding: Vec::new(),
        }
    }

    /// Returns the ids of the deciding policies with commas between them; nothing where no policy permits.
    #[must_use]
    pub fn ids(&self) -> Option<String> {
        let ids: Vec<&str> = self.deciding.iter().map(|one| one.id.as_str()).collect();
        (!ids.is_empty()).then(|| ids.join(","))
    }
}
