//! The amounts of groups of figures, such as chapters or regions, in any period.
//!
//! A group's figures are known as sums, for each release and published period. The amount of a period is,
//! in this order: the sum for exactly these months; the difference of two January-to-month sums of one
//! release; the sum of its quarters; the sum of its months. What nobody reported in a month is nothing if
//! a complete release covers it and no shorter code tells more of these months than its parts, and otherwise leaves
//! the sum a lower bound: trade is never negative.

mod book;
mod covered;
pub mod editions;
mod steps;
pub mod trace;
mod untold;

use std::collections::BTreeSet;

pub use self::{
    book::{Book, Codes, Entry, Lengths, YearOfMonths},
    covered::{exhausting, is_covered, is_exhausted},
    untold::Untold,
};
use self::{
    steps::{difference, direct, months, quarters},
    trace::{Place, Taken, Trace},
};
use super::{
    cell::{Flow, HsEdition},
    growth,
    observation::Qualifier,
    period::{Period, Stretch},
    release::{Release, Scope, Valuation, valuations},
    tally::Tally,
    turnover::Warning,
    vintage::Absence,
};

/// By what figures are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Exports and imports apart.
    Flow,
    /// Commodities of one level.
    Commodity,
    /// Regions of the reporter.
    Region,
    /// The two parties, each as it reports itself.
    Reporter,
}

/// A level of the Harmonized System.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Sections.
    Section,
    /// Chapters.
    Chapter,
    /// Headings.
    Heading,
    /// Subheadings.
    Subheading,
}

impl Level {
    /// Returns the level of codes with so many digits, if there is one that takes in longer codes.
    #[must_use]
    pub fn of_digits(digits: usize) -> Option<Self> {
        match digits {
            2 => Some(Self::Chapter),
            4 => Some(Self::Heading),
            _ => None,
        }
    }

    /// Returns how many digits the codes have that its groups are made of.
    #[must_use]
    pub fn digits(self) -> usize {
        match self {
            Self::Section | Self::Chapter => 2,
            Self::Heading => 4,
            Self::Subheading => 6,
        }
    }
}

/// What a group is: a part is there if figures are grouped by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey {
    /// The direction.
    pub flow: Option<Flow>,
    /// The edition of the code.
    pub edition: Option<HsEdition>,
    /// The code, or the number of a section.
    pub commodity: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The reporter.
    pub reporter: Option<String>,
}

/// One flow of a group as one party reports it.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What is known about it.
    pub book: Option<&'a Book>,
    /// Whose figures.
    pub reporter: &'a str,
    /// The other side.
    pub partner: &'a str,
    /// The direction.
    pub flow: Flow,
    /// The region; empty for the whole country.
    pub region: &'a str,
    /// Where shorter codes tell more, if some do.
    pub untold: Option<&'a Untold>,
}

/// An amount of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// What it is made of, values added and subtracted already.
    pub tally: Tally,
    /// The releases, by rank, each with the flow that it was used for.
    pub uses: BTreeSet<(usize, Flow)>,
    /// Whether a cumulative sum in it has been superseded.
    pub superseded: bool,
    /// Whether parts are missing.
    pub partial: bool,
}

impl Amount {
    /// Returns the value in cents.
    #[must_use]
    pub fn cents(&self) -> i64 {
        self.tally.measures.cents
    }

    /// Tells whether it is 0 because complete releases have no figure.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.tally.measures.figures == 0 && !self.partial
    }

    /// Tells whether parts are missing, so that it is a lower bound.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial || self.tally.missing > 0
    }

    /// Returns how exactly it is known.
    #[must_use]
    pub fn qualifier(&self) -> Qualifier {
        if self.partial {
            Qualifier::LowerBound
        } else {
            self.tally.qualifier()
        }
    }

    /// Adds another amount.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.tally.merge(&other.tally);
        self.uses.extend(&other.uses);
        self.superseded |= other.superseded;
        self.partial |= other.partial;
        self
    }

    /// Returns what a reader should know about it.
    #[must_use]
    pub fn warnings(&self, releases: &[Release]) -> BTreeSet<Warning> {
        let mut warnings = BTreeSet::new();
        let (scopes, valuations) = self.kinds(releases);
        if scopes.len() > 1 {
            warnings.insert(Warning::MixedScope(scopes));
        }
        if valuations.len() > 1 {
            warnings.insert(Warning::MixedValuation(valuations));
        }
        if self.superseded {
            warnings.insert(Warning::SupersededCumulative);
        }
        if self.is_partial() {
            warnings.insert(Warning::Partial);
        }
        warnings.extend(self.tally.statuses.iter().map(Warning::Status));
        warnings
    }

    /// Returns the scopes and the valuations of its figures.
    #[must_use]
    pub fn kinds(&self, releases: &[Release]) -> (BTreeSet<Scope>, BTreeSet<Valuation>) {
        let used = self
            .uses
            .iter()
            .filter_map(|(rank, flow)| Some((&releases.get(*rank)?.publication, *flow)));
        let scopes = used.clone().map(|(publication, _)| publication.scope);
        let valued = used.filter(|(_, flow)| *flow != Flow::Turnover);
        (
            scopes.collect(),
            valued
                .flat_map(|(publication, flow)| valuations(publication, flow))
                .collect(),
        )
    }
}

/// Returns the amount of all `sides` of a group together in a period. Of a side that has none the sum is
/// a lower bound, unless a complete release says that there is nothing; where that is so of all, it is 0.
pub fn amount(sides: &[Side<'_>], releases: &[Release], period: Period) -> Result<Amount, Absence> {
    traced(sides, releases, period, &mut Trace::off())
}

/// The same, leaving a trace of how it came about.
pub fn traced(
    sides: &[Side<'_>],
    releases: &[Release],
    period: Period,
    trace: &mut Trace,
) -> Result<Amount, Absence> {
    let mut sum: Option<Amount> = None;
    let mut gaps = Vec::new();
    for side in sides {
        trace.next_side();
        match of_side(*side, releases, period, trace) {
            Ok(amount) => sum = Some(sum.unwrap_or_default().plus(&amount)),
            Err(absence) => gaps.push((side, absence)),
        }
    }
    let is_gap = |side: Side<'_>, absence: Absence| {
        !(can_be_nothing(absence) && is_covered(side, releases, period))
    };
    let has_gap = gaps.iter().any(|(side, absence)| is_gap(**side, *absence));
    match sum {
        Some(mut sum) => {
            sum.partial |= has_gap;
            Ok(sum)
        }
        // Nothing and nothing is nothing.
        None if !has_gap && !gaps.is_empty() => Ok(Amount::default()),
        None => {
            let absences = gaps.into_iter().map(|(_, absence)| absence);
            Err(absences.max().unwrap_or(Absence::NotPublished))
        }
    }
}

fn of_side(
    side: Side<'_>,
    releases: &[Release],
    period: Period,
    trace: &mut Trace,
) -> Result<Amount, Absence> {
    let mut sum: Option<Amount> = None;
    let mut reason = Absence::NotPublished;
    let mut has_gap = false;
    for stretch in period.stretches() {
        let mark = trace.mark();
        match within_year(side, releases, stretch, trace) {
            Ok(amount) => sum = Some(sum.unwrap_or_default().plus(&amount)),
            Err(absence) => {
                reason = reason.max(absence);
                let is_nothing = can_be_nothing(absence) && is_exhausted(side, releases, stretch);
                has_gap |= !is_nothing;
                trace.rewind(mark);
                trace.note(stretch, stretch, || Taken::gap(absence, is_nothing));
            }
        }
    }
    let mut sum = sum.ok_or(reason)?;
    sum.partial |= has_gap;
    Ok(sum)
}

fn within_year(
    side: Side<'_>,
    releases: &[Release],
    stretch: Stretch,
    trace: &mut Trace,
) -> Result<Amount, Absence> {
    let book = side.book.ok_or(Absence::NotPublished)?;
    let flow = side.flow;
    let or =
        |reason: Absence, next: Result<Amount, Absence>| next.map_err(|other| reason.max(other));
    let covers = |rank: usize, period: Period| {
        let release = releases.get(rank);
        let untold = side.untold;
        release.is_some_and(|release| covered::covers(side, release, period))
            && !untold.is_some_and(|untold| untold.is_published(period, rank))
    };
    let mut whole = Place {
        stretch,
        part: stretch,
        trace,
    };
    direct(book, flow, stretch)
        .map(|(period, amount)| whole.figures(period, amount))
        .or_else(|reason| or(reason, difference(book, flow, &mut whole, &covers)))
        .or_else(|reason| or(reason, quarters(book, flow, &mut whole, &covers)))
        .or_else(|reason| or(reason, months(side, book, releases, &mut whole, &covers)))
}

/// Tells whether what is not there may be nothing: not what was published, though it does not give the amount.
fn can_be_nothing(absence: Absence) -> bool {
    matches!(absence, Absence::NotPublished | Absence::Removed)
}

/// Returns what a part contributed to the growth of a whole, in parts per million.
#[must_use]
pub fn contribution_ppm(value: i64, before: i64, whole_before: i64) -> Option<i64> {
    growth::share_ppm(value.checked_sub(before)?, whole_before)
}

/// Where the formula of [`herfindahl_hirschman_ppm`] comes from.
pub const HERFINDAHL_HIRSCHMAN_SOURCE: &str = "sum of squared shares: A. O. Hirschman, The Paternity of an \
    Index, American Economic Review 54 (1964) 761; not normalised";

/// Returns the Herfindahl-Hirschman index of values in parts per million: the sum of the squared shares.
/// None without a positive total.
#[must_use]
pub fn herfindahl_hirschman_ppm(values: &[i64]) -> Option<i64> {
    let total: i128 = values.iter().copied().map(i128::from).sum();
    if total <= 0 {
        return None;
    }
    // Shares in parts per 10^12 leave an error far below one part per million.
    let squares: i128 = values
        .iter()
        .map(|value| {
            let share = i128::from(*value) * 1_000_000_000_000 / total;
            share * share
        })
        .sum();
    growth::ratio(squares, 1_000_000_000_000_000_000)
}

#[cfg(test)]
mod tests;
