//! What is known about one flow of a group: sums of each release in each published period.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::direct;
use crate::domain::{
    cell::Flow,
    period::{Period, Stretch, Window},
    tally::{Tally, Told},
};

/// What one release says about a group in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What stands.
    pub standing: Tally,
    /// All that it published.
    pub whole: Tally,
    /// How many digits the codes have that what stands was added up from.
    pub standing_lengths: Lengths,
    /// The same of all that it published.
    pub whole_lengths: Lengths,
}

/// How many digits codes have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths(u8);

impl Lengths {
    /// Codes of one length.
    #[must_use]
    pub fn one(digits: u8) -> Self {
        Self(1 << digits.min(7))
    }

    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Returns the numbers of digits, the least first.
    pub fn digits(self) -> impl Iterator<Item = u8> {
        (0..8).filter(move |digits| self.0 >> digits & 1 == 1)
    }
}

/// What is known about one flow of a group: by period, then by the rank of the release.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub(super) entries: BTreeMap<Period, BTreeMap<usize, Entry>>,
    /// The months of a year in one sum, where months are not known one by one.
    pub(super) years: BTreeMap<i16, YearOfMonths>,
    /// Of periods from January, by release: how many digits the codes have that each part of the group was
    /// added up from, the parts by their numbers.
    lengths: BTreeMap<(Period, usize), BTreeMap<i64, Lengths>>,
    /// The codes that an entry was added up from, by their numbers, where others of the same lengths were not.
    codes: BTreeMap<(Period, usize), Codes>,
}

/// Of what codes an entry was added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// What stands.
    pub standing: Vec<i64>,
    /// All that was published.
    pub whole: Vec<i64>,
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
    pub lengths: Lengths,
}

/// What the own code of a group has by months and by quarters.
struct Parts<'a>(&'a Book);

impl Parts<'_> {
    /// Tells whether the months or the quarters in a longer period add up to more than `sum`: what stands of them, or
    /// what the release at a rank published.
    fn tell_more(&self, period: Period, sum: &Tally, rank: Option<usize>) -> bool {
        let windows = [Window::Month, Window::Quarter];
        let mut inside = windows
            .map(|window| self.inside(period, window, rank))
            .to_vec();
        if period.window() == Window::Year && rank.is_none() {
            let year = self.0.years.get(&period.year());
            inside.extend(year.map(|months| months.tally));
        }
        let sum = Told::of(sum);
        let is_more = |all: &Tally| all.has_value() && Told::of(all).tells_more(Some(sum));
        sum.figures > 0 && inside.iter().any(is_more)
    }

    fn inside(&self, period: Period, window: Window, rank: Option<usize>) -> Tally {
        let mut all = Tally::default();
        for (own, entries) in &self.0.entries {
            let is_inside = own.window() == window
                && period.window() != window
                && own.first_day() >= period.first_day()
                && own.last_day() <= period.last_day();
            for (own_rank, entry) in entries.iter().filter(|_| is_inside) {
                match rank {
                    None => all.merge(&entry.standing),
                    Some(rank) if rank == *own_rank => all.merge(&entry.whole),
                    Some(_) => {}
                }
            }
        }
        all
    }
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
    pub fn set_length(&mut self, period: Period, rank: usize, part: i64, lengths: Lengths) {
        let is_january = (period.window(), period.last_month()) == (Window::Month, 1);
        if is_january || period.window() == Window::JanuaryToMonth {
            let parts = self.lengths.entry((period, rank)).or_default();
            parts.entry(part).or_default().add(lengths);
        }
    }

    /// Returns the codes that an entry was added up from, to add to them.
    pub fn codes(&mut self, period: Period, rank: usize) -> &mut Codes {
        self.codes.entry((period, rank)).or_default()
    }

    /// Returns the codes that an entry was added up from, where others of the same lengths were not.
    #[must_use]
    pub fn codes_at(&self, period: Period, rank: usize) -> Option<&Codes> {
        self.codes.get(&(period, rank))
    }

    /// Tells whether what a release published for two periods was added up from codes of the same length, in
    /// each part that both have.
    pub(super) fn has_like_lengths(&self, periods: [Period; 2], rank: usize) -> bool {
        let [Some(one), Some(other)] = periods.map(|period| self.lengths.get(&(period, rank)))
        else {
            return true;
        };
        let mut parts = one.iter();
        parts.all(|(part, lengths)| other.get(part).is_none_or(|other| other == lengths))
    }

    fn add_lengths(&mut self, other: &Self) {
        for ((period, rank), parts) in &other.lengths {
            for (part, lengths) in parts {
                self.set_length(*period, *rank, *part, *lengths);
            }
        }
    }

    /// Adds months of a year in one sum.
    pub fn add_year(&mut self, year: i16, other: &YearOfMonths) {
        let own = self.years.entry(year).or_default();
        own.tally.merge(&other.tally);
        own.months = own.months.max(other.months);
        own.ranks.extend(&other.ranks);
        own.lengths.add(other.lengths);
    }

    /// Returns what the release at `rank` says about a period, if it does.
    #[must_use]
    pub fn entry_at(&self, period: Period, rank: usize) -> Option<&Entry> {
        self.entries.get(&period)?.get(&rank)
    }

    /// Returns all that stands about a period, if something does.
    #[must_use]
    pub fn standing(&self, period: Period) -> Option<Tally> {
        let entries = self.entries.get(&period)?.values();
        let mut tally = Tally::default();
        entries.for_each(|entry| tally.merge(&entry.standing));
        (tally.measures.figures > 0).then_some(tally)
    }

    /// Returns the period by which figures for exactly these months are told, where there are any.
    #[must_use]
    pub fn told_as(&self, flow: Flow, stretch: Stretch) -> Option<Period> {
        direct(self, flow, stretch).ok().map(|(period, _)| period)
    }

    /// Tells whether any of it was added up from codes of fewer digits.
    #[must_use]
    pub fn has_shorter(&self, digits: usize) -> bool {
        let mut entries = self.entries.values().flat_map(BTreeMap::values);
        entries.any(|entry| {
            let mut lengths = entry.standing_lengths.digits();
            let mut published = entry.whole_lengths.digits();
            lengths.any(|own| usize::from(own) < digits)
                || published.any(|own| usize::from(own) < digits)
        })
    }

    /// Returns the years that anything is about.
    pub fn known_years(&self) -> impl Iterator<Item = i16> {
        let periods = self.entries.keys().map(|period| period.year());
        periods.chain(self.years.keys().copied())
    }

    /// Returns the months of a year in one sum, where they are not known one by one.
    #[must_use]
    pub fn summed_year(&self, year: i16) -> Option<&YearOfMonths> {
        self.years.get(&year)
    }

    /// Chooses between the sums over a group's own code and those over longer ones: where the own code has a value the
    /// longer ones are parts of it, and otherwise they count, beside the own code's having been published as missing.
    #[must_use]
    pub fn or_longer(self, longer: &Self) -> Self {
        let mut book = self;
        for (period, entries) in &longer.entries {
            let stands = book.has_value(*period);
            for (rank, entry) in entries {
                let own = book.entry(*period, *rank);
                if !stands {
                    own.standing.merge(&entry.standing);
                    own.standing_lengths.add(entry.standing_lengths);
                }
                if own.whole.has_value() {
                    continue;
                }
                own.whole.merge(&entry.whole);
                own.whole_lengths.add(entry.whole_lengths);
                if let Some(parts) = longer.lengths.get(&(*period, *rank)) {
                    for (part, lengths) in parts {
                        book.set_length(*period, *rank, *part, *lengths);
                    }
                }
            }
        }
        for (year, months) in &longer.years {
            if !book.years.contains_key(year) {
                book.add_year(*year, months);
            }
        }
        book
    }

    /// Leaves out sums over longer codes for several months of which the group's own code, whose sums are `own`, has
    /// more by months or by quarters: these are not all that there is of the group.
    #[must_use]
    pub fn without_less(mut self, own: &Self) -> Self {
        let parts = Parts(own);
        for (period, entries) in &mut self.entries {
            if own.has_value(*period) {
                continue;
            }
            let mut sum = Tally::default();
            for entry in entries.values() {
                sum.merge(&entry.standing);
            }
            let is_less = parts.tell_more(*period, &sum, None);
            for (rank, entry) in entries.iter_mut() {
                let own = own.entry_at(*period, *rank).copied().unwrap_or_default();
                if is_less {
                    entry.standing = own.standing;
                    entry.standing_lengths = own.standing_lengths;
                }
                if parts.tell_more(*period, &entry.whole, Some(*rank)) {
                    entry.whole = own.whole;
                    entry.whole_lengths = own.whole_lengths;
                }
            }
            let figures =
                |entry: &Entry| entry.standing.measures.figures + entry.whole.measures.figures;
            entries.retain(|_, entry| figures(entry) > 0);
        }
        self.entries.retain(|_, entries| !entries.is_empty());
        self
    }

    /// Tells whether some figure about a period stands that has a value.
    fn has_value(&self, period: Period) -> bool {
        let entries = self.entries.get(&period).into_iter().flatten();
        entries
            .into_iter()
            .any(|(_, entry)| entry.standing.has_value())
    }

    /// Tells whether the sums over codes of several lengths of one group do not tell which of them count: where the
    /// own code has no value, and some are longer than others, the longer ones can be parts of the others.
    #[must_use]
    pub fn are_unclear(own: Option<&Self>, longer: &[&Self]) -> bool {
        if longer.len() < 2 {
            return false;
        }
        let mut seen: BTreeMap<(Period, Option<usize>), usize> = BTreeMap::new();
        for book in longer {
            for (period, entries) in &book.entries {
                let own_entries = own.and_then(|own| own.entries.get(period));
                let mut all = entries.values();
                let stands = all.any(|entry| entry.standing.measures.figures > 0);
                if stands && !own.is_some_and(|own| own.has_value(*period)) {
                    *seen.entry((*period, None)).or_default() += 1;
                }
                for (rank, entry) in entries {
                    let own = own_entries.and_then(|own| own.get(rank));
                    if entry.whole.measures.figures > 0
                        && !own.is_some_and(|own| own.whole.has_value())
                    {
                        *seen.entry((*period, Some(*rank))).or_default() += 1;
                    }
                }
            }
        }
        seen.values().any(|books| *books > 1)
    }

    /// Adds all that another book has.
    pub fn merge(&mut self, other: &Self) {
        for (period, entries) in &other.entries {
            for (rank, entry) in entries {
                let own = self.entry(*period, *rank);
                own.standing.merge(&entry.standing);
                own.whole.merge(&entry.whole);
                own.standing_lengths.add(entry.standing_lengths);
                own.whole_lengths.add(entry.whole_lengths);
            }
        }
        self.add_lengths(other);
        for (year, months) in &other.years {
            self.add_year(*year, months);
        }
    }

    /// Returns the periods of which something stands.
    #[cfg(test)]
    pub(crate) fn standing_periods(&self) -> impl Iterator<Item = Period> {
        let stands = |entries: &BTreeMap<usize, Entry>| {
            let mut entries = entries.values();
            entries.any(|entry| entry.standing.measures.figures > 0)
        };
        let entries = self.entries.iter();
        entries
            .filter(move |(_, entries)| stands(entries))
            .map(|(period, _)| *period)
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
                    standing_lengths: entry.whole_lengths,
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
        book.codes.retain(|(period, _), _| keeps(*period));
        book.years.retain(|year, _| keeps_months_of(*year));
        book
    }

    /// Tells whether it has nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.years.is_empty()
    }
}
