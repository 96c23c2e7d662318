//! Which published figure stands for a cell, as known at some moment.
//!
//! A figure of a later release supersedes the same cell of an earlier one; a later *complete* release
//! that covers a cell and does not have it removes the cell. Nothing is overwritten: both follow from
//! which releases count at the moment asked about, so a withdrawal restores what stood before.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::{cell::Flow, observation::Observation, period::Period, release::Release};

/// Why there is no figure, from the least to the most telling reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Absence {
    /// No release that counts has one.
    NotPublished,
    /// Cumulative figures exist, but no one release has both that the difference needs.
    NotDecumulable,
    /// A later complete release no longer has it.
    Removed,
    /// Of both cumulative sums that the difference needs one was published by coarser codes than the other.
    LengthsDiffer,
    /// The difference of two cumulative figures would be negative, or involves a lower bound.
    DifferenceUnusable,
    /// It was published as missing.
    PublishedAsMissing,
}

/// A figure with the release that publishes it.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    /// The release.
    pub release: &'a Release,
    /// The release's place among those that count, the earliest vintage first.
    pub rank: usize,
    /// The figure.
    pub observation: &'a Observation,
    /// Its value in cents.
    pub value_cents: i64,
}

/// The figures about one commodity and region between two parties, as known at one moment.
#[derive(Debug)]
pub struct Vintages {
    /// Those that count, the earliest vintage first.
    releases: Vec<Release>,
    /// By reporter, flow and period; within one, the earliest vintage first.
    figures: BTreeMap<(String, Flow, Period), Vec<(usize, Observation)>>,
}

impl Vintages {
    /// Takes the releases that count as known at `known`, and of `figures` (with the uids of their
    /// releases) those that belong to them. The order of both lists means nothing.
    #[must_use]
    pub fn as_known(
        releases: Vec<Release>,
        figures: Vec<(String, Observation)>,
        known: Timestamp,
        recorded_before: Option<Timestamp>,
    ) -> Self {
        let mut releases: Vec<Release> = releases
            .into_iter()
            .filter(|release| release.counts(known, recorded_before))
            .collect();
        releases.sort_by(|a, b| a.vintage().cmp(&b.vintage()));
        let ranks: HashMap<&str, usize> = releases
            .iter()
            .enumerate()
            .map(|(rank, release)| (release.uid.as_str(), rank))
            .collect();
        let mut by_cell: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (uid, observation) in figures {
            let Some(&rank) = ranks.get(uid.as_str()) else {
                continue;
            };
            let reporter = releases[rank].publication.reporter.clone();
            by_cell
                .entry((reporter, observation.cell.flow, observation.cell.period))
                .or_default()
                .push((rank, observation));
        }
        for figures in by_cell.values_mut() {
            figures.sort_by_key(|(rank, _)| *rank);
        }
        Self {
            releases,
            figures: by_cell,
        }
    }

    /// Returns the same as if only the releases kept counted.
    #[must_use]
    pub fn restricted(&self, keep: impl Fn(&Release) -> bool) -> Self {
        let mut ranks: Vec<Option<usize>> = Vec::new();
        let mut releases = Vec::new();
        for release in &self.releases {
            let kept = keep(release);
            ranks.push(kept.then_some(releases.len()));
            if kept {
                releases.push(release.clone());
            }
        }
        let new = |rank: usize| ranks.get(rank).copied().flatten();
        let figures = self
            .figures
            .iter()
            .map(|(cell, figures)| {
                let kept = figures
                    .iter()
                    .filter_map(|(rank, figure)| Some((new(*rank)?, figure.clone())));
                (cell.clone(), kept.collect::<Vec<_>>())
            })
            .filter(|(_, figures)| !figures.is_empty())
            .collect();
        Self { releases, figures }
    }

    /// Returns the releases that count, the earliest vintage first.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// Returns the figure that stands for a cell.
    pub fn latest(
        &self,
        reporter: &str,
        flow: Flow,
        period: Period,
    ) -> Result<Published<'_>, Absence> {
        let figures = self.cell(reporter, flow, period);
        let (rank, observation) = figures.last().ok_or(Absence::NotPublished)?;
        if self.is_removed(*rank, figures) {
            return Err(Absence::Removed);
        }
        let value_cents = observation.value_cents.ok_or(Absence::PublishedAsMissing)?;
        Ok(self.published(*rank, observation, value_cents))
    }

    /// Returns the figures of two cells from the last release that has both, if any does, and whether
    /// both still stand. Figures published as missing or since removed do not come into it.
    #[must_use]
    pub fn latest_pair(
        &self,
        reporter: &str,
        flow: Flow,
        longer: Period,
        shorter: Period,
    ) -> Option<(Published<'_>, Published<'_>, bool)> {
        let (longer, shorter) = (
            self.cell(reporter, flow, longer),
            self.cell(reporter, flow, shorter),
        );
        longer.iter().rev().find_map(|(rank, minuend)| {
            let (_, subtrahend) = shorter.iter().find(|(other, _)| other == rank)?;
            if self.is_removed(*rank, longer) || self.is_removed(*rank, shorter) {
                return None;
            }
            let stand = [longer, shorter]
                .iter()
                .all(|figures| figures.last().is_some_and(|(last, _)| last == rank));
            Some((
                self.published(*rank, minuend, minuend.value_cents?),
                self.published(*rank, subtrahend, subtrahend.value_cents?),
                stand,
            ))
        })
    }

    /// Tells whether some release that counts has a figure for a cell that has not been removed.
    #[must_use]
    pub fn has(&self, reporter: &str, flow: Flow, period: Period) -> bool {
        let figures = self.cell(reporter, flow, period);
        figures
            .last()
            .is_some_and(|(rank, _)| !self.is_removed(*rank, figures))
    }

    /// Tells whether some figure is of a flow.
    #[must_use]
    pub fn has_flow(&self, flow: Flow) -> bool {
        self.figures.keys().any(|(_, own, _)| *own == flow)
    }

    /// Returns the first and the last year that any figure is about.
    #[must_use]
    pub fn years(&self) -> Option<(i16, i16)> {
        let years = || self.figures.keys().map(|(_, _, period)| period.year());
        Some((years().min()?, years().max()?))
    }

    fn cell(&self, reporter: &str, flow: Flow, period: Period) -> &[(usize, Observation)] {
        self.figures
            .get(&(reporter.to_owned(), flow, period))
            .map_or(&[], Vec::as_slice)
    }

    /// Tells whether the figure of the release at `rank` has been removed: a later complete release
    /// of the same reporter covers the cell and is not among the `figures` of that cell.
    fn is_removed(&self, rank: usize, figures: &[(usize, Observation)]) -> bool {
        let Some((_, observation)) = figures.iter().find(|(own, _)| *own == rank) else {
            return false;
        };
        let reporter = &self.releases[rank].publication.reporter;
        self.releases
            .iter()
            .enumerate()
            .skip(rank + 1)
            .any(|(later, release)| {
                release.publication.reporter == *reporter
                    && release.publication.coverage.exhausts(&observation.cell)
                    && !figures.iter().any(|(own, _)| *own == later)
            })
    }

    fn published<'a>(
        &'a self,
        rank: usize,
        observation: &'a Observation,
        value_cents: i64,
    ) -> Published<'a> {
        Published {
            release: &self.releases[rank],
            rank,
            observation,
            value_cents,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
