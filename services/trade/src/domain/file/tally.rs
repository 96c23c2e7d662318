//! How often each kind of thing was found in a file, and where first.

use std::collections::BTreeMap;

use super::Reason;

/// How often one kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How often.
    pub count: i64,
    /// The line on which it was found first.
    pub first_line: i64,
}

/// A tally for each reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tallies(BTreeMap<Reason, Tally>);

impl Tallies {
    /// Counts one more.
    pub fn add(&mut self, reason: Reason, line: i64) {
        self.put(
            reason,
            Tally {
                count: 1,
                first_line: line,
            },
        );
    }

    /// Counts all of `other`.
    pub fn merge(&mut self, other: &Tallies) {
        for (reason, tally) in &other.0 {
            self.put(*reason, *tally);
        }
    }

    /// Counts some of one reason.
    pub fn put(&mut self, reason: Reason, tally: Tally) {
        let known = self.0.entry(reason).or_insert(Tally { count: 0, ..tally });
        known.count += tally.count;
        known.first_line = known.first_line.min(tally.first_line);
    }

    /// Returns how many were counted.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.values().map(|tally| tally.count).sum()
    }

    /// Returns the tallies, in the order of the reasons.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, Tally)> {
        self.0.iter().map(|(reason, tally)| (*reason, *tally))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_add_up_and_keep_the_first_line() {
        let mut tallies = Tallies::default();
        tallies.add(Reason::OtherPartner, 7);
        let mut later = Tallies::default();
        later.add(Reason::OtherPartner, 3);
        later.add(Reason::EmptyCell, 9);
        tallies.merge(&later);
        assert_eq!(tallies.total(), 3);
        let found: Vec<_> = tallies
            .iter()
            .map(|(reason, tally)| (reason, tally.count, tally.first_line))
            .collect();
        let expected = [(Reason::OtherPartner, 2, 3), (Reason::EmptyCell, 1, 9)];
        assert_eq!(found, expected);
    }
}
