//! `accord trade target`.

use accord_proto::trade::v1::target_service_client::TargetServiceClient;
use accord_proto::trade::v1::{
    ForecastTargetRequest, GetTargetProgressRequest, ListTargetsRequest, Measurement, Qualifier,
    Target, TargetProgress, target,
};

use super::forecast;
use super::outcomes;
use super::turnover::{self, Method};
use super::uses;
use crate::client::Connection;
use crate::error::Error;
use crate::paging;
use crate::render::{Answer, Block, Page, Sheet, View, value};
use crate::{names, when};

/// Options of `accord trade target`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade target
  accord trade target turnover-2030 --method as-reported --reporter KZ
  accord trade target --known-on 2024-01-01 -o json
  accord trade target --forecast -o csv

With --forecast the json, jsonl and csv forms hold the forecast alone; the table shows it below the progress in
any case, or says why there is none.")]
pub(super) struct Args {
    /// The target, by its id or full name [default: the one that stands].
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// Measures in another way than the target defines.
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Whose figures to take, with `as-reported`.
    #[arg(long, value_name = "PARTY", requires = "method")]
    reporter: Option<String>,
    /// The year to measure [default: the latest that has ended and has a figure].
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// Answers as the publications stood at the end of this day, or at this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    /// Answers with the forecast of the years up to the due one, and the probability of reaching the target.
    #[arg(long, conflicts_with = "year")]
    forecast: bool,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let name = match &args.target {
        Some(given) => names::resource(connection, partnership, "targets", given).await?,
        None => standing(connection, partnership).await?,
    };
    let measurement = args.method.map(|method| Measurement {
        turnover_method: Method::of_contract(Some(method)).into(),
        reporter: args.reporter.clone().unwrap_or_default(),
    });
    let mut targets = TargetServiceClient::new(connection.clone());
    let request = ForecastTargetRequest {
        name: name.clone(),
        known_time: args.known_on,
        measurement: measurement.clone(),
        ..ForecastTargetRequest::default()
    };
    let forecast = targets.forecast_target(request).await;
    if args.forecast {
        return Ok(forecast::view(&forecast?.into_inner()));
    }
    let request = GetTargetProgressRequest {
        name,
        known_time: args.known_on,
        measured_year: args.year.unwrap_or_default(),
        measurement,
        ..GetTargetProgressRequest::default()
    };
    let progress = targets.get_target_progress(request).await?.into_inner();
    let mut view = view(&progress);
    outcomes::push(&mut view.page, &progress);
    forecast::push_result(&mut view.page, forecast.map(tonic::Response::into_inner));
    uses::push_releases(&mut view.page, &progress.releases);
    Ok(view)
}

/// The name of the only target that has not been superseded.
async fn standing(connection: &Connection, partnership: Option<&str>) -> Result<String, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(None, async |page_size, page_token| {
        let request = ListTargetsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            ..ListTargetsRequest::default()
        };
        let answer = TargetServiceClient::new(connection.clone())
            .list_targets(request)
            .await?
            .into_inner();
        Ok((answer.targets, answer.next_page_token))
    })
    .await?;
    let stands: Vec<&Target> = listing
        .items
        .iter()
        .filter(|target| target.state() == target::State::Active)
        .collect();
    match stands.as_slice() {
        [] => Err(Error::Failed(format!("{parent} has no target"))),
        [only] => Ok(only.name.clone()),
        several => {
            let ids: Vec<&str> = several
                .iter()
                .map(|target| value::id(&target.name))
                .collect();
            Err(Error::Usage(format!(
                "there is more than one target; name one: {}",
                ids.join(", ")
            )))
        }
    }
}

fn view(progress: &TargetProgress) -> View {
    let target = progress.target.clone().unwrap_or_default();
    let measurement = progress.measurement.clone().unwrap_or_default();
    let measured = turnover::method(measurement.turnover_method(), &measurement.reporter);
    let baseline_year = target.baseline.as_ref().map_or(0, |baseline| baseline.year);
    let money = |cents: Option<i64>| {
        cents.map_or("not known".to_owned(), |cents| {
            format!("{} million dollars", value::million_dollars(cents))
        })
    };
    let percent = |ppm: Option<i64>| {
        ppm.map_or(String::new(), |ppm| {
            format!("{} a year", value::percent(ppm))
        })
    };
    let bound = match progress.qualifier() {
        Qualifier::LowerBound => "more than ",
        _ => "",
    };
    let share = progress.attained_share_ppm.map_or(String::new(), |ppm| {
        format!(", {} of the target", value::percent(ppm))
    });
    let mut page = Page::new(vec![
        Block::Heading(target.display_name.clone()),
        Block::Text(target.name.clone()),
        Block::Pairs(vec![
            (
                "Target",
                format!(
                    "{} in {}",
                    money(Some(target.value_cents)),
                    target.due_date.as_ref().map_or(0, |date| date.year)
                ),
            ),
            ("Adopted", value::date(target.adopt_date.as_ref())),
            ("Superseded by", value::id(&target.successor).to_owned()),
            ("Measured", measured.clone()),
            (
                "Attained",
                format!(
                    "{bound}{} in {}{share}",
                    money(progress.attained_cents),
                    progress.measured_year
                ),
            ),
            ("Remaining", money(progress.remaining_cents)),
            (
                "Growth needed",
                match percent(progress.required_growth_ppm) {
                    text if text.is_empty() => text,
                    text => format!("{text} for {} years", progress.years_remaining),
                },
            ),
            (
                "Growth so far",
                match percent(progress.growth_so_far_ppm) {
                    text if text.is_empty() => text,
                    text => format!(
                        "{text} since {baseline_year} ({})",
                        money(progress.baseline_cents)
                    ),
                },
            ),
            ("As known at", value::instant(progress.known_time.as_ref())),
        ]),
    ]);
    uses::push_warnings(
        &mut page,
        progress
            .warnings
            .iter()
            .map(|warning| (String::new(), warning.description.clone())),
    );
    View {
        answer: Answer::of(progress),
        page,
        sheet: sheet(progress, &target, measured),
    }
}

fn sheet(progress: &TargetProgress, target: &Target, measured: String) -> Sheet {
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    let mut sheet = Sheet::new(&[
        "target",
        "value_cents",
        "due_date",
        "measured",
        "measured_year",
        "attained_cents",
        "attained_share_ppm",
        "remaining_cents",
        "years_remaining",
        "required_growth_ppm",
        "growth_so_far_ppm",
    ]);
    sheet.push(vec![
        target.name.clone(),
        target.value_cents.to_string(),
        value::date(target.due_date.as_ref()),
        measured,
        progress.measured_year.to_string(),
        number(progress.attained_cents),
        number(progress.attained_share_ppm),
        number(progress.remaining_cents),
        progress.years_remaining.to_string(),
        number(progress.required_growth_ppm),
        number(progress.growth_so_far_ppm),
    ]);
    sheet
}
