//! What other releases say about the cells of a page, and what could have served where something is missing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ::fault::Fault;
use storage::Tx;

use super::{Explained, Kind, Scene};
use crate::{
    domain::{
        cell::{Cell, Flow},
        figure::{Step, fate::Fate},
        observation::Observation,
        period::{Period, Stretch},
        release::Release,
    },
    store::{
        figures::{self, Candidates},
        key::{self, Key},
        releases::Counting,
    },
};

/// How many releases of a reporter are searched at most.
const MAX_RELEASES: usize = 64;

/// How many figures are told of where something is missing.
const MAX_CANDIDATES: usize = 20;

/// A figure that was not taken.
#[derive(Clone, Debug)]
pub(crate) struct Other {
    /// The figure.
    pub figure: Observation,
    /// Its release, as a place in [`Others::releases`].
    pub release: usize,
    /// Why it was not taken.
    pub reason: Reason,
}

/// Why a figure was not taken; releases are places in [`Others::releases`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// As of [`Fate`].
    NotYetPublished,
    /// As of [`Fate`].
    Withdrawn,
    /// As of [`Fate`].
    NotYetRecorded,
    /// As of [`Fate`].
    Superseded(usize),
    /// As of [`Fate`].
    Removed(usize),
    /// As of [`Fate`].
    PublishedAsMissing,
    /// As of [`Fate`].
    NotUsed,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Others {
    /// The releases that were searched, reporter by reporter, the earliest vintage first.
    pub releases: Vec<Release>,
    /// How many were not.
    pub unsearched: usize,
    /// By the place of the cell on the page.
    cells: HashMap<usize, Vec<Other>>,
    /// By the place of the step.
    steps: HashMap<usize, Vec<Other>>,
}

impl Others {
    /// Returns what other releases say about a cell of the page.
    pub(crate) fn of_cell(&self, place: usize) -> &[Other] {
        self.cells.get(&place).map_or(&[], Vec::as_slice)
    }

    /// Returns what could have served for a step.
    pub(crate) fn of_step(&self, place: usize) -> &[Other] {
        self.steps.get(&place).map_or(&[], Vec::as_slice)
    }
}

pub(super) async fn read(
    tx: &mut Tx,
    scene: &Scene,
    explained: &Explained,
) -> Result<Others, Fault> {
    let mut others = Others::default();
    for (reporter, partner) in [
        (&scene.question.reporter, &scene.question.partner),
        (&scene.question.partner, &scene.question.reporter),
    ] {
        let cells: Vec<(usize, Key, i64)> = cells(scene, explained, reporter);
        let gaps: Vec<(usize, &Step)> = explained
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.reporter == *reporter && !step.wanted.is_empty())
            .collect();
        if cells.is_empty() && gaps.is_empty() {
            continue;
        }
        let years = cells
            .iter()
            .map(|(_, key, _)| key.year)
            .chain(gaps.iter().flat_map(|(_, step)| wanted_years(step)));
        let released = figures::published(tx, &scene.partnership, reporter).await?;
        let search = others.search(released, partner, years.collect());
        search
            .cells(tx, reporter, &cells, scene, &mut others)
            .await?;
        for (place, step) in gaps {
            search
                .gap(tx, (reporter, partner), (place, step), scene, &mut others)
                .await?;
        }
    }
    Ok(others)
}

/// The cells of the page that a reporter published, each with the number of its release.
fn cells(scene: &Scene, explained: &Explained, reporter: &str) -> Vec<(usize, Key, i64)> {
    let shown = explained.cells.iter().take(scene.size).enumerate();
    shown
        .filter_map(|(place, cell)| {
            let release = explained.releases.get(cell.rank)?;
            let is_own = release.publication.reporter == reporter;
            is_own.then(|| (place, Key::of(&cell.figure.cell), release.number))
        })
        .collect()
}

/// The cells of the same months in other windows.
fn beside(key: Key) -> impl Iterator<Item = Key> {
    let stretches = key.period().map(Period::stretches).unwrap_or_default();
    let periods = stretches.into_iter().flat_map(Stretch::published_as);
    let keys = periods.map(move |period| Key {
        span: key::span(period.window(), period.last_month()),
        ..key
    });
    keys.filter(move |other| *other != key)
}

fn wanted_years(step: &Step) -> impl Iterator<Item = i64> {
    step.wanted.iter().map(|period| i64::from(period.year()))
}

/// The releases of one reporter that are searched.
struct Search {
    /// Where they begin in [`Others::releases`].
    first: usize,
    releases: Vec<Release>,
    numbers: Vec<i64>,
}

impl Others {
    /// Chooses the releases that could have figures about these years.
    fn search(&mut self, released: Vec<Counting>, partner: &str, years: BTreeSet<i64>) -> Search {
        let (first, last) = (years.first().copied(), years.last().copied());
        let mut releases: Vec<Release> = released
            .into_iter()
            .filter(|own| {
                let partners = &own.release.publication.coverage.partners;
                let is_about = own.years.zip(first.zip(last));
                let overlaps =
                    is_about.is_none_or(|(own, asked)| own.0 <= asked.1 && asked.0 <= own.1);
                // A complete release says something about years of which it has nothing.
                let complete = own.release.publication.coverage.complete;
                partners.iter().any(|own| own == partner) && (overlaps || complete)
            })
            .map(|own| own.release)
            .collect();
        let left_out = releases.len().saturating_sub(MAX_RELEASES);
        releases.drain(..left_out);
        self.unsearched += left_out;
        let search = Search {
            first: self.releases.len(),
            numbers: releases.iter().map(|release| release.number).collect(),
            releases,
        };
        self.releases.extend(search.releases.iter().cloned());
        search
    }
}

/// Figures about cells, each with the number of its release.
type Found = BTreeMap<Key, Vec<(i64, Observation)>>;

impl Search {
    async fn cells(
        &self,
        tx: &mut Tx,
        reporter: &str,
        cells: &[(usize, Key, i64)],
        scene: &Scene,
        others: &mut Others,
    ) -> Result<(), Fault> {
        let own = cells
            .iter()
            .flat_map(|(_, key, _)| beside(*key).chain([*key]));
        let keys: BTreeSet<Key> = own.collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        let found = self.at(tx, reporter, &keys).await?;
        for (place, key, taken) in cells {
            let of = |key: &Key| found.get(key).map_or(&[][..], Vec::as_slice);
            let mut told = self.tell(of(key), scene, |number| number != *taken);
            // The same months can be told in another window.
            told.extend(beside(*key).flat_map(|other| self.tell(of(&other), scene, |_| true)));
            if !told.is_empty() {
                others.cells.insert(*place, told);
            }
        }
        Ok(())
    }

    async fn gap(
        &self,
        tx: &mut Tx,
        parties: (&str, &str),
        (place, step): (usize, &Step),
        scene: &Scene,
        others: &mut Others,
    ) -> Result<(), Fault> {
        let Some(flow) = step.flow else {
            return Ok(());
        };
        let keys = self.candidates(tx, parties, flow, step, scene).await?;
        let found = self.at(tx, parties.0, &keys).await?;
        let mut told: Vec<Other> = found
            .values()
            .flat_map(|figures| self.tell(figures, scene, |_| true))
            .collect();
        told.sort_by_key(|other| std::cmp::Reverse(other.release));
        told.truncate(MAX_CANDIDATES);
        if !told.is_empty() {
            others.steps.insert(place, told);
        }
        Ok(())
    }

    /// The cells in which figures could have served.
    async fn candidates(
        &self,
        tx: &mut Tx,
        (reporter, partner): (&str, &str),
        flow: Flow,
        step: &Step,
        scene: &Scene,
    ) -> Result<Vec<Key>, Fault> {
        let wanted = match &scene.kind {
            Kind::Whole(series) | Kind::Code(series, _) => {
                let keys = step.wanted.iter().map(|period| {
                    Key::of(&Cell {
                        partner: partner.to_owned(),
                        flow,
                        commodity: series.commodity.clone(),
                        region: series.region.clone(),
                        period: *period,
                    })
                });
                return Ok(keys.collect());
            }
            Kind::Group(wanted) => wanted,
        };
        let asked = Candidates {
            releases: &self.numbers,
            reporter,
            series: wanted.series((reporter, flow), partner),
            periods: &step.wanted,
        };
        let found = figures::candidates(tx, &asked, MAX_CANDIDATES).await?;
        let keys: HashSet<Key> = found.into_iter().map(|(_, key, _)| key).collect();
        Ok(keys.into_iter().collect())
    }

    async fn at(&self, tx: &mut Tx, reporter: &str, keys: &[Key]) -> Result<Found, Fault> {
        let mut found = Found::new();
        for (number, key, figure) in figures::at(tx, &self.numbers, reporter, keys).await? {
            found.entry(key).or_default().push((number, figure));
        }
        Ok(found)
    }

    /// Tells of figures about one cell, the earliest vintage first.
    fn tell(
        &self,
        figures: &[(i64, Observation)],
        scene: &Scene,
        wanted: impl Fn(i64) -> bool,
    ) -> Vec<Other> {
        let all: Vec<&Release> = self.releases.iter().collect();
        let has = |release: &Release| {
            let mut figures = figures.iter();
            figures.any(|(number, _)| *number == release.number)
        };
        let mut told: Vec<Other> = figures
            .iter()
            .filter(|(number, _)| wanted(*number))
            .filter_map(|(number, figure)| {
                let place = self.numbers.iter().position(|own| own == number)?;
                let own = self.releases.get(place)?;
                let fate = scene.moment.fate(own, figure, &all, has);
                Some(Other {
                    figure: figure.clone(),
                    release: self.first + place,
                    reason: self.reason(fate)?,
                })
            })
            .collect();
        told.sort_by_key(|other| other.release);
        told
    }

    fn reason(&self, fate: Fate<'_>) -> Option<Reason> {
        let place = |release: &Release| {
            let own = self.numbers.iter().position(|own| *own == release.number);
            Some(self.first + own?)
        };
        Some(match fate {
            Fate::NotYetPublished => Reason::NotYetPublished,
            Fate::Withdrawn => Reason::Withdrawn,
            Fate::NotYetRecorded => Reason::NotYetRecorded,
            Fate::Superseded(later) => Reason::Superseded(place(later)?),
            Fate::Removed(later) => Reason::Removed(place(later)?),
            Fate::PublishedAsMissing => Reason::PublishedAsMissing,
            Fate::NotUsed => Reason::NotUsed,
        })
    }
}
