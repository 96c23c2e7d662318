//! Trade complementarity: how well what one country exports fits what another imports.

use std::collections::BTreeSet;

use super::{Known, Notice, Total, lines::Line};
use crate::domain::{
    fraction::{Rounding, ppm, times},
    growth::ONE_PPM,
    mirror::Side,
};

/// Where the formula comes from.
pub const SOURCE: &str = "1 - (sum of |m_k - x_k|) / 2 over the products k, with their parts x_k in the exporter's exports and \
    m_k in the importer's imports: M. Michaely, Trade Preferential Agreements in Latin America, World Bank Policy \
    Research Working Paper 1583 (1996); M. Mikic, J. Gilbert, Trade Statistics in Policymaking, UN ESCAP, revised \
    edition 2009";

/// An index, in parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// As the figures say.
    pub ppm: i64,
    /// The least and the greatest that it can be; none when all of both totals is known by product to the cent.
    pub range: Option<(i64, i64)>,
}

impl Index {
    /// Returns the index of products with what one side exports and the other imports; none when a total is 0 or amounts
    /// are too large.
    ///
    /// As shares add up to one, 1 - (sum of |m - x|) / 2 is the sum of the smaller ones. So what is not known by product
    /// leaves it a lower bound; it is largest when all of that meets something.
    #[must_use]
    pub fn of(pairs: &[(Known, Known)], exports: Known, imports: Known) -> Option<Self> {
        let whole = times(exports.cents, imports.cents);
        let of_pair = |(own, other): &(Known, Known)| {
            times(own.cents, imports.cents).min(times(other.cents, exports.cents))
        };
        let value = sum(pairs.iter().map(of_pair))?.min(whole);
        let ppm = ppm(value, whole, Rounding::Nearest)?;
        Some(Self {
            ppm,
            range: Self::range(pairs, exports, imports),
        })
    }

    fn range(pairs: &[(Known, Known)], exports: Known, imports: Known) -> Option<(i64, i64)> {
        let anything = Some((0, ONE_PPM));
        let Some((exported, imported)) = exports.greatest.zip(imports.greatest) else {
            return anything;
        };
        let whole = times(exported, imported);
        let of_pair = |(own, other): &(Known, Known)| {
            times(own.least, imported).min(times(other.least, exported))
        };
        let placed = |of: fn(&(Known, Known)) -> Known| {
            let mut least = pairs.iter().map(|pair| of(pair).least);
            least.try_fold(0_u64, u64::checked_add)
        };
        let free = || {
            let own = exported.saturating_sub(placed(|(own, _)| *own)?);
            let other = imported.saturating_sub(placed(|(_, other)| *other)?);
            times(own, imported).checked_add(times(other, exported))
        };
        let (Some(least), Some(free)) = (sum(pairs.iter().map(of_pair)), free()) else {
            return anything;
        };
        if free == 0 {
            return None;
        }
        let least = least.min(whole);
        let greatest = least.saturating_add(free).min(whole);
        let bound = |value, rounding| ppm(value, whole, rounding);
        Some((
            bound(least, Rounding::Down).unwrap_or(0),
            bound(greatest, Rounding::Up).unwrap_or(ONE_PPM),
        ))
    }
}

fn sum(mut parts: impl Iterator<Item = u128>) -> Option<u128> {
    parts.try_fold(0_u128, u128::checked_add)
}

/// What one product contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its codes.
    pub codes: BTreeSet<String>,
    /// What the exporter exports.
    pub exports: Side,
    /// What the importer imports.
    pub imports: Side,
    /// Its part in the exports, in parts per million.
    pub export_share_ppm: Option<i64>,
    /// Its part in the imports.
    pub import_share_ppm: Option<i64>,
    /// The smaller of both.
    pub overlap_ppm: i64,
    /// What a reader should know.
    pub notices: BTreeSet<Notice>,
}

impl Product {
    /// Returns by how much its part in the exports is the larger one; none when one is not known.
    #[must_use]
    pub fn mismatch_ppm(&self) -> Option<i64> {
        Some(self.export_share_ppm? - self.import_share_ppm?)
    }
}

/// How well the exports of one country, at the first place of lines, fit the imports of another, at the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complementarity {
    /// The index; none when a total is 0.
    pub index: Option<Index>,
    /// The largest overlaps.
    pub overlaps: Vec<Product>,
    /// The largest differences.
    pub mismatches: Vec<Product>,
    /// How many products a side has.
    pub products: usize,
    /// How many have an overlap.
    pub overlapping: usize,
}

impl Complementarity {
    /// Compares both sides; of each list at most `top` products.
    #[must_use]
    pub fn of(
        lines: Vec<Line>,
        [exports, imports]: [usize; 2],
        export_total: &Total,
        import_total: &Total,
        top: usize,
    ) -> Self {
        let totals = (export_total.known(), import_total.known());
        let mut pairs = Vec::new();
        let mut products = Vec::new();
        for line in lines.into_iter().filter(|line| !line.is_national) {
            let notices = line.notices();
            let side = |place: usize| line.sides.get(place).cloned();
            let (Some(exports), Some(imports)) = (side(exports), side(imports)) else {
                continue;
            };
            if exports.figure().is_none() && imports.figure().is_none() {
                continue;
            }
            let known = (Known::of(&exports), Known::of(&imports));
            pairs.push((
                known.0.unwrap_or(Known::UNKNOWN),
                known.1.unwrap_or(Known::UNKNOWN),
            ));
            products.push(product(
                line.codes,
                (exports, imports),
                known,
                totals,
                notices,
            ));
        }
        let index = Index::of(&pairs, totals.0, totals.1);
        let count = products.len();
        // Lines come in the order of their codes, in which equal ones stay.
        let mut mismatches = products.clone();
        mismatches.retain(|product| product.mismatch_ppm().is_some_and(|ppm| ppm != 0));
        mismatches.sort_by_key(|product| {
            let size = product.mismatch_ppm().unwrap_or_default();
            std::cmp::Reverse(size.unsigned_abs())
        });
        mismatches.truncate(top);
        let mut overlaps = products;
        overlaps.retain(|product| product.overlap_ppm > 0);
        let overlapping = overlaps.len();
        overlaps.sort_by_key(|product| std::cmp::Reverse(product.overlap_ppm));
        overlaps.truncate(top);
        Self {
            index,
            overlaps,
            mismatches,
            products: count,
            overlapping,
        }
    }

    /// Returns what of the index the overlaps do not show.
    #[must_use]
    pub fn rest_ppm(&self) -> i64 {
        let shown: i64 = self.overlaps.iter().map(|own| own.overlap_ppm).sum();
        let index = self.index.map_or(0, |index| index.ppm);
        if self.overlaps.len() == self.overlapping {
            return 0;
        }
        index.saturating_sub(shown).max(0)
    }
}

fn product(
    codes: BTreeSet<String>,
    (exports, imports): (Side, Side),
    known: (Option<Known>, Option<Known>),
    totals: (Known, Known),
    mut notices: BTreeSet<Notice>,
) -> Product {
    for side in [&exports, &imports] {
        let warnings = side
            .figure()
            .into_iter()
            .flat_map(|figure| &figure.warnings);
        notices.extend(warnings.cloned().map(Notice::Figure));
    }
    let export_share_ppm = known.0.and_then(|own| own.share_ppm(totals.0));
    let import_share_ppm = known.1.and_then(|own| own.share_ppm(totals.1));
    Product {
        codes,
        exports,
        imports,
        export_share_ppm,
        import_share_ppm,
        overlap_ppm: export_share_ppm
            .zip(import_share_ppm)
            .map_or(0, |(own, other)| own.min(other)),
        notices,
    }
}
