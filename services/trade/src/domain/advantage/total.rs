//! What shares are shares of: all of one flow of a country's trade with the world.

use super::{Known, Notice, lines::Line};
use crate::domain::{
    cell::Flow,
    group::Level,
    growth::ONE_PPM,
    mirror::{Figure, Side},
    observation::Qualifier,
    period::Period,
    turnover::Warning,
    vintage::Absence,
};

/// Where a total comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// It was published.
    Published,
    /// It is the sum of the products.
    Sum,
}

/// All of one flow of a country's trade with the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The figure.
    pub figure: Figure,
    /// Where it comes from.
    pub basis: Basis,
    /// The part of it that is in some product.
    pub classified_ppm: i64,
    /// Whether the published one was less than its products.
    pub below_products: bool,
}

impl Total {
    /// Finds the total: the published one, unless it is less than its products by more than rounding; where none was
    /// published, the sum of the products, if by complete releases (`covered`) there are no others.
    pub fn find(
        published: &Side,
        lines: &[Line],
        place: usize,
        covered: bool,
        chapters: Option<&[Side]>,
    ) -> Result<Self, Absence> {
        let figures = |with_national: bool| {
            let own = lines
                .iter()
                .filter(move |line| with_national || !line.is_national);
            own.filter_map(move |line| line.sides.get(place)?.figure())
        };
        let products = together(figures(true));
        let classified = together(figures(false));
        let is_missing = |side: &Side| matches!(side, Side::Missing(_));
        let mut sides = lines.iter().filter_map(|line| line.sides.get(place));
        let above = chapters.map(|chapters| together(chapters.iter().filter_map(Side::figure)));
        let cents = |sum: &Option<Figure>| sum.as_ref().map_or(0, |figure| figure.cents);
        let (sum, is_whole) = match (chapters, above) {
            // Chapters that cannot be told as a whole can have products that can.
            (Some(chapters), Some(above)) if cents(&above) >= cents(&products) => {
                (above, covered && !chapters.iter().any(is_missing))
            }
            (Some(_), _) => (products, false),
            (None, _) => (products, covered && !sides.any(is_missing)),
        };
        let of_sum = |below_products| {
            let mut figure = sum.clone().ok_or(Absence::NotPublished)?;
            if !is_whole {
                figure.qualifier = Qualifier::LowerBound;
                figure.warnings.insert(Warning::Partial);
            }
            Ok((figure, Basis::Sum, below_products))
        };
        let (figure, basis, below_products) = match published {
            Side::Known(figure) => {
                let greatest = Known::of_figure(figure).greatest;
                let is_less = sum
                    .as_ref()
                    .zip(greatest)
                    .is_some_and(|(sum, greatest)| Known::of_figure(sum).least > greatest);
                if is_less {
                    of_sum(true)?
                } else {
                    (figure.clone(), Basis::Published, false)
                }
            }
            Side::Nothing | Side::Missing(_) if covered => of_sum(false)?,
            Side::Nothing => return Err(Absence::NotPublished),
            Side::Missing(absence) => return Err(*absence),
        };
        let whole = Known::of_figure(&figure);
        let part = classified.as_ref().map_or(Known::NOTHING, Known::of_figure);
        Ok(Self {
            classified_ppm: part.share_ppm(whole).unwrap_or_default(),
            figure,
            basis,
            below_products,
        })
    }

    /// Returns the amount.
    #[must_use]
    pub fn known(&self) -> Known {
        Known::of_figure(&self.figure)
    }

    /// Returns what a reader should know about it.
    pub fn notices(&self) -> impl Iterator<Item = Notice> {
        let own = self.figure.warnings.iter().cloned().map(Notice::Figure);
        let unclassified = (self.classified_ppm < ONE_PPM)
            .then_some(Notice::Unclassified)
            .into_iter();
        let below = self.below_products.then_some(Notice::TotalBelowProducts);
        own.chain(unclassified).chain(below)
    }
}

/// Figures of trade with the world that are not there and without which nothing can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Whose.
    pub reporter: String,
    /// Exports or imports.
    pub flow: Flow,
    /// About which period.
    pub period: Period,
    /// The level of the products; none for all commodities together.
    pub level: Option<Level>,
}

/// Adds figures up; none of none.
pub fn together<'a>(figures: impl Iterator<Item = &'a Figure>) -> Option<Figure> {
    let mut sum: Option<Figure> = None;
    for figure in figures {
        let Some(sum) = &mut sum else {
            sum = Some(figure.clone());
            continue;
        };
        sum.cents = sum.cents.saturating_add(figure.cents);
        sum.uncertainty_cents = sum
            .uncertainty_cents
            .saturating_add(figure.uncertainty_cents);
        sum.qualifier = sum.qualifier.max(figure.qualifier);
        sum.scopes.extend(&figure.scopes);
        sum.valuations.extend(&figure.valuations);
        sum.warnings.extend(figure.warnings.iter().cloned());
        for release in &figure.releases {
            if !sum.releases.contains(release) {
                sum.releases.push(release.clone());
            }
        }
    }
    sum
}

/// Returns what several reporters report together: of whom nothing is known, the sum is a lower bound.
#[must_use]
pub fn all_of(sides: &[Side]) -> Side {
    let figures = sides.iter().filter_map(Side::figure);
    let Some(mut sum) = together(figures) else {
        let absences = sides.iter().filter_map(|side| match side {
            Side::Missing(absence) => Some(*absence),
            Side::Known(_) | Side::Nothing => None,
        });
        return absences.max().map_or(Side::Nothing, Side::Missing);
    };
    if sides.iter().any(|side| matches!(side, Side::Missing(_))) {
        sum.qualifier = Qualifier::LowerBound;
        sum.warnings.insert(Warning::Partial);
    }
    Side::Known(sum)
}
