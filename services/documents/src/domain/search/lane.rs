//! Who may find a word: the lanes in which the places of words are kept.
//!
//! A word of a public title stands in one lane that everyone's search reads. A word of what is not public stands
//! in a lane of each party that may read it, by level, and in one for operators. A search reads its
//! caller's lanes only, so that what the caller may not read neither is found nor counts.

use identity::{Clearance, Level};

/// The audience of what is public: everyone.
const PUBLIC: i64 = 0;

/// The audience of what is not public, for those who read everything.
const OPERATORS: i64 = 1;

/// The audience of deleted documents: nobody.
const NOBODY: i64 = -1;

/// The audience of the first party at the first level that is not public.
const FIRST_PARTY: i64 = 10;

/// Whether a word stands in a title or in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// In a title.
    Title = 0,
    /// In a text.
    Text = 1,
}

/// The lane of the words of public titles or texts.
#[must_use]
pub fn public(field: Field) -> i64 {
    lane(PUBLIC, field)
}

/// The lanes that have the words of every title, those of deleted documents too, each once.
#[must_use]
pub fn all_titles() -> [i64; 3] {
    [NOBODY, PUBLIC, OPERATORS].map(|audience| lane(audience, Field::Title))
}

/// The lanes for words of what has `level` and belongs to `parties`; of a deleted document, one that
/// nobody reads.
#[must_use]
pub fn written(level: Level, parties: &[String], deleted: bool, field: Field) -> Vec<i64> {
    if deleted {
        return vec![lane(NOBODY, field)];
    }
    if level == Level::Public {
        return vec![public(field)];
    }
    let parties = parties.iter().map(|party| of_party(party, level));
    let mut lanes: Vec<i64> = parties
        .chain([OPERATORS])
        .map(|audience| lane(audience, field))
        .collect();
    lanes.sort_unstable();
    lanes.dedup();
    lanes
}

/// The lanes that a caller's search reads.
#[must_use]
pub fn read(clearance: &Clearance, field: Field) -> Vec<i64> {
    let mut lanes = vec![public(field)];
    match clearance {
        Clearance::Everything => lanes.push(lane(OPERATORS, field)),
        Clearance::Public => {}
        Clearance::Party { party, level } => {
            let levels = [Level::Official, Level::Restricted];
            let reached = levels.into_iter().filter(|one| one <= level);
            lanes.extend(reached.map(|one| lane(of_party(party, one), field)));
        }
    }
    lanes
}

fn lane(audience: i64, field: Field) -> i64 {
    2 * audience + field as i64
}

/// A number for a party, which is two capital letters, and a level.
fn of_party(party: &str, level: Level) -> i64 {
    let code = party
        .bytes()
        .fold(0, |code, byte| code * 256 + i64::from(byte));
    FIRST_PARTY + 4 * code + level.number()
}
