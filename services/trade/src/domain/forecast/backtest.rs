//! How far a method was off when it forecast published years from what had come before them.

use super::{History, QUANTILES, ppm};

/// How many of the latest origins are tried.
const MAX_ORIGINS: usize = 10;

/// How many years, or years of quarters, a method must know at an origin.
const LEARNING: [(usize, usize); 2] = [(1, 6), (4, 12)];

/// The errors of forecasts of one distance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors {
    /// How many years ahead.
    pub years_ahead: usize,
    /// How many forecasts were compared.
    pub count: usize,
    /// Mean absolute percentage error in ppm.
    pub mape_ppm: Option<i64>,
    /// Mean absolute scaled error in ppm (Hyndman, Koehler 2006).
    pub mase_ppm: Option<i64>,
    /// How many of the published values lay inside of the interval of each level in ppm; empty for a method that has
    /// no intervals.
    pub inside: Vec<(i32, usize)>,
}

/// How likely so few values inside of an interval may be at most, if it is as wide as it says, for it not to be called
/// too narrow.
const DOUBT: f64 = 0.1;

impl Errors {
    /// Returns the levels whose intervals were too narrow, each with how many values lay inside: so few, or fewer,
    /// of a binomial distribution with the probability of the level come about in less than one case of ten.
    pub fn too_narrow(&self) -> impl Iterator<Item = (i32, usize)> {
        let inside = self.inside.iter().copied();
        inside
            .filter(|(level, inside)| at_most(*inside, self.count, f64::from(*level) / 1e6) < DOUBT)
    }
}

/// The probability of at most `successes` of `trials`: the sum of C(n, k) p^k (1 - p)^(n - k) up to there.
fn at_most(successes: usize, trials: usize, probability: f64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a few numbers are counted")]
    let ratio = |k: usize| (trials - k) as f64 / (k + 1) as f64 * probability / (1.0 - probability);
    let mut term = (0..trials).fold(1.0, |product, _| product * (1.0 - probability));
    let mut sum = term;
    for k in 0..successes.min(trials) {
        term *= ratio(k);
        sum += term;
    }
    sum
}

/// What a method forecasts.
pub(super) struct Forecasted {
    /// The mean of each period.
    pub values: Vec<f64>,
    /// The standard deviation of each year; empty where the method has none.
    pub deviations: Vec<f64>,
}

/// One forecast beside what was published.
struct Error {
    years_ahead: usize,
    published: f64,
    forecast: f64,
    /// The standard deviation of the forecast, where the method has one.
    deviation: Option<f64>,
    /// The mean absolute change of a year's value on the year before, in what the forecast knew.
    scale: Option<f64>,
}

/// Applies a method from each origin and compares. `method` forecasts a number of periods from what is known.
pub(super) fn errors(
    history: &History,
    years_ahead: usize,
    method: impl Fn(&[f64], usize) -> Option<Forecasted>,
) -> Vec<Errors> {
    let season = history.season();
    let errors: Vec<Error> = origins(history)
        .into_iter()
        .flat_map(|origin| from(history, origin, years_ahead, &method))
        .collect();
    let most = errors.iter().map(|error| error.years_ahead).max();
    debug_assert!(season > 0, "a year has periods");
    (1..=most.unwrap_or(0))
        .filter_map(|ahead| {
            let errors: Vec<&Error> = errors
                .iter()
                .filter(|error| error.years_ahead == ahead)
                .collect();
            (!errors.is_empty()).then(|| summary(ahead, &errors))
        })
        .collect()
}

/// The numbers of known periods at the origins: a year apart, the latest ones.
fn origins(history: &History) -> Vec<usize> {
    let season = history.season();
    let least = LEARNING
        .iter()
        .find(|(periods, _)| *periods == season)
        .map_or(usize::MAX, |(_, least)| *least);
    (1..)
        .map_while(|years| history.values().len().checked_sub(years * season))
        .take_while(|origin| *origin >= least)
        .filter(|origin| !history.is_filled(origin - 1))
        .take(MAX_ORIGINS)
        .collect()
}

fn from(
    history: &History,
    origin: usize,
    years_ahead: usize,
    method: impl Fn(&[f64], usize) -> Option<Forecasted>,
) -> Vec<Error> {
    let season = history.season();
    let (known, later) = history.values().split_at(origin);
    let years = years_ahead.min(later.len() / season);
    let Some(forecast) = method(known, years * season) else {
        return Vec::new();
    };
    let scale = scale(known, season);
    (0..years)
        .filter(|year| {
            let mut periods = origin + year * season..origin + (year + 1) * season;
            !periods.any(|index| history.is_filled(index))
        })
        .map(|year| {
            let of = |values: &[f64]| values[year * season..(year + 1) * season].iter().sum();
            Error {
                years_ahead: year + 1,
                published: of(later),
                forecast: of(&forecast.values),
                deviation: forecast.deviations.get(year).copied(),
                scale,
            }
        })
        .collect()
}

/// The mean absolute change of a year's value on the year before, years counted back from the end.
fn scale(known: &[f64], season: usize) -> Option<f64> {
    let years: Vec<f64> = known
        .rchunks_exact(season)
        .map(|year| year.iter().sum())
        .collect();
    let changes = years.iter().zip(years.iter().skip(1));
    let changes: Vec<f64> = changes
        .map(|(year, before)| (year - before).abs())
        .collect();
    mean(&changes).filter(|mean| *mean > 0.0)
}

fn summary(years_ahead: usize, errors: &[&Error]) -> Errors {
    let distance = |error: &Error| (error.published - error.forecast).abs();
    let percentages: Vec<f64> = errors
        .iter()
        .filter(|error| error.published > 0.0)
        .map(|error| distance(error) / error.published)
        .collect();
    let scaled: Option<Vec<f64>> = errors
        .iter()
        .map(|error| Some(distance(error) / error.scale?))
        .collect();
    let is_inside =
        |error: &Error, quantile: f64| Some(distance(error) <= quantile * error.deviation?);
    let inside = |(level, quantile): &(i32, f64)| {
        let inside: Option<Vec<bool>> = errors
            .iter()
            .map(|error| is_inside(error, *quantile))
            .collect();
        Some((*level, inside?.into_iter().filter(|inside| *inside).count()))
    };
    Errors {
        inside: QUANTILES.iter().filter_map(inside).collect(),
        years_ahead,
        count: errors.len(),
        mape_ppm: mean(&percentages).and_then(ppm),
        mase_ppm: scaled.as_deref().and_then(mean).and_then(ppm),
    }
}

fn mean(numbers: &[f64]) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "a few numbers are counted")]
    let count = numbers.len() as f64;
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_inside_call_an_interval_too_narrow() {
        // 1 - 0.8^3, and by hand 0.0563 and 0.2031 for 4 and 5 of 8.
        assert!((at_most(2, 3, 0.8) - 0.488).abs() < 1e-12);
        assert!((at_most(4, 8, 0.8) - 0.056_281_6).abs() < 1e-6);
        assert!((at_most(8, 8, 0.95) - 1.0).abs() < 1e-12);
        let errors = |inside| Errors {
            years_ahead: 1,
            count: 8,
            mape_ppm: None,
            mase_ppm: None,
            inside: vec![(800_000, inside), (950_000, 8)],
        };
        assert_eq!(errors(4).too_narrow().collect::<Vec<_>>(), [(800_000, 4)]);
        assert_eq!(errors(5).too_narrow().count(), 0);
    }
}
