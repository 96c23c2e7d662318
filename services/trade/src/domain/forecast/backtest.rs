//! How far a method was off when it forecast published years from what had come before them.

use super::{History, ppm};

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
}

/// One forecast beside what was published.
struct Error {
    years_ahead: usize,
    published: f64,
    forecast: f64,
    /// The mean absolute change of a year's value on the year before, in what the forecast knew.
    scale: Option<f64>,
}

/// Applies a method from each origin and compares. `method` forecasts a number of periods from what is known.
pub(super) fn errors(
    history: &History,
    years_ahead: usize,
    method: impl Fn(&[f64], usize) -> Option<Vec<f64>>,
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
    method: impl Fn(&[f64], usize) -> Option<Vec<f64>>,
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
                forecast: of(&forecast),
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
    Errors {
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
