//! Which months complete releases cover, so that what they do not have is nothing.

use super::Side;
use crate::domain::{
    cell::{Cell, Commodity},
    period::{Period, Stretch},
    release::Release,
};

/// Tells whether complete releases cover all figures of a period, so that what is not there is nothing.
#[must_use]
pub fn is_covered(side: Side<'_>, releases: &[Release], period: Period) -> bool {
    let stretches = period.stretches();
    stretches
        .into_iter()
        .all(|stretch| is_exhausted(side, releases, stretch))
}

/// Tells whether a complete release covers all figures of these months, so that what is not there is
/// nothing: unless a shorter code tells more of them than its parts.
#[must_use]
pub fn is_exhausted(side: Side<'_>, releases: &[Release], stretch: Stretch) -> bool {
    let covers = |stretch: Stretch| {
        totals(side, stretch).any(|cell| {
            let mut releases = releases.iter();
            releases.any(|release| exhausts(side, release, &cell))
        }) || releases
            .iter()
            .any(|release| exhausts_difference(side, release, stretch))
    };
    let is_told_above = side.untold.is_some_and(|untold| untold.touches(stretch));
    !is_told_above && (covers(stretch) || stretch.months().into_iter().all(covers))
}

/// Tells whether a release would have a figure of the group for a period if there were anything.
#[must_use]
pub(super) fn covers(side: Side<'_>, release: &Release, period: Period) -> bool {
    exhausts(side, release, &total(side, period))
}

/// Whether a release covers both January-to-month periods whose difference these months are.
fn exhausts_difference(side: Side<'_>, release: &Release, stretch: Stretch) -> bool {
    let periods = stretch.as_difference();
    periods.is_some_and(|(longer, shorter)| {
        covers(side, release, longer) && covers(side, release, shorter)
    })
}

/// Returns the ranks of the complete releases that cover figures of these months, or of any of them.
#[must_use]
pub fn exhausting(side: Side<'_>, releases: &[Release], stretch: Stretch) -> Vec<usize> {
    let stretches = std::iter::once(stretch).chain(stretch.months());
    let cells: Vec<Cell> = stretches.flat_map(|part| totals(side, part)).collect();
    let covers = |release: &Release| {
        cells.iter().any(|cell| exhausts(side, release, cell))
            || std::iter::once(stretch)
                .chain(stretch.months())
                .any(|part| exhausts_difference(side, release, part))
    };
    let ranked = releases.iter().enumerate();
    ranked
        .filter(|(_, release)| covers(release))
        .map(|(rank, _)| rank)
        .collect()
}

/// The cells of all commodities together in exactly these months.
fn totals(side: Side<'_>, stretch: Stretch) -> impl Iterator<Item = Cell> {
    let periods = stretch.published_as().into_iter();
    periods.map(move |period| total(side, period))
}

/// The cell of all commodities together in a period.
fn total(side: Side<'_>, period: Period) -> Cell {
    Cell {
        partner: side.partner.to_owned(),
        flow: side.flow,
        commodity: Commodity::Total,
        region: side.region.to_owned(),
        period,
    }
}

/// Whether a release would have figures of all commodities beside this cell if there were any.
fn exhausts(side: Side<'_>, release: &Release, cell: &Cell) -> bool {
    let publication = &release.publication;
    publication.reporter == side.reporter
        && publication.coverage.by_commodity
        && publication.coverage.exhausts(cell)
}
