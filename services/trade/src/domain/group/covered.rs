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
/// nothing.
#[must_use]
pub fn is_exhausted(side: Side<'_>, releases: &[Release], stretch: Stretch) -> bool {
    let covers = |stretch: Stretch| {
        totals(side, stretch).any(|cell| {
            let mut releases = releases.iter();
            releases.any(|release| exhausts(side, release, &cell))
        })
    };
    covers(stretch) || stretch.months().into_iter().all(covers)
}

/// Returns the ranks of the complete releases that cover figures of these months, or of any of them.
#[must_use]
pub fn exhausting(side: Side<'_>, releases: &[Release], stretch: Stretch) -> Vec<usize> {
    let stretches = std::iter::once(stretch).chain(stretch.months());
    let cells: Vec<Cell> = stretches.flat_map(|part| totals(side, part)).collect();
    let covers = |release: &Release| cells.iter().any(|cell| exhausts(side, release, cell));
    let ranked = releases.iter().enumerate();
    ranked
        .filter(|(_, release)| covers(release))
        .map(|(rank, _)| rank)
        .collect()
}

/// The cells of all commodities together in exactly these months.
fn totals(side: Side<'_>, stretch: Stretch) -> impl Iterator<Item = Cell> {
    let periods = stretch.published_as().into_iter();
    periods.map(move |period| Cell {
        partner: side.partner.to_owned(),
        flow: side.flow,
        commodity: Commodity::Total,
        region: side.region.to_owned(),
        period,
    })
}

/// Whether a release would have figures of all commodities beside this cell if there were any.
fn exhausts(side: Side<'_>, release: &Release, cell: &Cell) -> bool {
    let publication = &release.publication;
    publication.reporter == side.reporter
        && publication.coverage.by_commodity
        && publication.coverage.exhausts(cell)
}
