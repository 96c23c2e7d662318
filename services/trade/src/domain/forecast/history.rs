//! The series that a forecast is made from: the published figures in a row, up to the last known one.

use super::{after, millions, season_of};
use crate::domain::{
    observation::Qualifier,
    period::{Period, Window},
};

/// How many published years a forecast by years needs: 6 to learn from and 2 to be tested on.
const NEEDED_YEARS: usize = 8;

/// How many published quarters a forecast by quarters needs: 3 years to learn from and 2 to be tested on.
const NEEDED_QUARTERS: usize = 20;

/// The least number of periods from one filled period to the next.
const FILL_DISTANCE: usize = 5;

/// A published value of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The period.
    pub period: Period,
    /// The value in cents.
    pub cents: i64,
    /// How exactly it is known.
    pub qualifier: Qualifier,
    /// How far rounding can have moved it, in cents.
    pub uncertainty_cents: i64,
}

/// The longest run of figures that ends with the last one. A single missing period between two known
/// ones, at most one in five, is filled by their geometric mean; any other gap begins the run anew.
#[derive(Clone, Debug)]
pub struct History {
    window: Window,
    /// In millions of dollars, filled periods included.
    values: Vec<f64>,
    /// Whether each value is filled.
    filled: Vec<bool>,
    /// The published figures of the run.
    figures: Vec<Figure>,
    /// Whether figures from before a gap are left out.
    shortened: bool,
}

impl History {
    /// Takes the figures of years or quarters, in order of time, each period at most once.
    #[must_use]
    pub fn of(window: Window, mut known: Vec<Figure>) -> Self {
        let (mut values, mut filled, mut figures) = (Vec::new(), Vec::new(), Vec::<Figure>::new());
        let mut since_fill = FILL_DISTANCE;
        while let Some(figure) = known.pop() {
            if let Some(later) = figures.last() {
                let next = after(figure.period);
                let is_next = next == Some(later.period);
                let is_over_one = next.and_then(after) == Some(later.period);
                if !is_next {
                    let fits = is_over_one && since_fill >= FILL_DISTANCE - 1;
                    if !fits || figure.cents <= 0 || later.cents <= 0 {
                        known.push(figure);
                        break;
                    }
                    values.push((millions(figure.cents) * millions(later.cents)).sqrt());
                    filled.push(true);
                    since_fill = 0;
                }
            }
            values.push(millions(figure.cents));
            filled.push(false);
            since_fill += 1;
            figures.push(figure);
        }
        values.reverse();
        filled.reverse();
        figures.reverse();
        Self {
            window,
            values,
            filled,
            figures,
            shortened: !known.is_empty(),
        }
    }

    /// Returns the kind of its periods.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    /// Returns the number of its periods in a year.
    #[must_use]
    pub fn season(&self) -> usize {
        season_of(self.window)
    }

    /// Returns the values in millions of dollars, filled ones among them.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Tells whether the value at `index` was filled.
    #[must_use]
    pub fn is_filled(&self, index: usize) -> bool {
        self.filled.get(index).copied().unwrap_or(false)
    }

    /// Returns the published figures.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// Returns how many periods are published.
    #[must_use]
    pub fn observed(&self) -> usize {
        self.figures.len()
    }

    /// Returns how many published periods a forecast needs.
    #[must_use]
    pub fn needed(&self) -> usize {
        match self.window {
            Window::Quarter => NEEDED_QUARTERS,
            Window::Month
            | Window::Year
            | Window::JanuaryToMonth
            | Window::HalfYear
            | Window::TwelveMonths => NEEDED_YEARS,
        }
    }

    /// Returns the first period.
    #[must_use]
    pub fn first(&self) -> Option<Period> {
        Some(self.figures.first()?.period)
    }

    /// Returns the last period.
    #[must_use]
    pub fn last(&self) -> Option<Period> {
        Some(self.figures.last()?.period)
    }

    /// Returns the filled periods, in order.
    #[must_use]
    pub fn filled_periods(&self) -> Vec<Period> {
        let neighbours = self.figures.iter().zip(self.figures.iter().skip(1));
        neighbours
            .filter_map(|(figure, next)| {
                let period = after(figure.period)?;
                (period != next.period).then_some(period)
            })
            .collect()
    }

    /// Tells whether figures from before a gap are left out.
    #[must_use]
    pub fn is_shortened(&self) -> bool {
        self.shortened
    }

    /// Returns the place of the first period in its year: 0 for a first quarter or a year.
    #[must_use]
    pub fn first_place(&self) -> usize {
        match (self.window, self.first()) {
            (Window::Quarter, Some(period)) => usize::from(period.first_month().unsigned_abs()) / 3,
            _ => 0,
        }
    }
}
