//! The forecast of a target, as `accord trade target` shows it.

use accord_proto::trade::v1::{
    BacktestError, ForecastBaseline, ForecastPoint, Granularity, TargetForecast, forecast_baseline,
};
use tonic::{Code, Status};

use super::{groups, turnover, uses};
use crate::client::refusal::Refusal;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// How the probability comes about, in one sentence.
const HOW: &str = "The probability and the intervals take the forecast as normally distributed, with the variance of the model \
    (Hyndman, Koehler, Ord, Snyder 2008); they do not know of plans or of policy.";

/// Shows a forecast alone.
pub(super) fn view(forecast: &TargetForecast) -> View {
    let target = forecast.target.clone().unwrap_or_default();
    let mut page = Page::new(vec![
        Block::Heading(target.display_name.clone()),
        Block::Text(target.name.clone()),
    ]);
    push(&mut page, forecast);
    uses::push_releases(&mut page, &forecast.releases);
    View {
        answer: Answer::of(forecast),
        page,
        sheet: sheet(forecast),
    }
}

/// Adds a forecast, or why there is none.
pub(super) fn push_result(page: &mut Page, forecast: Result<TargetForecast, Status>) {
    match forecast {
        Ok(forecast) => push(page, &forecast),
        Err(status) => {
            page.push(Block::Heading("Forecast".into()));
            let text = if status.code() == Code::FailedPrecondition {
                status.message().to_owned()
            } else {
                Refusal::of(&status).to_string()
            };
            page.push(Block::Text(text));
        }
    }
}

fn push(page: &mut Page, forecast: &TargetForecast) {
    let due = forecast.points.last().map_or(0, |point| point.year);
    page.push(Block::Heading("Forecast".into()));
    page.push(Block::Pairs(vec![
        (
            "Probability",
            format!(
                "{} that the target is reached in {due}",
                probability(forecast.attainment_probability_ppm)
            ),
        ),
        ("Model", model(forecast)),
        ("From", history(forecast)),
    ]));
    page.push(Block::Table(points(&forecast.points)));
    page.push(Block::Text(HOW.to_owned()));
    page.push(Block::Heading("How far off such forecasts were".into()));
    page.push(Block::Table(methods(forecast)));
    uses::push_warnings(
        page,
        forecast
            .warnings
            .iter()
            .map(|warning| (String::new(), warning.description.clone())),
    );
}

/// A probability, of which the smallest is not nothing and the greatest not certain.
fn probability(ppm: i64) -> String {
    match ppm {
        ..=999 => "less than 0.1 %".to_owned(),
        999_001.. => "more than 99.9 %".to_owned(),
        _ => value::percent(ppm),
    }
}

fn model(forecast: &TargetForecast) -> String {
    let Some(model) = &forecast.model else {
        return String::new();
    };
    let number = |name: &str, ppm: Option<i64>| {
        ppm.map(|ppm| format!("{name} {}.{:04}", ppm / 1_000_000, ppm % 1_000_000 / 100))
    };
    let parameters = [
        number("alpha", Some(model.alpha_ppm)),
        number("beta", model.beta_ppm),
        number("gamma", model.gamma_ppm),
        number("phi", model.phi_ppm),
        Some(format!(
            "sigma {} million dollars",
            value::million_dollars(model.sigma_cents)
        )),
    ];
    let parameters: Vec<String> = parameters.into_iter().flatten().collect();
    format!(
        "{}, {}; {}",
        model.name,
        parameters.join(", "),
        model.software
    )
}

fn history(forecast: &TargetForecast) -> String {
    let periods = match forecast.granularity() {
        Granularity::Quarter => "quarters",
        _ => "years",
    };
    let measurement = forecast.measurement.clone().unwrap_or_default();
    format!(
        "{} published {periods}, {} to {}, {}",
        forecast.observation_count,
        forecast
            .first_period
            .as_ref()
            .map_or_else(String::new, groups::period),
        forecast
            .last_period
            .as_ref()
            .map_or_else(String::new, groups::period),
        turnover::method(measurement.turnover_method(), &measurement.reporter),
    )
}

fn points(points: &[ForecastPoint]) -> Table {
    let mut table = Table::new(vec![
        Column::text("YEAR"),
        Column::number("FORECAST (M USD)"),
        Column::number("80 % INTERVAL"),
        Column::number("95 % INTERVAL"),
    ]);
    for point in points {
        let interval = |level: i32| {
            let found = point
                .intervals
                .iter()
                .find(|range| range.level_ppm == level);
            found.map_or_else(String::new, |range| {
                format!(
                    "{} to {}",
                    value::million_dollars(range.lower_cents),
                    value::million_dollars(range.upper_cents)
                )
            })
        };
        table.push(vec![
            point.year.to_string(),
            value::million_dollars(point.value_cents),
            interval(800_000),
            interval(950_000),
        ]);
    }
    table
}

fn methods(forecast: &TargetForecast) -> Table {
    let mut table = Table::new(vec![
        Column::text("METHOD"),
        Column::number("DUE YEAR (M USD)"),
        Column::number("ERROR A YEAR AHEAD"),
        Column::number("SCALED (MASE)"),
        Column::number("OF"),
    ]);
    let due = forecast.points.last().map(|point| point.value_cents);
    let name = forecast
        .model
        .as_ref()
        .map_or("", |model| model.name.as_str());
    table.push(method(name, due, &forecast.errors));
    for baseline in &forecast.baselines {
        table.push(method(
            baseline_name(baseline),
            baseline.value_cents,
            &baseline.errors,
        ));
    }
    table
}

fn method(name: &str, due: Option<i64>, errors: &[BacktestError]) -> Vec<String> {
    let first = errors.first();
    vec![
        name.to_owned(),
        due.map_or_else(|| "not applicable".to_owned(), value::million_dollars),
        first
            .and_then(|errors| errors.mape_ppm)
            .map_or_else(String::new, value::percent),
        first
            .and_then(|errors| errors.mase_ppm)
            .map_or_else(String::new, |ppm| {
                format!("{}.{:02}", ppm / 1_000_000, ppm % 1_000_000 / 10_000)
            }),
        first.map_or_else(
            || "0 forecasts".to_owned(),
            |errors| format!("{} forecasts", errors.forecast_count),
        ),
    ]
}

fn baseline_name(baseline: &ForecastBaseline) -> &'static str {
    match baseline.method() {
        forecast_baseline::Method::SeasonalNaive => "as in the last year",
        forecast_baseline::Method::LastGrowth => "the last growth goes on",
        forecast_baseline::Method::Unspecified => "",
    }
}

fn sheet(forecast: &TargetForecast) -> Sheet {
    let mut sheet = Sheet::new(&[
        "target",
        "year",
        "model",
        "value_cents",
        "standard_deviation_cents",
        "lower_80_cents",
        "upper_80_cents",
        "lower_95_cents",
        "upper_95_cents",
        "attainment_probability_ppm",
    ]);
    let target = forecast
        .target
        .as_ref()
        .map_or("", |target| target.name.as_str());
    let model = forecast
        .model
        .as_ref()
        .map_or("", |model| model.name.as_str());
    let due = forecast.points.last().map(|point| point.year);
    for point in &forecast.points {
        let ends = |level: i32| {
            let found = point
                .intervals
                .iter()
                .find(|range| range.level_ppm == level);
            found.map_or_else(Default::default, |range| {
                (range.lower_cents.to_string(), range.upper_cents.to_string())
            })
        };
        let (lower_80, upper_80) = ends(800_000);
        let (lower_95, upper_95) = ends(950_000);
        // The probability is that of the due year.
        let probability = if Some(point.year) == due {
            forecast.attainment_probability_ppm.to_string()
        } else {
            String::new()
        };
        sheet.push(vec![
            target.to_owned(),
            point.year.to_string(),
            model.to_owned(),
            point.value_cents.to_string(),
            point.standard_deviation_cents.to_string(),
            lower_80,
            upper_80,
            lower_95,
            upper_95,
            probability,
        ]);
    }
    sheet
}
