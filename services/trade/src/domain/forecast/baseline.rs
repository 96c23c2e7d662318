//! Simple methods, which a model should beat to be worth its name.

/// A simple method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// Every period is as the same one of the last known year.
    SeasonalNaive,
    /// The last known growth on the year before goes on, compounded.
    LastGrowth,
}

impl Baseline {
    /// Forecasts the next `steps` periods of a series of `season` periods a year; none where the method cannot
    /// be applied.
    #[must_use]
    pub fn forecast(self, known: &[f64], season: usize, steps: usize) -> Option<Vec<f64>> {
        let start = known.len().checked_sub(season)?;
        let last = &known[start..];
        let growth = match self {
            Self::SeasonalNaive => 1.0,
            Self::LastGrowth => {
                let before: f64 = known[start.checked_sub(season)?..start].iter().sum();
                let growth = last.iter().sum::<f64>() / before;
                if before <= 0.0 || !growth.is_finite() {
                    return None;
                }
                growth
            }
        };
        let mut forecast = Vec::with_capacity(steps);
        let mut factor = 1.0;
        for step in 0..steps {
            if step % season == 0 {
                factor *= growth;
            }
            forecast.push(last[step % season] * factor);
        }
        Some(forecast)
    }
}
