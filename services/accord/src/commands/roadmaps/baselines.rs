//! `accord roadmaps baselines` and `accord roadmaps baseline`.

use accord_proto::roadmaps::v1::plan_service_client::PlanServiceClient;
use accord_proto::roadmaps::v1::{
    Baseline, ListBaselineMeasuresRequest, ListBaselineMeasuresResponse, ListBaselinesRequest,
    ListBaselinesResponse,
};

use super::care;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord roadmaps baselines`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps baselines river-towns
  accord roadmaps baselines river-towns -o json")]
pub(super) struct ListArgs {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    #[command(flatten)]
    limit: LimitArg,
}

/// Options of `accord roadmaps baseline`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps baseline river-towns/b1                    what both sides agreed on first
  accord roadmaps baseline river-towns/b2 -o csv")]
pub(super) struct MeasuresArgs {
    /// The baseline, as ROADMAP/BASELINE or by its full name.
    #[arg(value_name = "BASELINE")]
    baseline: String,
    #[command(flatten)]
    limit: LimitArg,
}

pub(super) async fn list(
    connection: &Connection,
    partnership: Option<&str>,
    args: &ListArgs,
) -> Result<View, Error> {
    let parent = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListBaselinesRequest {
            parent: parent.clone(),
            page_size,
            page_token,
        };
        let answer = PlanServiceClient::new(connection.clone())
            .list_baselines(request)
            .await?
            .into_inner();
        Ok((answer.baselines, answer.next_page_token))
    })
    .await?;
    Ok(view(&ListBaselinesResponse {
        baselines: listing.items,
        next_page_token: listing.next_page_token,
    }))
}

fn view(answer: &ListBaselinesResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("BASELINE"),
        Column::text("FROZEN"),
        Column::number("MEASURES"),
        Column::number("WEIGHT"),
        Column::text("BY"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "freeze_time",
        "measure_count",
        "total_weight",
        "rebaseline",
    ]);
    for baseline in &answer.baselines {
        let Baseline {
            name, rebaseline, ..
        } = baseline;
        let frozen = value::instant(baseline.freeze_time.as_ref());
        let by = match rebaseline.as_str() {
            "" => "adoption",
            name => value::id(name),
        };
        table.push(vec![
            value::id(name).to_owned(),
            frozen.clone(),
            baseline.measure_count.to_string(),
            baseline.total_weight.to_string(),
            by.to_owned(),
        ]);
        sheet.push(vec![
            name.clone(),
            frozen,
            baseline.measure_count.to_string(),
            baseline.total_weight.to_string(),
            rebaseline.clone(),
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No baselines: the roadmap is a draft until both sides have adopted it.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "baselines"),
        page: Page::new(vec![body]),
        sheet,
    }
}

pub(super) async fn measures(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &MeasuresArgs,
) -> Result<View, Error> {
    let parent = care::child(connection, partnership, "baselines", &args.baseline).await?;
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListBaselineMeasuresRequest {
            parent: parent.clone(),
            page_size,
            page_token,
        };
        let answer = PlanServiceClient::new(connection.clone())
            .list_baseline_measures(request)
            .await?
            .into_inner();
        Ok((answer.baseline_measures, answer.next_page_token))
    })
    .await?;
    let answer = ListBaselineMeasuresResponse {
        baseline_measures: listing.items,
        next_page_token: listing.next_page_token,
    };
    Ok(measures_view(&answer, language))
}

fn measures_view(answer: &ListBaselineMeasuresResponse, language: &str) -> View {
    let mut table = Table::new(vec![
        Column::text("MEASURE"),
        Column::text("DEADLINE"),
        Column::number("WEIGHT"),
        Column::text("STATE THEN"),
        Column::text("SECTION"),
    ]);
    let mut sheet = Sheet::new(&["name", "deadline", "weight", "state", "section", "title"]);
    for frozen in &answer.baseline_measures {
        let measure = frozen.measure.clone().unwrap_or_default();
        let title = super::pick(&measure.titles, language);
        let deadline = super::deadline(measure.deadline.as_ref());
        let state = value::words(measure.state().as_str_name(), "MEASURE_STATE_");
        let row = vec![
            value::id(&measure.name).to_owned(),
            deadline.clone(),
            measure.weight.to_string(),
            state.clone(),
            measure.section.clone(),
        ];
        table.push_with_notes(row, &[title]);
        sheet.push(vec![
            measure.name.clone(),
            deadline,
            measure.weight.to_string(),
            state,
            measure.section.clone(),
            title.to_owned(),
        ]);
    }
    View {
        answer: Answer::list(answer, "baseline_measures"),
        page: Page::new(vec![Block::Table(table)]),
        sheet,
    }
}
