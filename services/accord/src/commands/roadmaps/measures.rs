//! `accord roadmaps measures`.

use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    GetRoadmapRequest, ListMeasuresRequest, ListMeasuresResponse, Measure,
};

use super::list;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord roadmaps measures`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps measures river-towns
  accord roadmaps measures river-towns --filter 'state = MEASURE_STATE_REPORTED' --order-by deadline.last_day
  accord roadmaps measures - -o csv                          of every roadmap of the partnership")]
pub(super) struct Args {
    /// The roadmap, by its id or full name; `-` for all.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    #[command(flatten)]
    list: ListArgs,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let listing = paging::collect(args.list.limit, async |page_size, page_token| {
        let request = ListMeasuresRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
            ..ListMeasuresRequest::default()
        };
        let answer = MeasureServiceClient::new(connection.clone())
            .list_measures(request)
            .await?
            .into_inner();
        Ok((answer.measures, answer.next_page_token))
    })
    .await?;
    let answer = ListMeasuresResponse {
        measures: listing.items,
        next_page_token: listing.next_page_token,
    };
    let nothing = if answer.measures.is_empty() {
        nothing(connection, &parent, !args.list.filter.is_empty()).await?
    } else {
        Vec::new()
    };
    Ok(view(&answer, nothing, language))
}

/// What is said when no measures are found: of each roadmap that has none, what its sources note.
async fn nothing(
    connection: &Connection,
    parent: &str,
    is_filtered: bool,
) -> Result<Vec<String>, Error> {
    // Without a filter nothing was found because nothing is there.
    if is_filtered && has_measures(connection, parent).await? {
        return Ok(vec!["No measures are found.".to_owned()]);
    }
    let Some(partnership) = parent.strip_suffix("/roadmaps/-") else {
        let request = GetRoadmapRequest {
            name: parent.to_owned(),
            ..GetRoadmapRequest::default()
        };
        let answer = RoadmapServiceClient::new(connection.clone())
            .get_roadmap(request)
            .await?;
        return Ok(vec![list::no_measures(&answer.into_inner())]);
    };
    let all = list::all(connection, partnership, &ListArgs::everything()).await?;
    Ok(match all.roadmaps.as_slice() {
        [] => vec!["No measures are found.".to_owned()],
        [one] => vec![list::no_measures(one)],
        several => several
            .iter()
            .map(|one| format!("{}: {}", value::id(&one.name), list::no_measures(one)))
            .collect(),
    })
}

/// Whether a roadmap, or any of a partnership, has a measure.
async fn has_measures(connection: &Connection, parent: &str) -> Result<bool, Error> {
    let request = ListMeasuresRequest {
        parent: parent.to_owned(),
        page_size: 1,
        ..ListMeasuresRequest::default()
    };
    let answer = MeasureServiceClient::new(connection.clone())
        .list_measures(request)
        .await?;
    Ok(!answer.into_inner().measures.is_empty())
}

fn view(answer: &ListMeasuresResponse, nothing: Vec<String>, language: &str) -> View {
    let mut table = Table::new(vec![
        Column::number("NO"),
        Column::text("MEASURE"),
        Column::text("STATE"),
        Column::text("DEADLINE"),
        Column::text("CLAIMED BY"),
        Column::text("OTHER SIDE"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "order_number",
        "section",
        "state",
        "overdue",
        "last_day",
        "weight",
        "reported_by",
        "report_revision",
        "completion_date",
        "verdict_by",
        "verdict",
        "verdict_reason",
        "title",
    ]);
    for measure in &answer.measures {
        let title = super::pick(&measure.titles, language);
        let last_day = last_day(measure);
        let overdue = if measure.overdue { " overdue" } else { "" };
        let report = measure.current_report.clone().unwrap_or_default();
        let verdict = measure.verdict.clone().unwrap_or_default();
        let word = value::words(verdict.kind().as_str_name(), "VERDICT_KIND_");
        let row = vec![
            measure.order_number.to_string(),
            value::id(&measure.name).to_owned(),
            state(measure),
            format!("{last_day}{overdue}"),
            report.party.clone(),
            format!("{} {word}", verdict.party),
        ];
        table.push_with_notes(row, &[title, &verdict.reason]);
        sheet.push(vec![
            measure.name.clone(),
            measure.order_number.to_string(),
            measure.section.clone(),
            state(measure),
            measure.overdue.to_string(),
            last_day,
            measure.weight.to_string(),
            report.party,
            report.revision.to_string(),
            value::date(report.completion_date.as_ref()),
            verdict.party,
            word,
            verdict.reason,
            title.to_owned(),
        ]);
    }
    let body = if table.is_empty() {
        nothing.into_iter().map(Block::Text).collect()
    } else {
        vec![Block::Table(table)]
    };
    View {
        answer: Answer::list(answer, "measures"),
        page: Page::new(body),
        sheet,
    }
}

fn state(measure: &Measure) -> String {
    value::words(measure.state().as_str_name(), "MEASURE_STATE_")
}

fn last_day(measure: &Measure) -> String {
    super::deadline(measure.deadline.as_ref())
}
