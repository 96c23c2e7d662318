//! What is doubtful about figures beside each other: sums that disagree, cumulative figures that fall, and
//! values of a tonne that are far off.
//!
//! The rules only speak where little is left to judge:
//!
//! - *Codes.* What stands below a code adds up to more than it; or to less, where the release says that it
//!   has every commodity and nothing below is missing. Each figure counts towards the nearest code above it
//!   that is there.
//! - *Periods.* Months (or quarters) add up to more than the year, quarter or January-to-month figure that
//!   takes them in; or to less, where none of them is lacking. A figure from January on is smaller than one
//!   to an earlier month.
//! - *Flows and regions*, of all commodities together and of chapters. Re-exports are more than exports, or re-imports
//!   than imports; exports and imports are not the turnover; regions add up to more than the country.
//! - *Nomenclature.* The edition has no such code, where its nomenclature is known; the chapters 98 and 99 are for
//!   national use.
//! - *Value of a tonne.* In a month it is more than ten times, or less than a tenth, of the median of the
//!   year's months, of which at least six have one; of codes of four digits or more.
//!
//! Sums are allowed to differ by half the unit of each rounded figure in them, and by half a dollar for each
//! figure besides, because many publications cut off cents. Lower bounds are no totals to compare with.

mod codes;
mod flows;
mod months;
mod nomenclature;

use super::{
    cell::HsEdition,
    classification::file::Known,
    file::{Problem, Reason},
    observation::{Observation, Qualifier},
    tally::CUT_OFF_CENTS,
};

/// Looks through figures in the order of years, partners, regions, flows, editions, codes (each right before
/// what it takes in) and then windows and months.
#[derive(Debug, Default)]
pub struct Examiner {
    trees: codes::Trees,
    series: months::Series,
    flows: flows::Flows,
    nomenclature: nomenclature::Nomenclature,
    found: Vec<Problem>,
}

impl Examiner {
    /// Starts with nothing seen, for a release that has or has not all commodities.
    #[must_use]
    pub fn new(has_all_commodities: bool) -> Self {
        Self {
            trees: codes::Trees::new(has_all_commodities),
            ..Self::default()
        }
    }

    /// Tells whether the codes of an edition have been learnt.
    #[must_use]
    pub fn knows(&self, edition: HsEdition) -> bool {
        self.nomenclature.knows(edition)
    }

    /// Learns all codes of editions; none of an edition whose nomenclature is not known.
    pub fn learn(&mut self, known: Known) {
        self.nomenclature.learn(known);
    }

    /// Looks at the next figure.
    pub fn take(&mut self, figure: &Observation) {
        self.nomenclature.take(figure, &mut self.found);
        self.flows.take(figure, &mut self.found);
        self.trees.take(figure, &mut self.found);
        self.series.take(figure, &mut self.found);
    }

    /// Ends the looking: what is left is found now.
    pub fn finish(&mut self) {
        self.trees.end(&mut self.found);
        self.series.end(&mut self.found);
        self.flows.end(&mut self.found);
    }

    /// Returns what was found since the last time.
    pub fn found(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.found)
    }
}

/// A sum of figures.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    figures: i128,
    value: i128,
    half_units: i128,
    /// Whether some of it is not known.
    is_partial: bool,
}

impl Sum {
    fn add(&mut self, figure: &Observation) {
        let Some(value) = figure.value_cents else {
            self.is_partial = true;
            return;
        };
        self.figures += 1;
        self.value += i128::from(value);
        if figure.precision.qualifier == Qualifier::LowerBound {
            self.is_partial = true;
        } else {
            self.half_units += half_units(figure);
        }
    }

    /// Compares with a figure that should be as much: how much too large or, where all of it is known, too
    /// small the sum is, beyond rounding.
    fn compare(&self, total: &Observation) -> Option<std::cmp::Ordering> {
        let value = i128::from(total.value_cents?);
        if self.figures == 0 || total.precision.qualifier == Qualifier::LowerBound {
            return None;
        }
        let tolerance =
            self.half_units + half_units(total) + i128::from(CUT_OFF_CENTS) * (self.figures + 1);
        if self.value - value > tolerance {
            Some(std::cmp::Ordering::Greater)
        } else if value - self.value > tolerance && !self.is_partial {
            Some(std::cmp::Ordering::Less)
        } else {
            None
        }
    }
}

/// Half the unit that a figure was rounded to, rounded up.
fn half_units(figure: &Observation) -> i128 {
    i128::from(figure.precision.unit_cents + 1) / 2
}

/// Reports something about a figure as a whole.
fn problem(figure: &Observation, reason: Reason, description: String) -> Problem {
    Problem {
        line: figure.line,
        column: figure.column,
        column_name: String::new(),
        reason,
        description,
    }
}

/// Shows an amount of cents.
fn shown(cents: i128) -> String {
    let cents = i64::try_from(cents).unwrap_or(i64::MAX);
    super::decimal::dollars(cents).to_string()
}

#[cfg(test)]
mod tests;
