//! Forecasts.

use accord_proto::roadmaps::v1 as contract;
use fault::Fault;

use super::date;
use crate::domain::{
    forecast::{self, Backtest, Forecast, TooThin},
    roadmap::Roadmap,
};

/// Writes a forecast into an answer that has all else.
pub(in crate::api) fn write(forecast: &Forecast, answer: &mut contract::RoadmapForecast) {
    let quantiles = forecast::PROBABILITIES_PPM.into_iter().zip(forecast.weeks);
    answer.quantiles = quantiles
        .map(|(probability_ppm, weeks)| contract::ForecastQuantile {
            probability_ppm,
            finish_date: weeks.map(|weeks| date(forecast.end_of_week(weeks))),
            weeks: weeks.map_or(0, number),
        })
        .collect();
    answer.by_period_end_ppm = Some(forecast.by_period_end_ppm);
    answer.basis = Some(contract::ForecastBasis {
        history_start_date: Some(date(forecast.history_start)),
        history_end_date: Some(date(forecast.history_end)),
        weekly_attested_counts: forecast.weekly.clone(),
        simulation_count: number(forecast::SIMULATIONS),
        seed: i64::try_from(forecast::SEED).unwrap_or(i64::MAX),
        horizon_weeks: number(forecast::HORIZON_WEEKS),
        least_weeks: number(forecast::LEAST_WEEKS),
        least_attested_count: i32::try_from(forecast::LEAST_ATTESTED).unwrap_or(i32::MAX),
        least_active_weeks: number(forecast::LEAST_ACTIVE_WEEKS),
    });
    answer.backtest = forecast.backtest.map(backtest);
}

fn backtest(found: Backtest) -> contract::ForecastBacktest {
    contract::ForecastBacktest {
        trial_count: number(found.trials),
        weeks_ahead: number(forecast::TRIAL_WEEKS),
        mean_absolute_error_milli: found.absolute_error_milli,
        mean_error_milli: found.error_milli,
        coverage_80_ppm: found.coverage_ppm,
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Says what there is, too little for a forecast.
pub(in crate::api) fn too_thin(roadmap: &Roadmap, found: TooThin) -> Fault {
    let TooThin {
        weeks,
        attested,
        active_weeks,
    } = found;
    let (least_weeks, least_attested, least_active) = (
        forecast::LEAST_WEEKS,
        forecast::LEAST_ATTESTED,
        forecast::LEAST_ACTIVE_WEEKS,
    );
    let name = roadmap.name.to_string();
    let message = format!(
        "too little was attested in {name} for a forecast: {attested} measures in {active_weeks} of {weeks} full weeks \
         since the adoption; it takes {least_attested} measures in {least_active} of {least_weeks} weeks"
    );
    let reason = "FORECAST_DATA_TOO_THIN";
    Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name.clone(), message)
        .with_metadata("resource", name)
        .with_metadata("weeks", weeks.to_string())
        .with_metadata("attested_count", attested.to_string())
        .with_metadata("active_weeks", active_weeks.to_string())
        .with_metadata("least_weeks", least_weeks.to_string())
        .with_metadata("least_attested_count", least_attested.to_string())
        .with_metadata("least_active_weeks", least_active.to_string())
}
