//! What is known about one flow of a group: sums of each release in each published period.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    period::{Period, Window},
    tally::Tally,
};

/// What one release says about a group in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What stands.
    pub standing: Tally,
    /// All that it published.
    pub whole: Tally,
    /// How many digits the codes have that what stands was added up from; of several groups together, of
    /// one of them.
    pub standing_digits: u8,
    /// The same of all that it published.
    pub whole_digits: u8,
}

/// What is known about one flow of a group: by period, then by the rank of the release.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub(super) entries: BTreeMap<Period, BTreeMap<usize, Entry>>,
    /// The months of a year in one sum, where months are not known one by one.
    pub(super) years: BTreeMap<i16, YearOfMonths>,
    /// Of periods from January, by release: how many digits the codes have that each part of the group was
    /// added up from, the parts by their numbers.
    lengths: BTreeMap<(Period, usize), BTreeMap<i64, u8>>,
}

/// The months of a year in one sum.
#[derive(Clone, Debug, Default)]
pub struct YearOfMonths {
    /// What they add up to.
    pub tally: Tally,
    /// How many months the series has of which it has most.
    pub months: i64,
    /// The ranks of the releases.
    pub ranks: BTreeSet<usize>,
    /// How many digits the codes have that it was added up from, as in [`Entry`].
    pub digits: u8,
}

impl Book {
    /// Returns what the release at `rank` says about a period, to add to it.
    pub fn entry(&mut self, period: Period, rank: usize) -> &mut Entry {
        self.entries
            .entry(period)
            .or_default()
            .entry(rank)
            .or_default()
    }

    /// Keeps how long the codes are from which a release's sum of one part of the group was added up, for
    /// the periods that differences are taken of.
    pub fn set_length(&mut self, period: Period, rank: usize, part: i64, digits: u8) {
        if period.window() == Window::JanuaryToMonth {
            let parts = self.lengths.entry((period, rank)).or_default();
            parts.entry(part).or_insert(digits);
        }
    }

    /// Tells whether what a release published for two periods was added up from codes of the same length, in
    /// each part that both have.
    pub(super) fn has_like_lengths(&self, periods: [Period; 2], rank: usize) -> bool {
        let [Some(one), Some(other)] = periods.map(|period| self.lengths.get(&(period, rank)))
        else {
            return true;
        };
        let mut parts = one.iter();
        parts.all(|(part, digits)| other.get(part).is_none_or(|other| other == digits))
    }

    fn add_lengths(&mut self, other: &Self) {
        for ((period, rank), parts) in &other.lengths {
            for (part, digits) in parts {
                self.set_length(*period, *rank, *part, *digits);
            }
        }
    }

    /// Adds months of a year in one sum.
    pub fn add_year(&mut self, year: i16, other: &YearOfMonths) {
        let own = self.years.entry(year).or_default();
        own.tally.merge(&other.tally);
        own.months = own.months.max(other.months);
        own.ranks.extend(&other.ranks);
        own.digits = other.digits;
    }

    /// Returns what the release at `rank` says about a period, if it does.
    #[must_use]
    pub fn entry_at(&self, period: Period, rank: usize) -> Option<&Entry> {
        self.entries.get(&period)?.get(&rank)
    }

    /// Returns the months of a year in one sum, where they are not known one by one.
    #[must_use]
    pub fn summed_year(&self, year: i16) -> Option<&YearOfMonths> {
        self.years.get(&year)
    }

    /// Adds what a book over longer codes of the same group has beside this one: of one release and period
    /// the longer ones are parts of what is here, whether or not that stands.
    pub fn fill(&mut self, longer: &Self) {
        for (period, entries) in &longer.entries {
            for (rank, entry) in entries {
                let own = self.entry(*period, *rank);
                own.standing.merge(&entry.standing);
                own.standing_digits = entry.standing_digits;
                if own.whole.measures.figures == 0 {
                    own.whole = entry.whole;
                    own.whole_digits = entry.whole_digits;
                }
            }
        }
        self.add_lengths(longer);
        for (year, months) in &longer.years {
            self.add_year(*year, months);
        }
    }

    /// Adds all that another book has.
    pub fn merge(&mut self, other: &Self) {
        for (period, entries) in &other.entries {
            for (rank, entry) in entries {
                let own = self.entry(*period, *rank);
                own.standing.merge(&entry.standing);
                own.whole.merge(&entry.whole);
                own.standing_digits = entry.standing_digits;
                own.whole_digits = entry.whole_digits;
            }
        }
        self.add_lengths(other);
        for (year, months) in &other.years {
            self.add_year(*year, months);
        }
    }

    /// Returns the periods of which something stands.
    pub fn standing_periods(&self) -> impl Iterator<Item = Period> {
        self.entries
            .iter()
            .filter(|(_, entries)| {
                let mut entries = entries.values();
                entries.any(|entry| entry.standing.measures.figures > 0)
            })
            .map(|(period, _)| *period)
    }

    /// Returns the years of which months are known in one sum only.
    pub fn summed_years(&self) -> impl Iterator<Item = i16> {
        self.years.keys().copied()
    }

    /// Returns what the last of the releases kept says about each period, whether or not it stands.
    #[must_use]
    pub fn of_releases(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut book = Self::default();
        for (period, entries) in &self.entries {
            if let Some((rank, entry)) = entries.iter().rev().find(|(rank, _)| keep(**rank)) {
                let own = book.entry(*period, *rank);
                *own = Entry {
                    standing: entry.whole,
                    standing_digits: entry.whole_digits,
                    ..*entry
                };
            }
        }
        book.add_lengths(self);
        for (year, months) in &self.years {
            if months.ranks.iter().all(|rank| keep(*rank)) {
                book.add_year(*year, months);
            }
        }
        book
    }

    /// Leaves out a period.
    pub fn forget(&mut self, period: Period) {
        self.entries.remove(&period);
        self.lengths.retain(|(own, _), _| *own != period);
    }

    /// Leaves out what is not kept: published periods, and the months of years in one sum.
    #[must_use]
    pub fn filtered(
        &self,
        keeps: impl Fn(Period) -> bool,
        keeps_months_of: impl Fn(i16) -> bool,
    ) -> Self {
        let mut book = self.clone();
        book.entries.retain(|period, _| keeps(*period));
        book.lengths.retain(|(period, _), _| keeps(*period));
        book.years.retain(|year, _| keeps_months_of(*year));
        book
    }

    /// Tells whether it has nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.years.is_empty()
    }

    /// Leaves out the months of a year in one sum.
    pub fn forget_year(&mut self, year: i16) {
        self.years.remove(&year);
    }
}
