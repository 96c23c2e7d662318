//! `accord roadmaps stages`.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    CompletionScale, CompletionStage, CompletionStageFigures, GetRoadmapStagesRequest,
    ListMeasureStagesRequest, ListMeasureStagesResponse, RoadmapStages, Tally,
};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps stages`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps stages lantern-towns
  accord roadmaps stages lantern-towns --measures -o csv
  accord roadmaps stages lantern-towns --known-on 2025-06-30

The scale, for publication: no evidence, not started, limited, substantial, complete. Nothing is complete that not both sides confirmed.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// Shows each measure instead of the roadmap and its sections.
    #[arg(long)]
    measures: bool,
    /// The day on which deadlines are looked at [default: the day of --known-on].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    on: Option<Date>,
    /// Counts only what was recorded by the end of this day, or by this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let name = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    if args.measures {
        return of_measures(connection, args, &name).await;
    }
    let request = GetRoadmapStagesRequest {
        name,
        known_time: args.known_on,
        effective_date: args.on,
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .get_roadmap_stages(request)
        .await?
        .into_inner();
    Ok(of_roadmap(&answer))
}

fn word(stage: CompletionStage) -> String {
    value::words(stage.as_str_name(), "COMPLETION_STAGE_")
}

const STAGES: [&str; 6] = [
    "MEASURES",
    "NO EVIDENCE",
    "NOT STARTED",
    "LIMITED",
    "SUBSTANTIAL",
    "COMPLETE",
];

fn tallies(figures: &CompletionStageFigures) -> [Tally; 6] {
    [
        figures.agreed,
        figures.no_evidence,
        figures.not_started,
        figures.limited,
        figures.substantial,
        figures.complete,
    ]
    .map(Option::unwrap_or_default)
}

fn of_roadmap(answer: &RoadmapStages) -> View {
    let mut columns = vec![Column::prose("SECTION"), Column::text("STAGE")];
    columns.extend(STAGES.map(Column::number));
    let mut table = Table::new(columns);
    let mut sheet = Sheet::new(&[
        "roadmap",
        "section",
        "stage",
        "agreed_count",
        "agreed_weight",
        "no_evidence_count",
        "no_evidence_weight",
        "not_started_count",
        "not_started_weight",
        "limited_count",
        "limited_weight",
        "substantial_count",
        "substantial_weight",
        "complete_count",
        "complete_weight",
    ]);
    let total = ("(all)".to_owned(), answer.total.unwrap_or_default());
    let sections = answer.sections.iter().map(|section| {
        let figures = section.figures.unwrap_or_default();
        match section.section.as_str() {
            "" => ("(none)".to_owned(), figures),
            named => (named.to_owned(), figures),
        }
    });
    for (section, figures) in [total].into_iter().chain(sections) {
        let stage = word(figures.stage());
        let mut row = vec![section.clone(), stage.clone()];
        row.extend(tallies(&figures).map(|tally| tally.count.to_string()));
        table.push(row);
        let mut cells = vec![answer.roadmap.clone(), section, stage];
        for tally in tallies(&figures) {
            cells.extend([tally.count.to_string(), tally.weight.to_string()]);
        }
        sheet.push(cells);
    }
    let mut page = Page::new(vec![Block::Table(table)]);
    add_scale(&mut page, answer.scale.as_ref(), true);
    View {
        answer: Answer::of(answer),
        page,
        sheet,
    }
}

async fn of_measures(connection: &Connection, args: &Args, parent: &str) -> Result<View, Error> {
    // All pages know the same.
    let known_time = args
        .known_on
        .unwrap_or_else(|| accord_proto::convert::from_timestamp(jiff::Timestamp::now()));
    let scale = std::cell::RefCell::new(None);
    let listing = paging::collect(None, async |page_size, page_token| {
        let request = ListMeasureStagesRequest {
            parent: parent.to_owned(),
            page_size,
            page_token,
            known_time: Some(known_time),
            effective_date: args.on,
        };
        let answer = MeasureServiceClient::new(connection.clone())
            .list_measure_stages(request)
            .await?
            .into_inner();
        scale.replace(answer.scale);
        Ok((answer.measure_stages, answer.next_page_token))
    })
    .await?;
    let answer = ListMeasureStagesResponse {
        measure_stages: listing.items,
        next_page_token: listing.next_page_token,
        scale: scale.into_inner(),
    };
    let mut table = Table::new(vec![
        Column::text("MEASURE"),
        Column::text("STAGE"),
        Column::text("STATE"),
        Column::number("WEIGHT"),
        Column::prose("SECTION"),
    ]);
    let mut sheet = Sheet::new(&["measure", "stage", "state", "weight", "section"]);
    for measure in &answer.measure_stages {
        let state = value::words(measure.state().as_str_name(), "MEASURE_STATE_");
        let row = |name: &str| {
            vec![
                name.to_owned(),
                word(measure.stage()),
                state.clone(),
                measure.weight.to_string(),
                measure.section.clone(),
            ]
        };
        table.push(row(value::id(&measure.measure)));
        sheet.push(row(&measure.measure));
    }
    let body = if table.is_empty() {
        Block::Text("No measures are recorded.".into())
    } else {
        Block::Table(table)
    };
    let mut page = Page::new(vec![body]);
    add_scale(&mut page, answer.scale.as_ref(), false);
    Ok(View {
        answer: Answer::list(&answer, "measure_stages"),
        page,
        sheet,
    })
}

/// Adds what the stages mean, for sets or for measures.
fn add_scale(page: &mut Page, scale: Option<&CompletionScale>, of_sets: bool) {
    let Some(scale) = scale else { return };
    page.push(Block::Heading(format!(
        "What the stages mean (edition {})",
        scale.edition
    )));
    for rule in &scale.rules {
        let text = if of_sets {
            &rule.set_rule
        } else {
            &rule.measure_rule
        };
        page.push(Block::Text(format!("{}: {text}", word(rule.stage()))));
    }
    for uri in &scale.source_uris {
        page.push(Block::Text(format!("The words are those of {uri}")));
    }
}
