//! `accord roadmaps forecast`.

use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    ForecastBacktest, ForecastBasis, GetRoadmapForecastRequest, RoadmapForecast,
};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps forecast`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps forecast lantern-towns
  accord roadmaps forecast lantern-towns --weeks 52 --known-on 2025-06-30 -o json

The forecast draws possible futures from how many measures both sides attested in each past week. It is refused where too little was.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// How many past weeks to draw from at most, 8 to 260 [default: 26].
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(i32).range(8..=260))]
    weeks: Option<i32>,
    /// Counts only what was recorded by the end of this day, or by this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let request = GetRoadmapForecastRequest {
        name: names::resource(connection, partnership, "roadmaps", &args.roadmap).await?,
        known_time: args.known_on,
        history_weeks: args.weeks.unwrap_or_default(),
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .get_roadmap_forecast(request)
        .await?
        .into_inner();
    Ok(view(&answer))
}

fn view(answer: &RoadmapForecast) -> View {
    let mut sheet = Sheet::new(&["roadmap", "probability_ppm", "finish_date", "weeks"]);
    let mut table = Table::new(vec![
        Column::number("PROBABILITY"),
        Column::text("FINISHED BY"),
        Column::number("WEEKS"),
    ]);
    for quantile in &answer.quantiles {
        let date = value::date(quantile.finish_date.as_ref());
        let told = if date.is_empty() {
            "not within ten years".to_owned()
        } else {
            date.clone()
        };
        table.push(vec![
            value::percent(quantile.probability_ppm),
            told,
            quantile.weeks.to_string(),
        ]);
        sheet.push(vec![
            answer.roadmap.clone(),
            quantile.probability_ppm.to_string(),
            date,
            quantile.weeks.to_string(),
        ]);
    }
    let mut page = Page::new(vec![Block::Text(standing(answer))]);
    if !table.is_empty() {
        page.push(Block::Table(table));
    }
    if let Some(ppm) = answer.by_period_end_ppm {
        let text = format!(
            "By the end of the roadmap's period: {}.",
            value::percent(ppm)
        );
        page.push(Block::Text(text));
    }
    if let Some(basis) = &answer.basis {
        page.push(Block::Text(based_on(basis)));
        page.push(Block::Text(answer.backtest.as_ref().map_or_else(
            || "The past is too short to try the method on it.".to_owned(),
            tried,
        )));
    }
    View {
        answer: Answer::of(answer),
        page,
        sheet,
    }
}

fn standing(answer: &RoadmapForecast) -> String {
    let agreed = answer.agreed_count;
    match (answer.remaining_count, &answer.finish_date) {
        (0, Some(day)) => format!(
            "All {agreed} measures are attested; the last was on {}.",
            value::date(Some(day))
        ),
        (0, None) => "No measures are agreed.".to_owned(),
        (remaining, _) => format!("{remaining} of {agreed} measures are not attested yet."),
    }
}

fn based_on(basis: &ForecastBasis) -> String {
    let weekly: Vec<String> = basis
        .weekly_attested_counts
        .iter()
        .map(ToString::to_string)
        .collect();
    format!(
        "Drawn {} times (seed {}) from the weeks from {} to {}, in which so many were attested: {}.",
        basis.simulation_count,
        basis.seed,
        value::date(basis.history_start_date.as_ref()),
        value::date(basis.history_end_date.as_ref()),
        weekly.join(" ")
    )
}

fn tried(backtest: &ForecastBacktest) -> String {
    let off = backtest.mean_absolute_error_milli;
    format!(
        "Tried on the past {} times, {} weeks ahead: off by {}.{:03} measures on average, and within the middle 80 % in {}.",
        backtest.trial_count,
        backtest.weeks_ahead,
        off / 1_000,
        off % 1_000,
        value::percent(backtest.coverage_80_ppm)
    )
}
