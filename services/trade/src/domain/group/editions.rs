//! Which figures of a reporter count where it has published the same months in several HS editions.
//!
//! The goods of one edition are those of another under other codes, so only one of them can count in a sum. Of each
//! stretch of one calendar year the figures of one edition do: at the first step of the order in which amounts are
//! made up ([`amount`]) that some edition reaches, those of the last vintage. Where no edition tells the stretch as a
//! whole, each month is chosen by itself: editions often follow one another within a year.
//!
//! [`amount`]: super::amount

use std::collections::{BTreeMap, BTreeSet};

use super::{Book, Place, Trace, difference, direct};
use crate::domain::{
    cell::{Flow, HsEdition},
    period::{Period, Stretch, Window},
};

/// What one side has published in each edition, over all commodities.
#[derive(Clone, Debug, Default)]
pub struct Editions {
    books: BTreeMap<HsEdition, Book>,
}

/// What counts in a stretch of one calendar year.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Chosen {
    /// The stretch is told as a whole in this edition.
    Whole(HsEdition),
    /// Months are, each in its edition.
    Months(BTreeMap<i8, HsEdition>),
}

/// What counts in a period, by calendar year; of a year that is not here, everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    years: BTreeMap<i16, Chosen>,
    /// The editions of which something is left out.
    left_out: BTreeSet<HsEdition>,
}

impl Editions {
    /// Adds what was published about some commodity.
    pub fn add(&mut self, edition: HsEdition, book: &Book) {
        self.books.entry(edition).or_default().merge(book);
    }

    /// Tells whether there are several.
    #[must_use]
    pub fn are_several(&self) -> bool {
        self.books.len() > 1
    }

    /// Chooses what counts of a flow in a period.
    #[must_use]
    pub fn choose(&self, flow: Flow, period: Period) -> Choice {
        let mut choice = Choice::default();
        for stretch in period.stretches() {
            if let Some(chosen) = self.within_year(flow, stretch, &mut choice.left_out) {
                choice.years.insert(stretch.year, chosen);
            }
        }
        choice
    }

    /// What counts in a stretch, if there is anything.
    fn within_year(
        &self,
        flow: Flow,
        stretch: Stretch,
        left_out: &mut BTreeSet<HsEdition>,
    ) -> Option<Chosen> {
        let mut whole: BTreeSet<(Step, HsEdition)> = BTreeSet::new();
        // Each with its rank, and whether the month is told by a figure or by a difference.
        let mut months: BTreeMap<i8, BTreeSet<(usize, HsEdition, bool)>> = BTreeMap::new();
        for (edition, book) in &self.books {
            whole.extend(Step::of(book, flow, stretch).map(|step| (step, *edition)));
            for month in stretch.months() {
                let figure = last_rank(book, flow, month).map(|rank| (rank, *edition, true));
                let difference = || Some((difference_rank(book, flow, month)?, *edition, false));
                let own = months.entry(month.first).or_default();
                own.extend(figure.or_else(difference));
            }
        }
        let met = || {
            let of_months = months.values().flatten().map(|(_, edition, _)| *edition);
            of_months.chain(whole.iter().map(|(_, edition)| *edition))
        };
        if let Some((_, chosen)) = whole.last() {
            left_out.extend(met().filter(|edition| edition != chosen));
            return Some(Chosen::Whole(*chosen));
        }
        let mut chosen: BTreeMap<i8, HsEdition> = BTreeMap::new();
        for (month, own) in &months {
            // What February is taken from would be January, too, which another edition tells.
            let counts_twice = |edition: &HsEdition, is_figure: bool| {
                let january = chosen.get(&1).filter(|_| *month == 2 && !is_figure);
                january.is_some_and(|january| january != edition)
            };
            let mut fit = own.iter().rev();
            let last = fit.find(|(_, edition, is_figure)| !counts_twice(edition, *is_figure));
            let last = last.map(|(_, last, _)| *last);
            let editions = own.iter().map(|(_, edition, _)| *edition);
            left_out.extend(editions.filter(|own| Some(*own) != last));
            chosen.extend(last.map(|last| (*month, last)));
        }
        (!chosen.is_empty()).then_some(Chosen::Months(chosen))
    }
}

/// How an edition tells a stretch as a whole, the better the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// As the sum of quarters, the last of them by the release at this rank.
    Quarters(usize),
    /// As a difference inside the release at this rank.
    Difference(usize),
    /// By a figure for exactly these months, by the release at this rank.
    Figure(usize),
}

impl Step {
    fn of(book: &Book, flow: Flow, stretch: Stretch) -> Option<Self> {
        if let Some(rank) = last_rank(book, flow, stretch) {
            return Some(Self::Figure(rank));
        }
        if let Some(rank) = difference_rank(book, flow, stretch) {
            return Some(Self::Difference(rank));
        }
        let quarters = stretch.quarters().filter(|quarters| quarters.len() > 1)?;
        let ranks: Option<Vec<usize>> = quarters
            .into_iter()
            .map(|quarter| {
                let figure = last_rank(book, flow, quarter);
                figure.or_else(|| difference_rank(book, flow, quarter))
            })
            .collect();
        ranks?.into_iter().max().map(Self::Quarters)
    }
}

/// The rank of the last release of which a figure for exactly these months stands.
fn last_rank(book: &Book, flow: Flow, stretch: Stretch) -> Option<usize> {
    let (_, amount) = direct(book, flow, stretch).ok()?;
    amount.uses.last().map(|(rank, _)| *rank)
}

/// The rank of the last release of which these months are a difference.
fn difference_rank(book: &Book, flow: Flow, stretch: Stretch) -> Option<usize> {
    let mut place = Place {
        stretch,
        part: stretch,
        trace: &mut Trace::off(),
    };
    let amount = difference(book, flow, &mut place, &|_, _| false).ok()?;
    amount.uses.last().map(|(rank, _)| *rank)
}

impl Chosen {
    fn editions(&self) -> BTreeSet<HsEdition> {
        match self {
            Self::Whole(edition) => BTreeSet::from([*edition]),
            Self::Months(months) => months.values().copied().collect(),
        }
    }
}

impl Choice {
    /// Returns what counts of figures in an edition.
    #[must_use]
    pub fn of(&self, edition: HsEdition, book: &Book) -> Book {
        let is_own =
            |months: &BTreeMap<i8, HsEdition>, month: i8| months.get(&month) == Some(&edition);
        let keeps = |period: Period| match self.years.get(&period.year()) {
            None => true,
            Some(Chosen::Whole(chosen)) => *chosen == edition,
            Some(Chosen::Months(months)) => {
                let stretches = period.stretches();
                let mut own = stretches.iter();
                let is_month = |own: &Stretch| own.first == own.last && is_own(months, own.first);
                // A month can be the difference of these.
                let (last, is_cumulative) = (
                    period.last_month(),
                    period.window() == Window::JanuaryToMonth,
                );
                let is_term = is_cumulative && (is_own(months, last) || is_own(months, last + 1));
                own.all(is_month)
                    || (last > 1 && is_term)
                    || (last == 1 && is_term && is_own(months, 1))
            }
        };
        // Months are in one sum only where a year is published in one edition.
        let keeps_months_of = |year: i16| match self.years.get(&year) {
            None => true,
            Some(chosen) => chosen.editions() == BTreeSet::from([edition]),
        };
        book.filtered(keeps, keeps_months_of)
    }

    /// Tells whether anything of an edition can count.
    #[must_use]
    pub fn counts(&self, edition: HsEdition) -> bool {
        let mut years = self.years.values();
        self.years.is_empty() || years.any(|chosen| chosen.editions().contains(&edition))
    }

    /// Returns the editions that count.
    #[must_use]
    pub fn counted(&self) -> BTreeSet<HsEdition> {
        self.years.values().flat_map(Chosen::editions).collect()
    }

    /// Returns the editions of which figures are left out, because another one counts in these months.
    #[must_use]
    pub fn left_out(&self) -> &BTreeSet<HsEdition> {
        &self.left_out
    }
}

#[cfg(test)]
mod tests;
