//! How gaps close in longer windows.

use super::{Role, Source, periods_in};
use crate::domain::{
    growth,
    period::{Period, Window},
};

/// The gaps of windows of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convergence {
    /// The length.
    pub window: Window,
    /// How many windows.
    pub windows: usize,
    /// The absolute gaps added up, in cents.
    pub absolute_gap_cents: i64,
    /// Relative to the means of both figures added up, in parts per million.
    pub absolute_gap_ppm: Option<i64>,
}

/// Adds the months of those years up of which every month is known on both sides, in windows of each length; empty
/// without such a year.
#[must_use]
pub fn convergence(source: &dyn Source, years: impl Iterator<Item = i16>) -> Vec<Convergence> {
    let known: Vec<Vec<(i64, i64)>> = years.filter_map(|year| months(source, year)).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let traded: i128 = known
        .iter()
        .flatten()
        .map(|(exports, imports)| i128::from(*exports) + i128::from(*imports))
        .sum();
    let lengths = [
        (Window::Month, 1),
        (Window::Quarter, 3),
        (Window::HalfYear, 6),
        (Window::Year, 12),
    ];
    lengths
        .into_iter()
        .map(|(window, length)| {
            let gaps = known.iter().flat_map(|months| months.chunks(length));
            let gap = |months: &[(i64, i64)]| -> i128 {
                let gaps = months.iter();
                gaps.map(|(exports, imports)| i128::from(*exports) - i128::from(*imports))
                    .sum()
            };
            let absolute: i128 = gaps.map(|months| gap(months).abs()).sum();
            Convergence {
                window,
                windows: known.len() * 12 / length,
                absolute_gap_cents: i64::try_from(absolute).unwrap_or(i64::MAX),
                absolute_gap_ppm: growth::ratio(absolute * 2 * i128::from(growth::ONE_PPM), traded),
            }
        })
        .collect()
}

/// The months of a year on both sides, if all are known and none is a lower bound.
fn months(source: &dyn Source, year: i16) -> Option<Vec<(i64, i64)>> {
    let year = Period::new(Window::Year, year, 12).ok()?;
    periods_in(year, Window::Month)
        .into_iter()
        .map(|month| {
            let exports = source.figure(Role::Exporter, month);
            let imports = source.figure(Role::Importer, month);
            if exports.is_bound() || imports.is_bound() {
                return None;
            }
            Some((exports.cents()?, imports.cents()?))
        })
        .collect()
}
