//! `accord roadmaps progress`.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    BatchGetRoadmapProgressRequest, GetRoadmapProgressRequest, GetRoadmapRequest, ProgressFigures,
    Roadmap, RoadmapProgress, Tally,
};

use super::list;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::ListArgs;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// How many roadmaps one call asks for.
const BATCH: usize = 100;

/// Options of `accord roadmaps progress`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps progress
  accord roadmaps progress tashkent-nur-sultan --on 2023-12-31 -o json

Claimed is what one side reports as done; attested is what the other side confirmed. They are never added.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name [default: every roadmap of the partnership].
    #[arg(value_name = "ROADMAP")]
    roadmap: Option<String>,
    /// The day against which overdue measures are counted [default: the day of --known-on].
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
    let (roadmaps, answers) = match &args.roadmap {
        Some(given) => {
            let name = names::resource(connection, partnership, "roadmaps", given).await?;
            let roadmap = GetRoadmapRequest {
                name: name.clone(),
                ..GetRoadmapRequest::default()
            };
            let answer = of_one(connection, args, name).await?;
            let roadmap = RoadmapServiceClient::new(connection.clone())
                .get_roadmap(roadmap)
                .await?;
            (vec![roadmap.into_inner()], vec![answer])
        }
        None => of_all(connection, partnership, args).await?,
    };
    Ok(view(&roadmaps, &answers, args.roadmap.is_some()))
}

async fn of_one(
    connection: &Connection,
    args: &Args,
    name: String,
) -> Result<RoadmapProgress, Error> {
    let request = GetRoadmapProgressRequest {
        name,
        known_time: args.known_on,
        effective_date: args.on,
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .get_roadmap_progress(request)
        .await?;
    Ok(answer.into_inner())
}

/// Every roadmap of the partnership, in the order of their listing.
async fn of_all(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<(Vec<Roadmap>, Vec<RoadmapProgress>), Error> {
    let parent = names::partnership(connection, partnership).await?;
    let all = list::all(connection, &parent, &ListArgs::everything()).await?;
    let mut answers = Vec::new();
    for batch in all.roadmaps.chunks(BATCH) {
        let request = BatchGetRoadmapProgressRequest {
            parent: parent.clone(),
            names: batch.iter().map(|roadmap| roadmap.name.clone()).collect(),
            known_time: args.known_on,
            effective_date: args.on,
        };
        let answer = RoadmapServiceClient::new(connection.clone())
            .batch_get_roadmap_progress(request)
            .await?;
        answers.extend(answer.into_inner().roadmap_progresses);
    }
    Ok((all.roadmaps, answers))
}

fn view(roadmaps: &[Roadmap], answers: &[RoadmapProgress], detailed: bool) -> View {
    let mut page = Page::new(vec![Block::Table(table(answers))]);
    if answers.is_empty() {
        page.push(Block::Text("No roadmaps.".into()));
    }
    for answer in answers
        .iter()
        .filter(|answer| list::has_no_measures(answer))
    {
        let roadmap = roadmaps.iter().find(|one| one.name == answer.roadmap);
        if let Some(roadmap) = roadmap {
            let nothing = list::no_measures(roadmap);
            page.push(Block::Text(match roadmaps {
                [_] => nothing,
                _ => format!("{}: {nothing}", value::id(&roadmap.name)),
            }));
        }
    }
    if let ([answer], true) = (answers, detailed) {
        page.push(Block::Heading("By side".into()));
        page.push(Block::Table(sides(answer)));
        page.push(Block::Heading("By section".into()));
        page.push(Block::Table(sections(answer)));
        page.push(Block::Heading(
            "By region: the measures of its bodies".into(),
        ));
        page.push(Block::Table(regions(answer)));
        if !answer.bodies.is_empty() {
            page.push(Block::Heading(
                "By body: a measure counts under each of its bodies".into(),
            ));
            page.push(Block::Table(bodies(answer)));
        }
        if answer.omitted_body_count > 0 {
            let text = format!("{} more bodies are left out.", answer.omitted_body_count);
            page.push(Block::Text(text));
        }
    }
    View {
        answer: Answer::several(answers),
        page,
        sheet: sheet(answers),
    }
}

fn figures(answer: &RoadmapProgress) -> ProgressFigures {
    answer.total.unwrap_or_default()
}

fn count(tally: Option<&Tally>) -> i64 {
    tally.map_or(0, |tally| tally.count)
}

/// A part of the agreed measures: how many, and their share by weight.
fn part(tally: Option<&Tally>, agreed: Option<&Tally>) -> String {
    let weight = |tally: Option<&Tally>| i128::from(tally.map_or(0, |tally| tally.weight));
    let share = match weight(agreed) {
        0 => String::new(),
        whole => {
            let ppm = weight(tally) * 1_000_000 / whole;
            format!(" ({})", value::percent(i64::try_from(ppm).unwrap_or(0)))
        }
    };
    format!("{}{share}", count(tally))
}

const PARTS: [&str; 6] = [
    "MEASURES",
    "CLAIMED (BY WEIGHT)",
    "ATTESTED (BY WEIGHT)",
    "WAITING",
    "OVERDUE",
    "LATE",
];

fn parts(figures: &ProgressFigures) -> Vec<String> {
    let agreed = figures.agreed.as_ref();
    vec![
        count(agreed).to_string(),
        part(figures.activity.as_ref(), agreed),
        part(figures.attested.as_ref(), agreed),
        count(figures.reported.as_ref()).to_string(),
        count(figures.overdue.as_ref()).to_string(),
        count(figures.late.as_ref()).to_string(),
    ]
}

fn table(answers: &[RoadmapProgress]) -> Table {
    let mut columns = vec![Column::prose("ROADMAP"), Column::text("STATE")];
    columns.extend(PARTS.map(Column::number));
    let mut table = Table::new(columns);
    for answer in answers {
        let mut row = vec![
            value::id(&answer.roadmap).to_owned(),
            value::words(answer.state().as_str_name(), "ROADMAP_STATE_"),
        ];
        row.extend(parts(&figures(answer)));
        table.push(row);
    }
    table
}

fn sides(answer: &RoadmapProgress) -> Table {
    let mut table = Table::new(vec![
        Column::text("SIDE"),
        Column::number("CLAIMED"),
        Column::number("ATTESTED BY THE OTHER"),
        Column::number("ITS WORD AWAITED"),
        Column::number("ITS ANSWER AWAITED"),
    ]);
    for side in &answer.sides {
        let mut row = vec![side.party.clone()];
        let tallies = [
            &side.activity,
            &side.attested,
            &side.awaiting_word,
            &side.awaiting_answer,
        ];
        row.extend(tallies.map(|tally| count(tally.as_ref()).to_string()));
        table.push(row);
    }
    table
}

fn sections(answer: &RoadmapProgress) -> Table {
    let mut columns = vec![Column::prose("SECTION")];
    columns.extend(PARTS.map(Column::number));
    let mut table = Table::new(columns);
    for section in &answer.sections {
        let name = if section.section.is_empty() {
            "(none)"
        } else {
            &section.section
        };
        let mut row = vec![name.to_owned()];
        row.extend(parts(&section.figures.unwrap_or_default()));
        table.push(row);
    }
    table
}

fn regions(answer: &RoadmapProgress) -> Table {
    let mut columns = vec![Column::prose("REGION")];
    columns.extend(PARTS.map(Column::number));
    let mut table = Table::new(columns);
    for region in &answer.regions {
        let mut row = vec![if region.region_name.is_empty() {
            region.region_code.clone()
        } else {
            format!("{} ({})", region.region_name, region.region_code)
        }];
        row.extend(parts(&region.figures.unwrap_or_default()));
        table.push(row);
    }
    table
}

fn bodies(answer: &RoadmapProgress) -> Table {
    let mut columns = vec![Column::prose("BODY"), Column::text("PART")];
    columns.extend(PARTS.map(Column::number));
    let mut table = Table::new(columns);
    for body in &answer.bodies {
        let name = format!("{}: {}", body.party, body.body);
        for (part, figures) in [("leads", body.leading), ("helps", body.co_executing)] {
            let figures = figures.unwrap_or_default();
            if count(figures.agreed.as_ref()) + count(figures.cancelled.as_ref()) == 0 {
                continue;
            }
            let mut row = vec![name.clone(), part.to_owned()];
            row.extend(parts(&figures));
            table.push(row);
        }
    }
    table
}

fn sheet(answers: &[RoadmapProgress]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "roadmap",
        "effective_date",
        "state",
        "agreed_count",
        "agreed_weight",
        "activity_count",
        "activity_weight",
        "attested_count",
        "attested_weight",
        "reported_count",
        "returned_count",
        "disputed_count",
        "overdue_count",
        "late_count",
        "cancelled_count",
    ]);
    for answer in answers {
        let figures = figures(answer);
        let weight = |tally: Option<&Tally>| tally.map_or(0, |tally| tally.weight).to_string();
        let number = |tally: Option<&Tally>| count(tally).to_string();
        sheet.push(vec![
            answer.roadmap.clone(),
            value::date(answer.effective_date.as_ref()),
            value::words(answer.state().as_str_name(), "ROADMAP_STATE_"),
            number(figures.agreed.as_ref()),
            weight(figures.agreed.as_ref()),
            number(figures.activity.as_ref()),
            weight(figures.activity.as_ref()),
            number(figures.attested.as_ref()),
            weight(figures.attested.as_ref()),
            number(figures.reported.as_ref()),
            number(figures.returned.as_ref()),
            number(figures.disputed.as_ref()),
            number(figures.overdue.as_ref()),
            number(figures.late.as_ref()),
            number(figures.cancelled.as_ref()),
        ]);
    }
    sheet
}
