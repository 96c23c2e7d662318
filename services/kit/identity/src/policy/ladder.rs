//! How services act on what policies say of reading, and what is lacking where they do not act on it.
//!
//! Services know levels as a ladder: who reads a level reads the wider ones too; who may not read all that is public may not call; and what is
//! other parties' and not public is read by those only who read everything.

use std::{fmt, sync::Arc};

use super::{Group, Object, Policies, Query, Verdict};
use crate::Level;

/// What an agency would have to be allowed beside what it asks for, and is not.
#[derive(Clone, Debug)]
pub struct Lack {
    /// Whether it asks for records of its own party.
    pub is_own: bool,
    /// What else is asked for that.
    pub asked: Asked,
    /// Why it is not allowed.
    pub verdict: Arc<Verdict>,
}

/// A question on reading, as services ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whether the method may be called at all.
    Call,
    /// Whether records of a level are read.
    Level {
        /// Those of the agency's own party; else those of other parties.
        is_own: bool,
        /// The level.
        level: Level,
    },
}

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call => formatter.write_str("calling the method"),
            Self::Level { is_own, level } => {
                let whose = if *is_own {
                    "its own party"
                } else {
                    "other parties"
                };
                write!(formatter, "reading what is {} of {whose}", level.as_str())
            }
        }
    }
}

impl fmt::Display for Lack {
    /// Says what is lacking, why that is needed, and which policy decided.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self.asked {
            Asked::Call => "who may not call the method reads nothing by it",
            Asked::Level {
                level: Level::Public,
                ..
            } => "who may not read all that is public may not call",
            Asked::Level { .. } if self.is_own => {
                "who may not read what is official does not read what is restricted"
            }
            Asked::Level { .. } => {
                "what is other parties' and not public is read by those only who read everything"
            }
        };
        write!(formatter, "{rule}, and {} is ", self.asked)?;
        match self.verdict.ids() {
            Some(ids) => write!(formatter, "forbidden by {ids}"),
            None => formatter.write_str("permitted by no policy"),
        }
    }
}

/// The six questions on records of reading, the widest first.
pub(super) const RECORDS: [(bool, Level); 6] = [
    (true, Level::Public),
    (false, Level::Public),
    (true, Level::Official),
    (true, Level::Restricted),
    (false, Level::Official),
    (false, Level::Restricted),
];

impl Policies {
    /// Says what an agency lacks to read records of its own party, or of other parties, of this level by its method, whatever is permitted on
    /// those records themselves; nothing if it lacks nothing.
    ///
    /// `query` is taken as one of reading.
    #[must_use]
    pub fn lacks(&self, query: &Query<'_>, is_own: bool, level: Level) -> Option<Lack> {
        let is_own = is_own && query.party.is_some();
        let call = Query {
            group: Group::Read,
            object: Object::Whole,
            ..*query
        };
        let call = std::iter::once((Asked::Call, self.decide(&call)));
        let needed = needed(is_own, level).into_iter();
        let levels = needed.map(|(is_own, level)| {
            let asked = Asked::Level { is_own, level };
            (asked, self.decide_record(query, is_own, level))
        });
        call.chain(levels)
            .find(|(_, verdict)| !verdict.allowed)
            .map(|(asked, verdict)| Lack {
                is_own,
                asked,
                verdict,
            })
    }

    /// Answers what the policies say of records of the own party, or of nobody's, of this level themselves.
    pub(super) fn decide_record(
        &self,
        query: &Query<'_>,
        is_own: bool,
        level: Level,
    ) -> Arc<Verdict> {
        let nobody: &[&str] = &[];
        let parties = if is_own {
            query.party.as_slice()
        } else {
            nobody
        };
        let object = Object::Of {
            parties,
            level: Some(level),
        };
        self.decide(&Query {
            group: Group::Read,
            object,
            ..*query
        })
    }
}

/// What else must be read by who reads records of the own party, or of others, of this level.
pub(super) fn needed(is_own: bool, level: Level) -> Vec<(bool, Level)> {
    let mut needed = vec![(true, Level::Public), (false, Level::Public)];
    match level {
        Level::Public => {}
        Level::Official if is_own => {}
        Level::Restricted if is_own => needed.push((true, Level::Official)),
        Level::Official | Level::Restricted => needed.extend(&RECORDS[2..]),
    }
    needed
}
