//! Revealed comparative advantage: in which products a country is specialised, by shares of its trade with the world.
//!
//! Nothing is estimated: a total that is not there is asked for, and what rounding and lower bounds leave open is told
//! as a range. The chapters 98 and 99 are for national use and no products that countries could be compared in; they
//! count in totals only.

pub mod complementarity;
pub mod lines;
mod total;

use std::collections::BTreeSet;

pub use self::total::{Basis, Missing, Total, all_of, together};

use self::lines::Line;
use super::{
    fraction::{Rounding, ppm, times},
    mirror::{Figure, Side},
    observation::Qualifier,
    release::{Scope, Valuation},
    turnover::Warning,
    vintage::Absence,
};

/// Where the formula of the comparative advantage comes from.
pub const SOURCE: &str = "(x_k / x) / (w_k / w), exports of product k and in all, of the reporter and of the reference: \
    B. Balassa, Trade Liberalisation and \"Revealed\" Comparative Advantage, The Manchester School 33 (1965) 99-123";

/// Where the formula of its symmetric form comes from.
pub const SYMMETRIC_SOURCE: &str = "(a - 1) / (a + 1) of the comparative advantage a: B. Dalum, K. Laursen, G. Villumsen, \
    Structural Change in OECD Export Specialisation Patterns, International Review of Applied Economics 12 (1998) 423-443";

/// An amount in cents as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// As published.
    pub cents: u64,
    /// What it is at least, given rounding.
    pub least: u64,
    /// What it is at most; none for a lower bound.
    pub greatest: Option<u64>,
}

impl Known {
    /// Nothing was traded.
    pub const NOTHING: Self = Self {
        cents: 0,
        least: 0,
        greatest: Some(0),
    };

    /// Nobody knows.
    pub const UNKNOWN: Self = Self {
        cents: 0,
        least: 0,
        greatest: None,
    };

    /// Takes a figure.
    #[must_use]
    pub fn of_figure(figure: &Figure) -> Self {
        let cents = u64::try_from(figure.cents).unwrap_or_default();
        let uncertainty = u64::try_from(figure.uncertainty_cents).unwrap_or_default();
        let is_bound = figure.qualifier == Qualifier::LowerBound;
        Self {
            cents,
            least: cents.saturating_sub(uncertainty),
            greatest: (!is_bound).then(|| cents.saturating_add(uncertainty)),
        }
    }

    /// Takes what a side reports; none if it is missing.
    #[must_use]
    pub fn of(side: &Side) -> Option<Self> {
        match side {
            Side::Known(figure) => Some(Self::of_figure(figure)),
            Side::Nothing => Some(Self::NOTHING),
            Side::Missing(_) => None,
        }
    }

    /// Tells whether it is known to the cent.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.greatest == Some(self.least)
    }

    /// Adds another amount.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let greatest = self.greatest.zip(other.greatest);
        Self {
            cents: self.cents.saturating_add(other.cents),
            least: self.least.saturating_add(other.least),
            greatest: greatest.map(|(one, other)| one.saturating_add(other)),
        }
    }

    /// Returns its part in a whole that takes it in, in parts per million; none when the whole is 0.
    #[must_use]
    pub fn share_ppm(self, whole: Self) -> Option<i64> {
        let part = self.cents.min(whole.cents);
        ppm(part.into(), whole.cents.into(), Rounding::Nearest)
    }

    /// The least part in a whole that it can be, as a fraction.
    fn least_share(self, whole: Self) -> (u64, u64) {
        match whole.greatest {
            Some(whole) if whole > 0 => (self.least.min(whole), whole),
            Some(_) | None => (0, 1),
        }
    }

    /// The greatest part in a whole that it can be, as a fraction.
    fn greatest_share(self, whole: Self) -> (u64, u64) {
        match self.greatest {
            Some(part) if whole.least > 0 => (part.min(whole.least), whole.least),
            Some(_) | None => (1, 1),
        }
    }
}

/// A comparative advantage, in parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advantage {
    /// As the figures say.
    pub ppm: i64,
    /// The least and, if there is one, the greatest that it can be; none when all figures are exact.
    pub range: Option<(i64, Option<i64>)>,
    /// Its symmetric form.
    pub symmetric_ppm: Option<i64>,
}

impl Advantage {
    /// Compares the part of a product in one total with its part in another; none when it has none in the other, or
    /// the result does not fit.
    #[must_use]
    pub fn of(own: Known, own_total: Known, other: Known, other_total: Known) -> Option<Self> {
        let value = times(own.cents.min(own_total.cents), other_total.cents);
        let whole = times(own_total.cents, other.cents.min(other_total.cents));
        let ratio = ppm(value, whole, Rounding::Nearest)?;
        let is_exact = [own, own_total, other, other_total]
            .into_iter()
            .all(Known::is_exact);
        let range = || {
            let least = over(
                own.least_share(own_total),
                other.greatest_share(other_total),
                Rounding::Down,
            );
            let greatest = over(
                own.greatest_share(own_total),
                other.least_share(other_total),
                Rounding::Up,
            );
            (least.unwrap_or_default(), greatest)
        };
        let sum = value.checked_add(whole);
        let distance = sum.and_then(|sum| ppm(value.abs_diff(whole), sum, Rounding::Nearest));
        Some(Self {
            ppm: ratio,
            range: (!is_exact).then(range),
            symmetric_ppm: distance.map(|ppm| if value < whole { -ppm } else { ppm }),
        })
    }
}

/// The ratio of two fractions.
fn over(one: (u64, u64), other: (u64, u64), rounding: Rounding) -> Option<i64> {
    ppm(times(one.0, other.1), times(one.1, other.0), rounding)
}

/// Something that a reader should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// About a figure.
    Figure(Warning),
    /// Shares of unlike scope are compared.
    UnlikeScope(BTreeSet<Scope>),
    /// Shares of unlike valuation are compared.
    UnlikeValuation(BTreeSet<Valuation>),
    /// Part of a total is in no product.
    Unclassified,
    /// A published total is less than its products.
    TotalBelowProducts,
    /// Codes were taken together.
    EditionsMerged,
    /// A code was taken as it stands.
    CodeNotConverted,
}

/// Says in what figures differ whose shares are compared; `valued` if they should be valued alike.
pub fn unlike<'a>(
    figures: impl Iterator<Item = &'a Figure> + Clone,
    valued: bool,
) -> impl Iterator<Item = Notice> {
    let scopes: BTreeSet<Scope> = figures
        .clone()
        .flat_map(|figure| &figure.scopes)
        .copied()
        .collect();
    let valuations: BTreeSet<Valuation> = figures
        .flat_map(|figure| &figure.valuations)
        .copied()
        .collect();
    let scope = (scopes.len() > 1).then_some(Notice::UnlikeScope(scopes));
    let valuation = (valued && valuations.len() > 1).then_some(Notice::UnlikeValuation(valuations));
    scope.into_iter().chain(valuation)
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its codes.
    pub codes: BTreeSet<String>,
    /// What the reporter exports.
    pub own: Side,
    /// What the reference exports.
    pub reference: Side,
    /// Its part in the reporter's exports, in parts per million.
    pub own_share_ppm: Option<i64>,
    /// Its part in the exports of the reference.
    pub reference_share_ppm: Option<i64>,
    /// The comparative advantage; none where it cannot be told.
    pub advantage: Option<Advantage>,
    /// What a reader should know.
    pub notices: BTreeSet<Notice>,
}

/// Compares the first side of each line with all others together. Of what the first side publishes nothing there is
/// no product.
#[must_use]
pub fn products(lines: Vec<Line>, own_total: &Total, reference: &[Total]) -> Vec<Product> {
    let own_total = own_total.known();
    let reference_total = reference
        .iter()
        .fold(Known::NOTHING, |sum, total| sum.plus(total.known()));
    let of = |line: Line| {
        let notices = line.notices();
        let (own, others) = line.sides.split_first()?;
        if line.is_national || *own == Side::Missing(Absence::NotPublished) {
            return None;
        }
        let (own, reference) = (own.clone(), all_of(others));
        let known = Known::of(&own);
        let reference_known = Known::of(&reference);
        let mut product = Product {
            own_share_ppm: known.and_then(|known| known.share_ppm(own_total)),
            reference_share_ppm: reference_known.and_then(|known| known.share_ppm(reference_total)),
            advantage: known.zip(reference_known).and_then(|(known, reference)| {
                Advantage::of(known, own_total, reference, reference_total)
            }),
            codes: line.codes,
            own,
            reference,
            notices,
        };
        for side in [&product.own, &product.reference] {
            let warnings = side
                .figure()
                .into_iter()
                .flat_map(|figure| &figure.warnings);
            product
                .notices
                .extend(warnings.cloned().map(Notice::Figure));
        }
        // What neither side exports is no product of theirs.
        let is_there = product.own.figure().is_some() || product.reference.figure().is_some();
        is_there.then_some(product)
    };
    lines.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests;
