//! Exponential smoothing in state space form: the choice of a model, and the mean and variance of what it
//! forecasts.
//!
//! The library fits the parameters by maximum likelihood. What follows from them is computed here, because
//! a year of quarters is a sum whose terms share their errors.

use anofox_forecast::{
    core::TimeSeries,
    models::{
        Forecaster,
        exponential::{ETS, ETSSeasonalType as Seasonal, ETSSpec, ErrorType, TrendType},
        incremental::{EtsState, IncrementalForecaster, ModelState},
    },
};
use chrono::{DateTime, TimeDelta};

/// The library that fits the models.
pub const SOFTWARE: &str = "anofox-forecast 0.19";

/// A fitted model. Amounts are in millions of dollars a period.
#[derive(Clone, Debug)]
pub struct Model {
    /// The parameters and the last state.
    state: EtsState,
    /// Variance of one-step errors, relative ones where they are multiplicative.
    sigma2: f64,
    /// The corrected information criterion of Akaike.
    aicc: f64,
}

/// Fits every model that the series can bear and returns the one with the least AICc, and the name and AICc of
/// the others. `observed` is how many of the values are published.
pub(super) fn choose(
    values: &[f64],
    observed: usize,
    season: usize,
) -> Option<(Model, Vec<(String, f64)>)> {
    let series = series(values)?;
    let is_positive = values.iter().all(|value| *value > 0.0);
    let mut models: Vec<Model> = specs(season, is_positive)
        .into_iter()
        .filter_map(|spec| Model::fit(&series, spec, season, observed))
        .collect();
    models.sort_by(|a, b| a.aicc.total_cmp(&b.aicc));
    let mut models = models.into_iter();
    let chosen = models.next()?;
    let others = models.map(|model| (model.name(), model.aicc)).collect();
    Some((chosen, others))
}

/// The models that come into question. A sum of quarters with multiplicative errors has no closed form for its
/// variance, so quarters are fitted with additive errors only.
fn specs(season: usize, is_positive: bool) -> Vec<ETSSpec> {
    let mut specs = Vec::new();
    let trends = [
        TrendType::None,
        TrendType::Additive,
        TrendType::AdditiveDamped,
    ];
    for trend in trends {
        specs.push(ETSSpec::new(ErrorType::Additive, trend, Seasonal::None));
        if season > 1 {
            specs.push(ETSSpec::new(ErrorType::Additive, trend, Seasonal::Additive));
        } else if is_positive {
            specs.push(ETSSpec::new(
                ErrorType::Multiplicative,
                trend,
                Seasonal::None,
            ));
        }
    }
    specs
}

/// The library wants instants; which ones means nothing to its models.
fn series(values: &[f64]) -> Option<TimeSeries> {
    let start = DateTime::UNIX_EPOCH;
    let days = i64::try_from(values.len()).ok()?;
    let instants = (0..days).map(|day| start + TimeDelta::days(day)).collect();
    TimeSeries::univariate(instants, values.to_vec()).ok()
}

/// How many numbers a model estimates: smoothing parameters, first state, and the variance.
fn parameters(spec: ETSSpec, season: usize) -> usize {
    let trend = if spec.has_trend() { 2 } else { 0 };
    let damping = usize::from(spec.is_damped());
    // The effects of a season add up to zero, so that one of them follows from the others.
    let seasonal = if spec.has_seasonal() { season } else { 0 };
    3 + trend + damping + seasonal
}

impl Model {
    fn fit(series: &TimeSeries, spec: ETSSpec, season: usize, observed: usize) -> Option<Self> {
        // AICc is defined from two observations more than there are parameters.
        let parameters = parameters(spec, season);
        if observed < parameters + 2 {
            return None;
        }
        let period = if spec.has_seasonal() { season } else { 1 };
        let mut fitted = ETS::new(spec, period);
        fitted.fit(series).ok()?;
        let ModelState::ETS(state) = fitted.state().ok()? else {
            return None;
        };
        #[allow(clippy::cast_precision_loss, reason = "a series has few periods")]
        let freedom = (observed - (parameters - 1)) as f64;
        let model = Self {
            sigma2: state.sse_lik / freedom,
            aicc: fitted.aicc()?,
            state,
        };
        let numbers = [model.sigma2, model.aicc, model.mean(1)];
        numbers
            .iter()
            .all(|number| number.is_finite())
            .then_some(model)
    }

    /// Returns the name, such as `ETS(A,Ad,N)`.
    #[must_use]
    pub fn name(&self) -> String {
        self.state.spec.short_name()
    }

    /// Returns alpha.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.state.alpha
    }

    /// Returns beta, if the model has a trend.
    #[must_use]
    pub fn beta(&self) -> Option<f64> {
        self.state.beta.filter(|_| self.state.spec.has_trend())
    }

    /// Returns gamma, if the model has a season.
    #[must_use]
    pub fn gamma(&self) -> Option<f64> {
        self.state.gamma.filter(|_| self.state.spec.has_seasonal())
    }

    /// Returns phi, if the trend is damped.
    #[must_use]
    pub fn phi(&self) -> Option<f64> {
        self.state.phi.filter(|_| self.state.spec.is_damped())
    }

    /// Returns the last level.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.state.level
    }

    /// Returns the last trend, if the model has one.
    #[must_use]
    pub fn trend(&self) -> Option<f64> {
        self.state.spec.has_trend().then_some(self.state.trend)
    }

    /// Returns the last effects of the season, that of the first period of the series first; empty without one.
    #[must_use]
    pub fn seasonals(&self) -> &[f64] {
        if self.state.spec.has_seasonal() {
            &self.state.seasonals
        } else {
            &[]
        }
    }

    /// Returns the standard deviation of the next period's error.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        let scale = if self.is_multiplicative() {
            self.mean(1).abs()
        } else {
            1.0
        };
        self.sigma2.sqrt() * scale
    }

    /// Returns AICc.
    #[must_use]
    pub fn aicc(&self) -> f64 {
        self.aicc
    }

    fn is_multiplicative(&self) -> bool {
        self.state.spec.error == ErrorType::Multiplicative
    }

    /// phi + phi^2 + … + phi^j, or j when the trend is not damped.
    fn damped(&self, steps: usize) -> f64 {
        let phi = self.phi().unwrap_or(1.0);
        let mut power = 1.0;
        (0..steps)
            .map(|_| {
                power *= phi;
                power
            })
            .sum()
    }

    /// Returns the mean of the value `step` periods after the last, from 1.
    #[must_use]
    pub fn mean(&self, step: usize) -> f64 {
        let trend = self.trend().unwrap_or(0.0) * self.damped(step);
        let seasonals = self.seasonals();
        let place = (self.state.n + step).saturating_sub(1);
        let seasonal = match seasonals.len() {
            0 => 0.0,
            length => seasonals[place % length],
        };
        self.state.level + trend + seasonal
    }

    /// How much of an error is still in the value `distance` periods later.
    fn memory(&self, distance: usize) -> f64 {
        let seasonal = match self.seasonals().len() {
            length if length > 0 && distance.is_multiple_of(length) => self.gamma().unwrap_or(0.0),
            _ => 0.0,
        };
        self.alpha() + self.beta().unwrap_or(0.0) * self.damped(distance) + seasonal
    }

    /// Returns mean and variance of the sum of the values from `first` to `last` periods after the last.
    #[must_use]
    pub fn sum(&self, first: usize, last: usize) -> (f64, f64) {
        let mean = (first..=last).map(|step| self.mean(step)).sum();
        let variance = if self.is_multiplicative() {
            self.multiplicative_variance(last)
        } else {
            let weights = (1..=last).map(|error| {
                let weight: f64 = (first.max(error)..=last)
                    .map(|step| match step - error {
                        0 => 1.0,
                        distance => self.memory(distance),
                    })
                    .sum();
                weight * weight
            });
            self.sigma2 * weights.sum::<f64>()
        };
        (mean, variance)
    }

    /// `theta_h = mu_h^2 + sigma^2 sum c_j^2 theta_(h-j); v_h = (1 + sigma^2) theta_h - mu_h^2`.
    fn multiplicative_variance(&self, last: usize) -> f64 {
        let mut thetas: Vec<f64> = Vec::with_capacity(last);
        for step in 1..=last {
            let carried: f64 = (1..step)
                .map(|distance| self.memory(distance).powi(2) * thetas[step - distance - 1])
                .sum();
            thetas.push(self.mean(step).powi(2) + self.sigma2 * carried);
        }
        thetas.last().map_or(0.0, |theta| {
            (1.0 + self.sigma2) * theta - self.mean(last).powi(2)
        })
    }

    /// A model with a given state, for comparing with what others compute from it.
    #[cfg(test)]
    pub(super) fn with(state: EtsState, sigma2: f64) -> Self {
        Self {
            state,
            sigma2,
            aicc: 0.0,
        }
    }
}
