//! Who may read what an entry holds.
//!
//! The level and the parties are those at the time of the change and are kept beside the entry, outside
//! its leaf. The ledger knows nothing of what they belong to.

use accord_proto::ledger::v1::Entry;
use aip::Value;
use identity::{Clearance, Level};

/// Who may read what a change left behind; everyone, unless the service says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    /// How widely it may be read.
    pub level: Level,
    /// The parties it belongs to, as ISO 3166-1 alpha-2 codes; not used where the level is public.
    pub parties: Vec<String>,
}

impl Default for Readers {
    fn default() -> Self {
        Self {
            level: Level::Public,
            parties: Vec::new(),
        }
    }
}

impl Readers {
    /// The parties as they are kept: each between commas, `,KZ,UZ,`, so that one is found by its name.
    pub(crate) fn parties_text(&self) -> String {
        if self.level == Level::Public || self.parties.is_empty() {
            String::new()
        } else {
            format!(",{},", self.parties.join(","))
        }
    }

    /// Reads what is kept.
    pub(crate) fn from_row(level: i64, parties: &str) -> Self {
        Self {
            level: Level::from_number(level),
            parties: parties
                .split(',')
                .filter(|party| !party.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
        }
    }
}

/// The condition that `clearance` reads what an entry holds, with its value, in the form that
/// [`aip::Listing::sql`] takes; nothing for one that reads everything.
pub(crate) fn condition(clearance: &Clearance) -> Option<(&'static str, Value)> {
    match clearance {
        Clearance::Everything => None,
        Clearance::Public => Some(("access_level = 1", Value::Null)),
        Clearance::Party { party, level } => Some((
            match level {
                Level::Public => "access_level = 1",
                Level::Official => {
                    "(access_level = 1 OR (access_level = 2 AND reader_parties LIKE {}))"
                }
                Level::Restricted => "(access_level = 1 OR reader_parties LIKE {})",
            },
            // A party is two capital letters, so nothing in it stands for other letters.
            format!("%,{party},%").into(),
        )),
    }
}

/// Leaves of an entry what a caller who may not read it is told: that something of this name changed, how and
/// when, and the hash that stands for it in the tree. Without the salt nothing can be tried against the hash.
pub(crate) fn redact(entry: Entry) -> Entry {
    Entry {
        redacted: true,
        method: String::new(),
        actor: None,
        request_id: String::new(),
        state: None,
        salt: Vec::new(),
        ..entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_are_read_as_they_were_kept() {
        let readers = Readers {
            level: Level::Official,
            parties: vec!["UZ".to_owned(), "KZ".to_owned()],
        };
        assert_eq!(readers.parties_text(), ",UZ,KZ,");
        assert_eq!(Readers::from_row(2, ",UZ,KZ,"), readers);
        assert_eq!(Readers::from_row(1, ""), Readers::default());
    }
}
