//! Forecasts in the contract.

use std::collections::BTreeSet;

use accord_proto::trade::v1::{self, forecast_baseline, series_warning::Kind};
use jiff::Timestamp;

use super::{enums, observation, series, target, timestamp};
use crate::domain::{
    forecast::{
        self, Baseline, Compared, Errors, Forecast, History, Model, ppm, rounded, signed_cents,
    },
    observation::Qualifier,
    period::Period,
    release::{Publication, valuations},
    target::Target,
    turnover::{Method, Point, Question},
};

/// Everything that an answer says.
pub(crate) struct Answer<'a> {
    pub(crate) target: &'a Target,
    pub(crate) question: &'a Question,
    pub(crate) known: Timestamp,
    pub(crate) history: &'a History,
    /// The points of the series that the history consists of.
    pub(crate) points: &'a [Point<'a>],
    pub(crate) forecast: &'a Forecast,
}

/// Shows a forecast.
pub(crate) fn show(answer: &Answer<'_>) -> v1::TargetForecast {
    let (question, history, forecast) = (answer.question, answer.history, answer.forecast);
    let reporter = match question.method {
        Method::AsReportedBy => question.reporter.as_str(),
        Method::ExportsOfBoth | Method::ImportsOfBoth => "",
    };
    let filled = history.filled_periods();
    v1::TargetForecast {
        target: Some(target::show(&answer.target.as_of(question.today))),
        known_time: Some(timestamp(answer.known)),
        measurement: Some(target::show_measurement(question.method, reporter)),
        granularity: enums::show_granularity(history.window()),
        first_period: history.first().map(observation::show_period),
        last_period: history.last().map(observation::show_period),
        observation_count: i32::try_from(history.observed()).unwrap_or(i32::MAX),
        filled_periods: filled.into_iter().map(observation::show_period).collect(),
        model: Some(show_model(forecast, history.first_place())),
        points: forecast.points.iter().map(show_point).collect(),
        attainment_probability_ppm: forecast.probability_ppm,
        errors: forecast.errors.iter().map(show_errors).collect(),
        baselines: forecast.baselines.iter().map(show_baseline).collect(),
        releases: series::show_uses(answer.points),
        warnings: warnings(answer),
    }
}

fn show_model(forecast: &Forecast, first_place: usize) -> v1::ForecastModel {
    let model = &forecast.model;
    v1::ForecastModel {
        name: model.name(),
        software: forecast::SOFTWARE.to_owned(),
        alpha_ppm: ppm(model.alpha()).unwrap_or_default(),
        beta_ppm: model.beta().and_then(ppm),
        gamma_ppm: model.gamma().and_then(ppm),
        phi_ppm: model.phi().and_then(ppm),
        level_cents: signed_cents(model.level()).unwrap_or_default(),
        trend_cents: model.trend().and_then(signed_cents),
        season_cents: season(model, first_place),
        sigma_cents: signed_cents(model.sigma()).unwrap_or_default(),
        aicc_milli: milli(model.aicc()),
        candidates: forecast
            .candidates
            .iter()
            .map(|(name, aicc)| v1::ForecastCandidate {
                name: name.clone(),
                aicc_milli: milli(*aicc),
            })
            .collect(),
    }
}

/// The effects of the season, turned so that the first quarter of the year comes first.
fn season(model: &Model, first_place: usize) -> Vec<i64> {
    let mut effects: Vec<i64> = model
        .seasonals()
        .iter()
        .map(|effect| signed_cents(*effect).unwrap_or_default())
        .collect();
    let places = effects.len().max(1);
    effects.rotate_right(first_place % places);
    effects
}

fn milli(number: f64) -> i64 {
    rounded(number * 1e3).unwrap_or_default()
}

fn show_point(point: &forecast::Point) -> v1::ForecastPoint {
    v1::ForecastPoint {
        year: point.year.into(),
        value_cents: point.cents,
        standard_deviation_cents: point.deviation_cents,
        intervals: point
            .intervals
            .iter()
            .map(|(level, lower, upper)| v1::ForecastInterval {
                level_ppm: *level,
                lower_cents: *lower,
                upper_cents: *upper,
            })
            .collect(),
    }
}

fn show_errors(errors: &Errors) -> v1::BacktestError {
    v1::BacktestError {
        years_ahead: i32::try_from(errors.years_ahead).unwrap_or(i32::MAX),
        forecast_count: i32::try_from(errors.count).unwrap_or(i32::MAX),
        mape_ppm: errors.mape_ppm,
        mase_ppm: errors.mase_ppm,
        coverages: errors
            .inside
            .iter()
            .map(|(level, inside)| v1::IntervalCoverage {
                level_ppm: *level,
                inside_count: i32::try_from(*inside).unwrap_or(i32::MAX),
            })
            .collect(),
    }
}

fn show_baseline(compared: &Compared) -> v1::ForecastBaseline {
    let method = match compared.baseline {
        Baseline::SeasonalNaive => forecast_baseline::Method::SeasonalNaive,
        Baseline::LastGrowth => forecast_baseline::Method::LastGrowth,
    };
    v1::ForecastBaseline {
        method: method as i32,
        value_cents: compared.cents,
        errors: compared.errors.iter().map(show_errors).collect(),
    }
}

/// What a reader should know.
fn warnings(answer: &Answer<'_>) -> Vec<v1::SeriesWarning> {
    let (question, history) = (answer.question, answer.history);
    let mut warnings: Vec<_> = target::show_notices(answer.target, question);
    warnings.extend(of_series(answer.points));
    warnings.extend(of_history(history));
    if answer.forecast.is_little_tested() {
        warnings.push(warning(
            Kind::ForecastLittleTested,
            "the past allows few comparisons, or none as many years ahead as the due year is"
                .to_owned(),
        ));
    }
    let narrow: Vec<String> = answer.forecast.errors.iter().flat_map(narrow).collect();
    if !narrow.is_empty() {
        warnings.push(warning(
            Kind::ForecastIntervalsNarrow,
            format!(
                "the intervals are narrower than the past says: {}",
                narrow.join("; ")
            ),
        ));
    }
    if let Some(better) = answer.forecast.better_baseline() {
        let name = match better {
            Baseline::SeasonalNaive => "the seasonal naive method",
            Baseline::LastGrowth => "going on with the last growth",
        };
        warnings.push(warning(
            Kind::ForecastBaselineBetter,
            format!("in the past {name} was less far off a year ahead than the model"),
        ));
    }
    warnings
}

/// Says how many published values lay inside of intervals that were too narrow.
fn narrow(errors: &Errors) -> impl Iterator<Item = String> {
    let (count, ahead) = (errors.count, errors.years_ahead);
    errors.too_narrow().map(move |(level, inside)| {
        let years = if ahead == 1 {
            "a year".to_owned()
        } else {
            format!("{ahead} years")
        };
        format!(
            "{years} ahead {inside} of {count} published values lay inside of those of {} %",
            level / 10_000
        )
    })
}

fn of_history(history: &History) -> Vec<v1::SeriesWarning> {
    let mut warnings = Vec::new();
    let filled = history.filled_periods();
    if !filled.is_empty() {
        let text = format!(
            "no figure is known for {}: filled by the geometric mean of its neighbours",
            list(&filled)
        );
        warnings.push(warning(Kind::ForecastFilled, text));
    }
    if let Some(first) = history.first().filter(|_| history.is_shortened()) {
        let text = format!(
            "figures from before {first} are left out, because others after them are missing"
        );
        warnings.push(warning(Kind::ForecastShortened, text));
    }
    let of = |qualifier| {
        history
            .figures()
            .iter()
            .filter(move |figure| figure.qualifier == qualifier)
    };
    let bounds: Vec<Period> = of(Qualifier::LowerBound)
        .map(|figure| figure.period)
        .collect();
    if !bounds.is_empty() {
        let text = format!(
            "the figures of {} are lower bounds and taken as if exact: the forecast can be too low",
            list(&bounds)
        );
        warnings.push(warning(Kind::ForecastLowerBound, text));
    }
    let widest = of(Qualifier::Rounded).max_by_key(|figure| figure.uncertainty_cents);
    if let Some(widest) = widest {
        let text = format!(
            "rounded figures are taken as if exact, {} of {}; the least exact, of {}, by up to {} dollars",
            of(Qualifier::Rounded).count(),
            history.observed(),
            widest.period,
            grouped(widest.uncertainty_cents / 100),
        );
        warnings.push(warning(Kind::ForecastRounded, text));
    }
    warnings
}

/// A whole number that is not negative, its thousands apart: `5,000,000`.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What the points say themselves, each once, and whether the series joins unlike figures.
fn of_series(points: &[Point<'_>]) -> Vec<v1::SeriesWarning> {
    let mixtures: BTreeSet<_> = points
        .iter()
        .flat_map(|point| &point.warnings)
        .filter(|warning| warning.is_mixture())
        .collect();
    let mut warnings: Vec<_> = mixtures.into_iter().map(series::show_warning).collect();
    let publications: Vec<&Publication> = points
        .iter()
        .filter_map(|point| point.amount.as_ref().ok())
        .flat_map(|amount| &amount.parts)
        .map(|part| &part.published.release.publication)
        .collect();
    let scopes: BTreeSet<_> = publications
        .iter()
        .map(|publication| publication.scope)
        .collect();
    if scopes.len() > 1 {
        let text = format!(
            "the series joins figures of unlike scope: {}",
            series::words(&scopes, series::scope_word)
        );
        warnings.push(warning(Kind::ComparedScope, text));
    }
    let flows = points
        .iter()
        .filter_map(|point| point.amount.as_ref().ok())
        .map(|amount| {
            let parts = amount.parts.iter().map(|part| part.published);
            parts
                .flat_map(|published| {
                    let flow = published.observation.cell.flow;
                    valuations(&published.release.publication, flow)
                })
                .collect::<BTreeSet<_>>()
        })
        .collect::<BTreeSet<_>>();
    if flows.len() > 1 {
        let all = flows.into_iter().flatten().collect();
        let text = format!(
            "the series joins figures of unlike valuation: {}",
            series::words(&all, series::valuation_word)
        );
        warnings.push(warning(Kind::ComparedValuation, text));
    }
    warnings
}

fn list(periods: &[Period]) -> String {
    let periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
    periods.join(", ")
}

fn warning(kind: Kind, description: String) -> v1::SeriesWarning {
    v1::SeriesWarning {
        kind: kind as i32,
        description,
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(5_000_000), "5,000,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }
}
