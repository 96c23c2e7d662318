//! `accord trade explain`.

mod view;

use accord_proto::trade::v1::explain_figure_request::Question;
use accord_proto::trade::v1::target_service_client::TargetServiceClient;
use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{
    CommodityLevel, ExplainFigureRequest, ExplainFigureResponse, Flow, GetTargetRequest,
    Granularity, GroupKey, QueryBreakdownRequest, QuerySeriesRequest, SeriesDimension,
    TurnoverMethod,
};

use super::as_of::AsOf;
use super::classifications::Edition;
use super::turnover::{METHODS, Method};
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::error::Error;
use crate::names;
use crate::render::View;

/// How many published figures one call asks for at most.
const PAGE: u32 = 500;

/// Options of `accord trade explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade explain --period 2022 --method as-reported --reporter KZ
  accord trade explain --period 2022 --method as-reported --reporter KZ --known-on 2024-01-01
  accord trade explain --period 2022 --method exports-of-both
  accord trade explain --period 2025 --target turnover-10bn-2030
  accord trade explain --period 2024-Q1 --method as-reported --reporter UZ --group 27 --edition H6 --flow export
  accord trade explain --period 2024 --breakdown --method as-reported --reporter UZ --group 2709 --edition H6

Without --flow, --group, --group-region and --group-reporter the figure is of the series of the whole. With --breakdown it is
a row of `accord trade breakdown` instead of a point of `accord trade turnover`. Steps are numbered as a tree: 1.2 is a part
of 1. The JSON form holds as many published figures as --limit says, and the token of the next page.")]
pub(super) struct Args {
    /// The period: 2024, 2024-H1, 2024-Q1, 2024-03, 2024-01/2024-03 from January, or 2023-04/2024-03 for twelve months.
    #[arg(long, value_name = "PERIOD")]
    period: String,
    /// How turnover is computed; must be given.
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Whose figures to take, with `as-reported`: ISO 3166-1 alpha-2.
    #[arg(long, value_name = "PARTY")]
    reporter: Option<String>,
    /// The other side, where the reporter has figures on several.
    #[arg(long, value_name = "PARTY")]
    partner: Option<String>,
    /// Takes method and parties from this target, by its id or full name.
    #[arg(long, value_name = "TARGET", conflicts_with_all = ["method", "reporter", "partner"])]
    target: Option<String>,
    /// Only this flow.
    #[arg(long, value_enum)]
    flow: Option<OneFlow>,
    /// The section, chapter, heading or subheading that the figure is of: XVI, 27, 2709, 270900; needs --edition.
    #[arg(long, value_name = "CODE", requires = "edition")]
    group: Option<String>,
    /// The region that the figure is of, as one of a series by regions.
    #[arg(long, value_name = "REGION")]
    group_region: Option<String>,
    /// The party that the figure is of, as one of a series by reporters.
    #[arg(long, value_name = "PARTY")]
    group_reporter: Option<String>,
    /// Only this HS code, as asked for in the question; needs --edition.
    #[arg(long, value_name = "CODE", requires = "edition")]
    commodity: Option<String>,
    /// The edition of --group and --commodity.
    #[arg(long, value_enum, ignore_case = true)]
    edition: Option<Edition>,
    /// Only this region of the reporter, as asked for in the question: ISO 3166-2.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The figure is a row of a breakdown.
    #[arg(long)]
    breakdown: bool,
    #[command(flatten)]
    as_of: AsOf,
    /// How many published figures to show at most.
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// One direction, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum OneFlow {
    Export,
    Import,
}

/// How turnover is measured.
struct Measured {
    method: TurnoverMethod,
    reporter: String,
    partner: String,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let measured = measured(connection, partnership, args).await?;
    let parent = names::partnership(connection, partnership).await?;
    let answer = fetch(connection, request(parent, args, measured), args.limit).await?;
    Ok(view::of(&answer))
}

/// The method and the parties that are named, or those of a target.
async fn measured(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<Measured, Error> {
    let Some(given) = &args.target else {
        return Ok(Measured {
            method: Method::of_contract(args.method),
            reporter: args.reporter.clone().unwrap_or_default(),
            partner: args.partner.clone().unwrap_or_default(),
        });
    };
    let name = names::resource(connection, partnership, "targets", given).await?;
    let mut targets = TargetServiceClient::new(connection.clone());
    let request = GetTargetRequest { name };
    let target = targets.get_target(request).await?.into_inner();
    let measurement = target.measurement.unwrap_or_default();
    let mut parties = target.parties;
    if parties.last() == Some(&measurement.reporter) {
        parties.reverse();
    }
    let mut parties = parties.into_iter();
    Ok(Measured {
        method: measurement.turnover_method(),
        reporter: parties.next().unwrap_or_default(),
        partner: parties.next().unwrap_or_default(),
    })
}

/// Asks page after page until the limit or the end, as one answer.
async fn fetch(
    connection: &Connection,
    mut request: ExplainFigureRequest,
    limit: u32,
) -> Result<ExplainFigureResponse, Error> {
    let mut client = TradeServiceClient::new(connection.clone());
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut whole: Option<ExplainFigureResponse> = None;
    loop {
        let shown = whole.as_ref().map_or(0, |answer| answer.cells.len());
        let size = limit.saturating_sub(shown).min(PAGE as usize);
        request.page_size = i32::try_from(size).unwrap_or(i32::MAX);
        let page = client
            .explain_figure(request.clone())
            .await
            .map_err(|status| {
                let refusal = Refusal::of(&status).with_hint("TURNOVER_METHOD_REQUIRED", METHODS);
                Error::Refused(Box::new(refusal))
            })?
            .into_inner();
        request.page_token.clone_from(&page.next_page_token);
        let answer = match whole.take() {
            None => page,
            Some(mut answer) => {
                answer.cells.extend(page.cells);
                answer.next_page_token = page.next_page_token;
                let known = answer.releases.clone();
                let is_new = |used: &_| !known.contains(used);
                answer
                    .releases
                    .extend(page.releases.into_iter().filter(is_new));
                answer.releases.sort_by(|a, b| a.release.cmp(&b.release));
                answer
            }
        };
        if request.page_token.is_empty() || answer.cells.len() >= limit {
            return Ok(answer);
        }
        whole = Some(answer);
    }
}

fn request(parent: String, args: &Args, measured: Measured) -> ExplainFigureRequest {
    let flow = match args.flow {
        None => Flow::Unspecified,
        Some(OneFlow::Export) => Flow::Export,
        Some(OneFlow::Import) => Flow::Import,
    };
    let edition: i32 = args
        .edition
        .map_or(0, |edition| edition.of_contract().into());
    let group = GroupKey {
        flow: flow.into(),
        commodity: args.group.clone().unwrap_or_default(),
        hs_edition: args.group.as_ref().map_or(0, |_| edition),
        region: args.group_region.clone().unwrap_or_default(),
        reporter: args.group_reporter.clone().unwrap_or_default(),
    };
    let group = (group != GroupKey::default()).then_some(group);
    let question = if args.breakdown {
        Question::Breakdown(breakdown(args, measured, flow, edition))
    } else {
        Question::Series(series(args, measured, flow, edition))
    };
    ExplainFigureRequest {
        parent,
        question: Some(question),
        period: args.period.clone(),
        group,
        ..ExplainFigureRequest::default()
    }
}

fn series(args: &Args, measured: Measured, flow: Flow, edition: i32) -> QuerySeriesRequest {
    let by = [
        (flow != Flow::Unspecified, SeriesDimension::Flow),
        (args.group.is_some(), SeriesDimension::Commodity),
        (args.group_region.is_some(), SeriesDimension::Region),
        (args.group_reporter.is_some(), SeriesDimension::Reporter),
    ];
    let given = by.into_iter().filter(|(is_given, _)| *is_given);
    QuerySeriesRequest {
        granularity: granularity(&args.period).into(),
        turnover_method: measured.method.into(),
        reporter: measured.reporter,
        partner: measured.partner,
        commodity: args.commodity.clone().unwrap_or_default(),
        hs_edition: edition,
        region: args.region.clone().unwrap_or_default(),
        known_time: args.as_of.known_on,
        recorded_before: args.as_of.recorded_before,
        group_by: given.map(|(_, dimension)| dimension.into()).collect(),
        commodity_level: args.group.as_deref().map_or(0, |code| level(code).into()),
        ..QuerySeriesRequest::default()
    }
}

fn breakdown(args: &Args, measured: Measured, flow: Flow, edition: i32) -> QueryBreakdownRequest {
    QueryBreakdownRequest {
        period: args.period.clone(),
        turnover_method: measured.method.into(),
        reporter: measured.reporter,
        partner: measured.partner,
        dimension: match &args.group {
            Some(_) => SeriesDimension::Commodity,
            None => SeriesDimension::Region,
        }
        .into(),
        commodity_level: args.group.as_deref().map_or(0, |code| level(code).into()),
        flow: flow.into(),
        commodity: args.commodity.clone().unwrap_or_default(),
        hs_edition: edition,
        region: args.region.clone().unwrap_or_default(),
        known_time: args.as_of.known_on,
        recorded_before: args.as_of.recorded_before,
        ..QueryBreakdownRequest::default()
    }
}

/// The level of a code: sections are numbered in Roman numerals, and a chapter that is in none stands for itself.
fn level(code: &str) -> CommodityLevel {
    let is_number = code.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number, code.len()) {
        (false, _) => CommodityLevel::Section,
        (true, ..=2) => CommodityLevel::Chapter,
        (true, 3 | 4) => CommodityLevel::Heading,
        (true, _) => CommodityLevel::Subheading,
    }
}

/// The granularity of which a text is a period; the service says what is wrong with one that is none.
fn granularity(period: &str) -> Granularity {
    if let Some((first, last)) = period.split_once('/') {
        let year = |month: &str| month.split('-').next().map(str::to_owned);
        return if year(first) == year(last) {
            Granularity::YearToDate
        } else {
            Granularity::RollingTwelveMonths
        };
    }
    match period.split_once('-') {
        None => Granularity::Year,
        Some((_, rest)) if rest.starts_with('Q') => Granularity::Quarter,
        Some((_, rest)) if rest.starts_with('H') => Granularity::HalfYear,
        Some(_) => Granularity::Month,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_tells_the_granularity_and_a_code_its_level() {
        for (period, expected) in [
            ("2022", Granularity::Year),
            ("2022-Q1", Granularity::Quarter),
            ("2022-H2", Granularity::HalfYear),
            ("2022-03", Granularity::Month),
            ("2022-01/2022-03", Granularity::YearToDate),
            ("2021-04/2022-03", Granularity::RollingTwelveMonths),
        ] {
            assert_eq!(granularity(period), expected, "{period}");
        }
        for (code, expected) in [
            ("XVI", CommodityLevel::Section),
            ("27", CommodityLevel::Chapter),
            ("2709", CommodityLevel::Heading),
            ("270900", CommodityLevel::Subheading),
        ] {
            assert_eq!(level(code), expected, "{code}");
        }
    }
}
