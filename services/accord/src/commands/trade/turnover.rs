//! `accord trade turnover`.

mod sheet;

use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{
    Granularity, MixedScopePolicy, Qualifier, QuerySeriesRequest, QuerySeriesResponse,
    SeriesDimension, SeriesPoint, TurnoverMethod,
};

use super::as_of::AsOf;
use super::classifications::Edition;
use super::groups::{self, Level, percent, period};
use super::uses;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::error::Error;
use crate::names;
use crate::render::{Answer, Block, Column, Page, Table, View, value};

/// How to name a method here.
pub(super) const METHODS: &str = "add --method as-reported --reporter PARTY, --method exports-of-both or --method imports-of-both";

/// How turnover is computed, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Method {
    /// The total that one party publishes; name it with --reporter.
    #[value(alias = "as-reported-by")]
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
  accord trade turnover --method as-reported --reporter KZ --group-by commodity --level chapter --from 2023 --to 2024
  accord trade turnover --method exports-of-both --group-by reporter,flow --base 2021
  accord trade turnover --method as-reported --reporter UZ --by quarter --group-by region --commodity 27 --edition H6

There is no default method: the parties' own figures differ, and so do the methods. Shares and contributions are parts of the
whole and of its growth on the year before; the index is 100 % in the base period; unit values are dollars a tonne over the
figures that were published with a weight. In CSV rates are parts per million and money is US cents.")]
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
    /// By what the series is grouped.
    #[arg(long, value_name = "WHAT,…", value_enum, value_delimiter = ',')]
    group_by: Vec<Dimension>,
    /// The level of the commodities, when grouped by them.
    #[arg(long, value_enum)]
    level: Option<Level>,
    /// Only this HS code and what it takes in; needs --edition.
    #[arg(long, value_name = "CODE", requires = "edition")]
    commodity: Option<String>,
    /// The edition of --commodity.
    #[arg(long, value_enum, ignore_case = true)]
    edition: Option<Edition>,
    /// Only this region of the reporter: ISO 3166-2.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The period on which indices are based, written as the periods are shown.
    #[arg(long, value_name = "PERIOD")]
    base: Option<String>,
    /// What to do where figures of unlike scope or valuation would be added.
    #[arg(long, value_enum, default_value = "warn")]
    unlike: Unlike,
    #[command(flatten)]
    as_of: AsOf,
}

/// By what a series is grouped, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Dimension {
    Flow,
    /// Needs --level
    Commodity,
    /// Of the reporter
    Region,
    /// The two parties, each as it reports itself
    Reporter,
}

impl From<Dimension> for SeriesDimension {
    fn from(dimension: Dimension) -> Self {
        match dimension {
            Dimension::Flow => Self::Flow,
            Dimension::Commodity => Self::Commodity,
            Dimension::Region => Self::Region,
            Dimension::Reporter => Self::Reporter,
        }
    }
}

/// What to do where unlike figures would be added, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Unlike {
    Warn,
    Refuse,
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
        commodity: args.commodity.clone().unwrap_or_default(),
        hs_edition: args
            .edition
            .map_or(0, |edition| edition.of_contract().into()),
        region: args.region.clone().unwrap_or_default(),
        known_time: args.as_of.known_on,
        recorded_before: args.as_of.recorded_before,
        mixed_scope_policy: match args.unlike {
            Unlike::Warn => MixedScopePolicy::Warn,
            Unlike::Refuse => MixedScopePolicy::Refuse,
        }
        .into(),
        group_by: args
            .group_by
            .iter()
            .map(|dimension| SeriesDimension::from(*dimension).into())
            .collect(),
        commodity_level: args.level.map_or(0, |level| level.of_contract().into()),
        base_period: args.base.clone().unwrap_or_default(),
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
    let has_index = answer.points.iter().any(|point| point.index_ppm.is_some());
    let mut columns = vec![
        Column::text("PERIOD"),
        Column::number("USD MILLION"),
        Column::text("KNOWN AS"),
        Column::number("ON YEAR BEFORE"),
    ];
    if has_index {
        columns.push(Column::number("INDEX"));
    }
    columns.push(Column::prose("RELEASES"));
    let mut table = Table::new(columns);
    for point in &answer.points {
        let releases: Vec<&str> = point.releases.iter().map(|name| value::id(name)).collect();
        let mut row = vec![
            point.period.as_ref().map_or(String::new(), period),
            point
                .value_cents
                .map_or("-".to_owned(), value::million_dollars),
            known_as(point),
            percent(point.growth_on_year_ppm),
        ];
        if has_index {
            row.push(percent(point.index_ppm));
        }
        row.push(releases.join(", "));
        table.push(row);
    }
    let mut page = Page::new(vec![Block::Heading(heading(answer)), Block::Table(table)]);
    if answer.points.is_empty() {
        page.push(Block::Text("No year has a figure.".into()));
    }
    for group in &answer.groups {
        page.push(Block::Heading(groups::key(group.key.as_ref())));
        page.push(Block::Table(group_table(&group.points)));
    }
    let of_groups = answer.groups.iter().flat_map(|group| {
        let key = groups::key(group.key.as_ref());
        warnings(&group.points).map(move |(period, text)| (format!("{period} {key}"), text))
    });
    uses::push_warnings(&mut page, warnings(&answer.points).chain(of_groups));
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "points"),
        page,
        sheet: sheet::of(answer),
    }
}

/// The warnings of points, each with its period.
fn warnings(points: &[SeriesPoint]) -> impl Iterator<Item = (String, String)> {
    points.iter().flat_map(|point| {
        let period = point.period.as_ref().map_or(String::new(), period);
        let texts = point.warnings.iter();
        texts.map(move |warning| (period.clone(), warning.description.clone()))
    })
}

/// The series of a group, period by period.
fn group_table(points: &[SeriesPoint]) -> Table {
    let mut table = Table::new(vec![
        Column::text("PERIOD"),
        Column::number("USD MILLION"),
        Column::number("SHARE"),
        Column::number("ON PERIOD BEFORE"),
        Column::number("ON YEAR BEFORE"),
        Column::number("CONTRIBUTION"),
        Column::number("INDEX"),
        Column::number("USD/T"),
    ]);
    for point in points {
        table.push(vec![
            point.period.as_ref().map_or(String::new(), period),
            groups::money(point.value_cents, point.qualifier()),
            percent(point.share_ppm),
            percent(point.growth_on_previous_ppm),
            percent(point.growth_on_year_ppm),
            percent(point.contribution_on_year_ppm),
            percent(point.index_ppm),
            groups::unit_value(point.unit_value_cents_per_tonne),
        ]);
    }
    table
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

#[cfg(test)]
mod tests {
    use accord_proto::trade::v1::{Flow, GroupKey, Period, SeriesGroup, Window};

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
    fn groups_stand_below_the_whole_and_in_its_sheet() {
        let period = Some(Period {
            window: Window::Year.into(),
            year: 2023,
            month: 12,
        });
        let point = SeriesPoint {
            period,
            value_cents: Some(250_000_000),
            qualifier: Qualifier::LowerBound.into(),
            share_ppm: Some(250_000),
            growth_on_year_ppm: Some(100_000),
            contribution_on_year_ppm: Some(20_000),
            index_ppm: Some(1_100_000),
            unit_value_cents_per_tonne: Some(123_400),
            ..SeriesPoint::default()
        };
        let answer = QuerySeriesResponse {
            points: vec![SeriesPoint {
                period,
                value_cents: Some(1_000_000_000),
                qualifier: Qualifier::Exact.into(),
                index_ppm: Some(1_000_000),
                ..SeriesPoint::default()
            }],
            groups: vec![SeriesGroup {
                key: Some(GroupKey {
                    flow: Flow::Export.into(),
                    ..GroupKey::default()
                }),
                points: vec![point],
            }],
            reporter: "XA".into(),
            partner: "XB".into(),
            turnover_method: TurnoverMethod::AsReportedBy.into(),
            ..QuerySeriesResponse::default()
        };
        let written = |format| {
            let mut out = Vec::new();
            view(&answer).write(format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            written(Format::Table),
            "\
Turnover XA-XB, as reported by XA, as known at
PERIOD  USD MILLION  KNOWN AS  ON YEAR BEFORE    INDEX  RELEASES
2023           10.0  exact                     100.0 %

export
PERIOD  USD MILLION   SHARE  ON PERIOD BEFORE  ON YEAR BEFORE  CONTRIBUTION    INDEX  USD/T
2023          ≥ 2.5  25.0 %                            10.0 %         2.0 %  110.0 %  1,234
"
        );
        let csv = written(Format::Csv);
        assert!(csv.contains("2023,as reported by,XA,XB,250000000,,lower bound,0,,100000,,export,,,,,250000,,20000,1100000,,123400\n"), "{csv}");
    }
}
