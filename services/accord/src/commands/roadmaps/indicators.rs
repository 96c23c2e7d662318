//! `accord roadmaps indicators`, `values` and `record`.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::indicator_service_client::IndicatorServiceClient;
use accord_proto::roadmaps::v1::{
    GetIndicatorReportsRequest, GetIndicatorReportsResponse, IndicatorActual,
    ListIndicatorActualsRequest, ListIndicatorActualsResponse, RecordIndicatorActualRequest,
    Source,
};

use super::care;
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps indicators`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps indicators river-towns/ferry               both sides' values side by side
  accord roadmaps indicators river-towns/ferry --known-on 2022-12-31")]
pub(super) struct Args {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// As known on a day or at a moment; now when left out.
    #[arg(long, value_name = "WHEN", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
}

/// Options of `accord roadmaps values`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps values river-towns/ferry                   every word, replaced ones too
  accord roadmaps values river-towns/ferry -o csv")]
pub(super) struct ListArgs {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    #[command(flatten)]
    limit: LimitArg,
}

/// Options of `accord roadmaps record`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps record river-towns/ferry passengers 1250 --from 2022-01-01 --to 2022-03-31 \\
      --source https://example.org/q1 --token-file uz.token

The value is your side's word; the other side's stays beside it.")]
pub(super) struct RecordArgs {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// The indicator's id in the measure.
    #[arg(value_name = "INDICATOR")]
    indicator: String,
    /// The value, in the indicator's unit.
    #[arg(value_name = "VALUE", allow_negative_numbers = true)]
    value: String,
    /// The first day that the value is of.
    #[arg(long, value_name = "DAY", value_parser = when::day)]
    from: Date,
    /// The last day that the value is of.
    #[arg(long, value_name = "DAY", value_parser = when::day)]
    to: Date,
    /// Where the value was published.
    #[arg(long, value_name = "URL")]
    source: String,
    /// What the source says or lacks.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// Names this call and its retries, so that they have one effect.
    #[arg(long, value_name = "UUID4", default_value = "")]
    request_id: String,
    /// Only checks whether it could be recorded.
    #[arg(long)]
    check: bool,
}

pub(super) async fn reports(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<View, Error> {
    let request = GetIndicatorReportsRequest {
        measure: care::measure(connection, partnership, &args.measure).await?,
        known_time: args.known_on,
    };
    let mut client = IndicatorServiceClient::new(connection.clone());
    let answer = client.get_indicator_reports(request).await?.into_inner();
    Ok(reports_view(&answer, language))
}

fn reports_view(answer: &GetIndicatorReportsResponse, language: &str) -> View {
    let mut page = Page::new(Vec::new());
    let mut sheet = Sheet::new(&[
        "indicator",
        "unit",
        "baseline",
        "target",
        "start_date",
        "end_date",
        "party",
        "value",
        "difference",
    ]);
    for report in &answer.indicator_reports {
        let indicator = report.indicator.clone().unwrap_or_default();
        let title = super::pick(&indicator.titles, language);
        page.push(Block::Heading(format!(
            "{title} ({}, {})",
            indicator.indicator_id, indicator.unit
        )));
        let live = report.trade_value.clone();
        let read = live.as_ref().map_or(String::new(), |live| {
            format!("{} ({})", live.value, live.measured_year)
        });
        page.push(Block::Pairs(vec![
            ("Baseline", indicator.baseline.clone()),
            ("Target", indicator.target.clone()),
            ("Trade service", read),
        ]));
        let mut table = Table::new(vec![
            Column::text("FROM"),
            Column::text("TO"),
            Column::text("VALUES"),
            Column::number("DIFFERENCE"),
        ]);
        for period in &report.periods {
            let start = value::date(period.start_date.as_ref());
            let end = value::date(period.end_date.as_ref());
            let values = period.actuals.iter();
            let values: Vec<_> = values
                .map(|actual| format!("{} {}", actual.party, actual.value))
                .collect();
            table.push(vec![
                start.clone(),
                end.clone(),
                values.join(", "),
                period.difference.clone(),
            ]);
            for actual in &period.actuals {
                sheet.push(vec![
                    indicator.indicator_id.clone(),
                    indicator.unit.clone(),
                    indicator.baseline.clone(),
                    indicator.target.clone(),
                    start.clone(),
                    end.clone(),
                    actual.party.clone(),
                    actual.value.clone(),
                    period.difference.clone(),
                ]);
            }
        }
        if !table.is_empty() {
            page.push(Block::Table(table));
        }
    }
    if answer.indicator_reports.is_empty() {
        page.push(Block::Text(
            "The plan of this measure has no indicators.".into(),
        ));
    }
    View {
        answer: Answer::list(answer, "indicator_reports"),
        page,
        sheet,
    }
}

pub(super) async fn list(
    connection: &Connection,
    partnership: Option<&str>,
    args: &ListArgs,
) -> Result<View, Error> {
    let parent = care::measure(connection, partnership, &args.measure).await?;
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListIndicatorActualsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
        };
        let answer = IndicatorServiceClient::new(connection.clone())
            .list_indicator_actuals(request)
            .await?
            .into_inner();
        Ok((answer.indicator_actuals, answer.next_page_token))
    })
    .await?;
    let answer = ListIndicatorActualsResponse {
        indicator_actuals: listing.items,
        next_page_token: listing.next_page_token,
    };
    let (page, sheet) = words(&answer.indicator_actuals);
    Ok(View {
        answer: Answer::list(&answer, "indicator_actuals"),
        page,
        sheet,
    })
}

pub(super) async fn record(
    connection: &Connection,
    partnership: Option<&str>,
    args: &RecordArgs,
) -> Result<View, Error> {
    let request = RecordIndicatorActualRequest {
        measure: care::measure(connection, partnership, &args.measure).await?,
        indicator_id: args.indicator.clone(),
        period_start_date: Some(args.from),
        period_end_date: Some(args.to),
        value: args.value.clone(),
        source: Some(Source {
            uri: args.source.clone(),
            note: args.note.clone(),
        }),
        request_id: args.request_id.clone(),
        validate_only: args.check,
    };
    let mut client = IndicatorServiceClient::new(connection.clone());
    let answer = client.record_indicator_actual(request).await?.into_inner();
    let (page, sheet) = words(std::slice::from_ref(&answer));
    Ok(View {
        answer: Answer::of(&answer),
        page,
        sheet,
    })
}

/// Words on values, one a line.
fn words(actuals: &[IndicatorActual]) -> (Page, Sheet) {
    let mut table = Table::new(vec![
        Column::text("INDICATOR"),
        Column::text("FROM"),
        Column::text("TO"),
        Column::text("BY"),
        Column::number("REVISION"),
        Column::number("VALUE"),
        Column::text("RECORDED"),
    ]);
    let mut sheet = Sheet::new(&[
        "indicator",
        "start_date",
        "end_date",
        "party",
        "agency",
        "revision",
        "value",
        "source_uri",
        "record_time",
    ]);
    for actual in actuals {
        let start = value::date(actual.period_start_date.as_ref());
        let end = value::date(actual.period_end_date.as_ref());
        let recorded = value::instant(actual.record_time.as_ref());
        let source = actual.source.clone().unwrap_or_default();
        let row = vec![
            actual.indicator_id.clone(),
            start.clone(),
            end.clone(),
            actual.party.clone(),
            actual.revision.to_string(),
            actual.value.clone(),
            recorded.clone(),
        ];
        table.push_with_notes(row, &[&source.uri]);
        sheet.push(vec![
            actual.indicator_id.clone(),
            start,
            end,
            actual.party.clone(),
            actual.agency.clone(),
            actual.revision.to_string(),
            actual.value.clone(),
            source.uri,
            recorded,
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No values are recorded.".into())
    } else {
        Block::Table(table)
    };
    (Page::new(vec![body]), sheet)
}
