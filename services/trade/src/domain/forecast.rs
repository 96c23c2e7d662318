//! Where turnover is heading, and how likely it is to reach a target in its due year.
//!
//! Everything follows from the series alone, by exponential smoothing in state space form. The figures
//! of the series are exact; what is estimated from them is in floating point, in millions of dollars, and
//! leaves as cents and parts per million.

mod backtest;
mod baseline;
mod history;
mod model;

pub use backtest::Errors;
use backtest::Forecasted;
pub use baseline::Baseline;
pub use history::{Figure, History};
pub use model::{Model, SOFTWARE};

use super::{
    decimal::MAX_CENTS,
    growth::ONE_PPM,
    period::{Period, Window},
};

/// The standard normal quantiles of the two-sided intervals of 80 % and of 95 %, by level in ppm.
const QUANTILES: [(i32, f64); 2] = [
    (800_000, 1.281_551_565_544_600_4),
    (950_000, 1.959_963_984_540_054),
];

/// Cents in the unit of estimation, a million dollars.
const UNIT_CENTS: f64 = 1e8;

/// How many errors of forecasts a year ahead a back-test should have, below which a reader is warned.
const FEW_ERRORS: usize = 5;

/// The forecast of one calendar year.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The year.
    pub year: i16,
    /// The mean in cents.
    pub cents: i64,
    /// The standard deviation in cents.
    pub deviation_cents: i64,
    /// Level in ppm, lower and upper end in cents.
    pub intervals: Vec<(i32, i64, i64)>,
}

/// A simple method's forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Which method.
    pub baseline: Baseline,
    /// Its forecast of the due year in cents, where it can be applied.
    pub cents: Option<i64>,
    /// How far it was off in the past.
    pub errors: Vec<Errors>,
}

/// A forecast up to a due year.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The chosen model.
    pub model: Model,
    /// The name and AICc of the others, the least first.
    pub candidates: Vec<(String, f64)>,
    /// The years that are not known, the due year last.
    pub points: Vec<Point>,
    /// The probability of reaching the target in ppm.
    pub probability_ppm: i64,
    /// How far the model was off in the past, by years ahead.
    pub errors: Vec<Errors>,
    /// The simple methods.
    pub baselines: Vec<Compared>,
}

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The series is too short.
    #[error("there are {observed} published figures in a row and {needed} are needed")]
    TooFew {
        /// How many figures there are.
        observed: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The due year has been published.
    #[error("the due year has been published, so there is nothing to forecast")]
    DueYearKnown,
    /// The due year is further ahead than the series reaches back.
    #[error("the due year is further ahead of the last figure than the first is behind it")]
    TooFar,
    /// No model fits.
    #[error("no model can be fitted to the figures")]
    ModelFailed,
}

impl Refusal {
    /// Returns the word for it in the contract.
    #[must_use]
    pub fn cause(self) -> &'static str {
        match self {
            Self::TooFew { .. } => "TOO_FEW_OBSERVATIONS",
            Self::DueYearKnown => "DUE_YEAR_KNOWN",
            Self::TooFar => "DUE_YEAR_TOO_FAR",
            Self::ModelFailed => "MODEL_FAILED",
        }
    }
}

impl Forecast {
    /// Forecasts a series up to `due_year` and compares with a target.
    pub fn of(history: &History, due_year: i16, target_cents: i64) -> Result<Self, Refusal> {
        let years = years(history, due_year)?;
        let season = history.season();
        let values = history.values();
        let (model, candidates) =
            model::choose(values, history.observed(), season).ok_or(Refusal::ModelFailed)?;
        let mut points = Vec::new();
        let mut probability_ppm = 0;
        for year in &years {
            let (mean, variance) = model.sum(year.steps.0, year.steps.1);
            let (mean, deviation) = (year.known + mean, variance.sqrt());
            points.push(point(year.number, mean, deviation).ok_or(Refusal::ModelFailed)?);
            probability_ppm = exceedance_ppm(millions(target_cents), mean, deviation);
        }
        let ahead = years.len();
        let fit = |known: &[f64], steps: usize| {
            let (model, _) = model::choose(known, known.len(), season)?;
            let deviation =
                |year: usize| model.sum(year * season + 1, (year + 1) * season).1.sqrt();
            Some(Forecasted {
                values: (1..=steps).map(|step| model.mean(step)).collect(),
                deviations: (0..steps / season).map(deviation).collect(),
            })
        };
        let baselines = [Baseline::SeasonalNaive, Baseline::LastGrowth]
            .into_iter()
            .map(|baseline| compared(baseline, history, years.last(), ahead))
            .collect();
        Ok(Self {
            errors: backtest::errors(history, ahead, fit),
            model,
            candidates,
            points,
            probability_ppm,
            baselines,
        })
    }

    /// Tells which baseline was less far off than the model a year ahead, by more than a hundredth of the mean
    /// absolute scaled error.
    #[must_use]
    pub fn better_baseline(&self) -> Option<Baseline> {
        let mase = |errors: &[Errors]| errors.first()?.mase_ppm;
        let own = mase(&self.errors)?;
        self.baselines
            .iter()
            .filter_map(|compared| Some((mase(&compared.errors)?, compared.baseline)))
            .filter(|(other, _)| *other < own - own / 100)
            .min_by_key(|(other, _)| *other)
            .map(|(_, baseline)| baseline)
    }

    /// Tells whether the back-test has few errors, or none for as many years ahead as the due year is.
    #[must_use]
    pub fn is_little_tested(&self) -> bool {
        let few = self
            .errors
            .first()
            .is_none_or(|errors| errors.count < FEW_ERRORS);
        few || self
            .errors
            .last()
            .is_none_or(|errors| errors.years_ahead < self.points.len())
    }
}

/// A calendar year to forecast.
struct Year {
    number: i16,
    /// What of it is known, in millions.
    known: f64,
    /// The first and the last step after the end of the series that are in it.
    steps: (usize, usize),
}

/// The years from the end of a series to the due year.
fn years(history: &History, due_year: i16) -> Result<Vec<Year>, Refusal> {
    let needed = history.needed();
    let Some(last) = history.last().filter(|_| history.observed() >= needed) else {
        return Err(Refusal::TooFew {
            observed: history.observed(),
            needed,
        });
    };
    let season = history.season();
    // How many periods of the year of the last one are known.
    let known = match history.window() {
        Window::Quarter => usize::from(last.last_month().unsigned_abs()) / 3 % season,
        _ => 0,
    };
    let first = if known == 0 {
        last.year() + 1
    } else {
        last.year()
    };
    let count = usize::try_from(i32::from(due_year) - i32::from(first) + 1).unwrap_or(0);
    if count == 0 {
        return Err(Refusal::DueYearKnown);
    }
    if count > history.values().len() / season {
        return Err(Refusal::TooFar);
    }
    let values = history.values();
    let of = |(index, year): (usize, i16)| Year {
        number: year,
        known: if index == 0 {
            values[values.len() - known..].iter().sum()
        } else {
            0.0
        },
        steps: (
            if index == 0 {
                1
            } else {
                index * season - known + 1
            },
            (index + 1) * season - known,
        ),
    };
    Ok((first..=due_year).enumerate().map(of).collect())
}

fn point(year: i16, mean: f64, deviation: f64) -> Option<Point> {
    let intervals = QUANTILES
        .iter()
        .map(|(level, quantile)| {
            let reach = quantile * deviation;
            Some((*level, cents(mean - reach)?, cents(mean + reach)?))
        })
        .collect::<Option<_>>()?;
    Some(Point {
        year,
        cents: cents(mean)?,
        deviation_cents: cents(deviation)?,
        intervals,
    })
}

fn compared(baseline: Baseline, history: &History, due: Option<&Year>, ahead: usize) -> Compared {
    let season = history.season();
    let forecast = |known: &[f64], steps: usize| baseline.forecast(known, season, steps);
    let value = due.and_then(|due| {
        let (first, last) = due.steps;
        let steps = forecast(history.values(), last)?;
        cents(due.known + steps[first - 1..].iter().sum::<f64>())
    });
    Compared {
        baseline,
        cents: value,
        errors: backtest::errors(history, ahead, |known, steps| {
            Some(Forecasted {
                values: forecast(known, steps)?,
                deviations: Vec::new(),
            })
        }),
    }
}

/// The probability that a normally distributed value is at least `bound`, in ppm:
/// 1 - Phi(z) = erfc(z / sqrt 2) / 2.
fn exceedance_ppm(bound: f64, mean: f64, deviation: f64) -> i64 {
    let probability = if deviation > 0.0 {
        libm::erfc((bound - mean) / deviation / std::f64::consts::SQRT_2) / 2.0
    } else {
        f64::from(u8::from(mean >= bound))
    };
    ppm(probability).unwrap_or(0).clamp(0, ONE_PPM)
}

/// Returns a number in parts per million, rounded half away from zero; none when it does not fit.
pub(crate) fn ppm(number: f64) -> Option<i64> {
    rounded(number * 1e6)
}

/// Returns an amount in cents, 0 for one below zero; none when it is above what figures can be.
fn cents(amount: f64) -> Option<i64> {
    rounded(amount.max(0.0) * UNIT_CENTS).filter(|cents| *cents <= MAX_CENTS)
}

/// Returns an amount in cents, which may be negative.
pub(crate) fn signed_cents(amount: f64) -> Option<i64> {
    rounded(amount * UNIT_CENTS)
}

/// Returns the nearest whole number, half away from zero; none when it is beyond 10^18.
pub(crate) fn rounded(number: f64) -> Option<i64> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "checked to lie far inside of 64 bits"
    )]
    (number.abs() < 1e18).then(|| number.round() as i64)
}

/// Returns cents in the unit of estimation.
fn millions(cents: i64) -> f64 {
    #[allow(
        clippy::cast_precision_loss,
        reason = "amounts are at most 10^17 cents: exact to fifteen digits"
    )]
    let cents = cents as f64;
    cents / UNIT_CENTS
}

/// Returns the number of periods of a window in a year.
fn season_of(window: Window) -> usize {
    match window {
        Window::Quarter => 4,
        Window::Month
        | Window::Year
        | Window::JanuaryToMonth
        | Window::HalfYear
        | Window::TwelveMonths => 1,
    }
}

/// Returns the period after one, if figures can be about it.
fn after(period: Period) -> Option<Period> {
    let step = match period.window() {
        Window::Quarter => 3,
        Window::Month
        | Window::Year
        | Window::JanuaryToMonth
        | Window::HalfYear
        | Window::TwelveMonths => 12,
    };
    if period.last_month() + step > 12 {
        let month = period.last_month() + step - 12;
        Period::new(period.window(), period.year() + 1, month).ok()
    } else {
        Period::new(period.window(), period.year(), period.last_month() + step).ok()
    }
}

#[cfg(test)]
mod tests;
