//! `accord trade turnover`.

use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{
    Granularity, Period, Qualifier, QuerySeriesRequest, QuerySeriesResponse, SeriesPoint,
    TurnoverMethod, Window,
};

use super::uses;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::error::Error;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::{names, when};

/// How to name a method here.
const METHODS: &str = "add --method as-reported --reporter PARTY, --method exports-of-both or --method imports-of-both";

/// How turnover is computed, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Method {
    /// The total that one party publishes; name it with --reporter.
    AsReported,
    /// Each party's exports as it reports them, added up.
    ExportsOfBoth,
    /// Each party's imports as it reports them, added up.
    ImportsOfBoth,
}

impl Method {
    /// The value of the contract.
    pub(super) fn of_contract(method: Option<Self>) -> TurnoverMethod {
        match method {
            None => TurnoverMethod::Unspecified,
            Some(Self::AsReported) => TurnoverMethod::AsReportedBy,
            Some(Self::ExportsOfBoth) => TurnoverMethod::ExportsOfBoth,
            Some(Self::ImportsOfBoth) => TurnoverMethod::ImportsOfBoth,
        }
    }
}

/// The length of the periods, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum By {
    Year,
    HalfYear,
    Quarter,
    Month,
    /// The twelve months that end with each month
    TwelveMonths,
    /// January to each month
    YearToDate,
}

/// Options of `accord trade turnover`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade turnover --method as-reported --reporter UZ --from 2018 --to 2025
  accord trade turnover --method exports-of-both --from 2022 --to 2022
  accord trade turnover --method as-reported --reporter KZ --known-on 2024-01-01
  accord trade turnover --method as-reported --reporter UZ --by month --from 2025 -o csv

There is no default method: the parties' own figures differ, and so do the methods.")]
pub(super) struct Args {
    /// How turnover is computed; must be given.
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Whose figures to take, with `as-reported`: ISO 3166-1 alpha-2.
    #[arg(long, value_name = "PARTY")]
    reporter: Option<String>,
    /// The other side, where the reporter has figures on several.
    #[arg(long, value_name = "PARTY")]
    partner: Option<String>,
    /// First year [default: the first with a figure].
    #[arg(long, value_name = "YEAR")]
    from: Option<i32>,
    /// Last year [default: the last with a figure].
    #[arg(long, value_name = "YEAR")]
    to: Option<i32>,
    /// The length of the periods.
    #[arg(long, value_enum, default_value = "year")]
    by: By,
    /// Answers as the publications stood at the end of this day, or at this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let request = QuerySeriesRequest {
        parent: names::partnership(connection, partnership).await?,
        granularity: match args.by {
            By::Year => Granularity::Year,
            By::Quarter => Granularity::Quarter,
            By::Month => Granularity::Month,
            By::HalfYear => Granularity::HalfYear,
            By::TwelveMonths => Granularity::RollingTwelveMonths,
            By::YearToDate => Granularity::YearToDate,
        }
        .into(),
        turnover_method: Method::of_contract(args.method).into(),
        reporter: args.reporter.clone().unwrap_or_default(),
        partner: args.partner.clone().unwrap_or_default(),
        start_year: args.from.unwrap_or_default(),
        end_year: args.to.unwrap_or_default(),
        known_time: args.known_on,
        ..QuerySeriesRequest::default()
    };
    let answer = TradeServiceClient::new(connection.clone())
        .query_series(request)
        .await
        .map_err(|status| {
            let refusal = Refusal::of(&status).with_hint("TURNOVER_METHOD_REQUIRED", METHODS);
            Error::Refused(Box::new(refusal))
        })?
        .into_inner();
    Ok(view(&answer))
}

fn view(answer: &QuerySeriesResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("PERIOD"),
        Column::number("USD MILLION"),
        Column::text("KNOWN AS"),
        Column::number("ON YEAR BEFORE"),
        Column::prose("RELEASES"),
    ]);
    for point in &answer.points {
        let growth = point
            .growth_on_year_ppm
            .map_or(String::new(), value::percent);
        let releases: Vec<&str> = point.releases.iter().map(|name| value::id(name)).collect();
        table.push(vec![
            point.period.as_ref().map_or(String::new(), period),
            point
                .value_cents
                .map_or("-".to_owned(), value::million_dollars),
            known_as(point),
            growth,
            releases.join(", "),
        ]);
    }
    let mut page = Page::new(vec![Block::Heading(heading(answer)), Block::Table(table)]);
    if answer.points.is_empty() {
        page.push(Block::Text("No year has a figure.".into()));
    }
    uses::push_warnings(
        &mut page,
        answer.points.iter().flat_map(|point| {
            let period = point.period.as_ref().map_or(String::new(), period);
            point
                .warnings
                .iter()
                .map(move |warning| (period.clone(), warning.description.clone()))
        }),
    );
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "points"),
        page,
        sheet: sheet(answer),
    }
}

fn heading(answer: &QuerySeriesResponse) -> String {
    let method = method(answer.turnover_method(), &answer.reporter);
    format!(
        "Turnover {}-{}, {method}, as known at {}",
        answer.reporter,
        answer.partner,
        value::instant(answer.known_time.as_ref())
    )
}

/// A method of computing turnover in words.
pub(in crate::commands) fn method(method: TurnoverMethod, reporter: &str) -> String {
    match method {
        TurnoverMethod::Unspecified => String::new(),
        TurnoverMethod::AsReportedBy => format!("as reported by {reporter}"),
        TurnoverMethod::ExportsOfBoth => "exports of both".to_owned(),
        TurnoverMethod::ImportsOfBoth => "imports of both".to_owned(),
    }
}

/// A period as people write it: `2022`, `2022-H1`, `2022-Q1`, `2022-03`, from January `2022-01/2022-03`, or
/// twelve months `2021-04/2022-03`.
pub(super) fn period(period: &Period) -> String {
    let Period { year, month, .. } = *period;
    match period.window() {
        Window::Unspecified | Window::Year => year.to_string(),
        Window::Quarter => format!("{year}-Q{}", month / 3),
        Window::Month => format!("{year}-{month:02}"),
        Window::JanuaryToMonth => format!("{year}-01/{year}-{month:02}"),
        Window::HalfYear => format!("{year}-H{}", month / 6),
        Window::TwelveMonths if month == 12 => format!("{year}-01/{year}-12"),
        Window::TwelveMonths => format!("{}-{:02}/{year}-{month:02}", year - 1, month + 1),
    }
}

fn known_as(point: &SeriesPoint) -> String {
    match (point.value_cents, point.qualifier()) {
        (None, _) => value::words(point.missing_reason().as_str_name(), "MISSING_REASON_"),
        (_, Qualifier::Rounded) => match value::million_dollars(point.uncertainty_cents) {
            less if less == "0.0" => "rounded".to_owned(),
            more => format!("± {more}"),
        },
        (_, qualifier) => value::words(qualifier.as_str_name(), "QUALIFIER_"),
    }
}

fn sheet(answer: &QuerySeriesResponse) -> Sheet {
    let mut sheet = Sheet::new(&[
        "period",
        "method",
        "reporter",
        "partner",
        "value_cents",
        "missing_reason",
        "qualifier",
        "uncertainty_cents",
        "growth_on_previous_ppm",
        "growth_on_year_ppm",
        "releases",
    ]);
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    for point in &answer.points {
        sheet.push(vec![
            point.period.as_ref().map_or(String::new(), period),
            value::words(answer.turnover_method().as_str_name(), "TURNOVER_METHOD_"),
            answer.reporter.clone(),
            answer.partner.clone(),
            number(point.value_cents),
            value::words(point.missing_reason().as_str_name(), "MISSING_REASON_"),
            value::words(point.qualifier().as_str_name(), "QUALIFIER_"),
            point
                .value_cents
                .map_or(String::new(), |_| point.uncertainty_cents.to_string()),
            number(point.growth_on_previous_ppm),
            number(point.growth_on_year_ppm),
            point.releases.join(" "),
        ]);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Format;

    #[test]
    fn missing_is_never_zero_and_rounded_says_how_far() {
        let year = |year| {
            Some(Period {
                window: Window::Year.into(),
                year,
                month: 12,
            })
        };
        let answer = QuerySeriesResponse {
            points: vec![
                SeriesPoint {
                    period: year(2022),
                    value_cents: Some(500_000_000_000),
                    qualifier: Qualifier::Rounded.into(),
                    uncertainty_cents: 5_000_000_000,
                    growth_on_year_ppm: Some(-12_345),
                    releases: vec!["partnerships/xa-xb/releases/first".into()],
                    ..SeriesPoint::default()
                },
                SeriesPoint {
                    period: year(2023),
                    missing_reason: accord_proto::trade::v1::MissingReason::NotPublished.into(),
                    ..SeriesPoint::default()
                },
            ],
            turnover_method: TurnoverMethod::AsReportedBy.into(),
            reporter: "XA".into(),
            partner: "XB".into(),
            ..QuerySeriesResponse::default()
        };
        let mut out = Vec::new();
        view(&answer).write(Format::Table, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\
Turnover XA-XB, as reported by XA, as known at
PERIOD  USD MILLION  KNOWN AS       ON YEAR BEFORE  RELEASES
2022        5,000.0  ± 50.0                 -1.2 %  first
2023              -  not published
"
        );
    }

    #[test]
    fn periods_read_as_they_are_written_in_files() {
        let period = |window: Window, month| {
            super::period(&Period {
                window: window.into(),
                year: 2022,
                month,
            })
        };
        assert_eq!(period(Window::Year, 12), "2022");
        assert_eq!(period(Window::Quarter, 6), "2022-Q2");
        assert_eq!(period(Window::Month, 3), "2022-03");
        assert_eq!(period(Window::HalfYear, 12), "2022-H2");
        assert_eq!(period(Window::TwelveMonths, 3), "2021-04/2022-03");
        assert_eq!(period(Window::TwelveMonths, 12), "2022-01/2022-12");
        assert_eq!(period(Window::JanuaryToMonth, 9), "2022-01/2022-09");
    }
}
