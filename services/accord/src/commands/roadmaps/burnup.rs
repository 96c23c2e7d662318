//! `accord roadmaps burnup`.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{
    BurnupFigures, BurnupPoint, BurnupStep, GetRoadmapBurnupRequest, RoadmapBurnup, ScopeChange,
    Tally,
};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps burnup`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps burnup lantern-towns
  accord roadmaps burnup lantern-towns --by week --from 2025-01-01 -o csv
  accord roadmaps burnup lantern-towns --known-on 2025-06-30

Each line tells the end of a step as it was known then; the last two columns tell it as it is known now, each measure from the day on
which it was done. They differ where something was recorded later than it happened.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// How long the steps are.
    #[arg(long, value_name = "STEP", value_enum, default_value = "month")]
    by: Step,
    /// The first day [default: the first day of the roadmap's period, or the day it was recorded if that is earlier].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    from: Option<Date>,
    /// The last day [default: the day of --known-on].
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    to: Option<Date>,
    /// Counts only what was recorded by the end of this day, or by this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
}

/// How long the steps are.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Step {
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A quarter of a calendar year.
    Quarter,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let step = match args.by {
        Step::Week => BurnupStep::Week,
        Step::Month => BurnupStep::Month,
        Step::Quarter => BurnupStep::Quarter,
    };
    let request = GetRoadmapBurnupRequest {
        name: names::resource(connection, partnership, "roadmaps", &args.roadmap).await?,
        step: step.into(),
        start_date: args.from,
        end_date: args.to,
        known_time: args.known_on,
    };
    let answer = RoadmapServiceClient::new(connection.clone())
        .get_roadmap_burnup(request)
        .await?
        .into_inner();
    Ok(view(&answer))
}

fn view(answer: &RoadmapBurnup) -> View {
    View {
        answer: Answer::of(answer),
        page: Page::new(vec![Block::Table(table(&answer.points))]),
        sheet: sheet(answer),
    }
}

fn count(tally: Option<&Tally>) -> String {
    tally.map_or(0, |tally| tally.count).to_string()
}

fn weight(tally: Option<&Tally>) -> String {
    tally.map_or(0, |tally| tally.weight).to_string()
}

fn table(points: &[BurnupPoint]) -> Table {
    let mut columns = vec![Column::text("UNTIL")];
    columns.extend(
        [
            "MEASURES",
            "DUE",
            "CLAIMED",
            "ATTESTED",
            "CLAIMED NOW",
            "ATTESTED NOW",
        ]
        .map(Column::number),
    );
    columns.push(Column::text("SCOPE"));
    let mut table = Table::new(columns);
    for point in points {
        let then = point.as_known_then.unwrap_or_default();
        let now = point.as_known_now.unwrap_or_default();
        let mut row = vec![value::date(point.end_date.as_ref())];
        let tallies = [
            then.agreed,
            then.due,
            then.activity,
            then.attested,
            now.activity,
            now.attested,
        ];
        row.extend(tallies.map(|tally| count(tally.as_ref())));
        row.push(change(&point.scope_change.unwrap_or_default()));
        table.push(row);
    }
    table
}

/// How the scope changed, such as `+3 -1`; nothing where it did not.
fn change(change: &ScopeChange) -> String {
    let parts = [
        ("+", change.added.as_ref()),
        ("-", change.removed.as_ref()),
        ("reweighted ", change.reweighted.as_ref()),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(_, tally)| tally.is_some_and(|tally| tally.count != 0))
        .map(|(sign, tally)| format!("{sign}{}", count(tally)))
        .collect();
    words.join(" ")
}

const SHEET: [&str; 23] = [
    "roadmap",
    "start_date",
    "end_date",
    "then_agreed_count",
    "then_agreed_weight",
    "then_due_count",
    "then_due_weight",
    "then_activity_count",
    "then_activity_weight",
    "then_attested_count",
    "then_attested_weight",
    "now_agreed_count",
    "now_agreed_weight",
    "now_due_count",
    "now_due_weight",
    "now_activity_count",
    "now_activity_weight",
    "now_attested_count",
    "now_attested_weight",
    "added_count",
    "added_weight",
    "removed_count",
    "removed_weight",
];

fn sheet(answer: &RoadmapBurnup) -> Sheet {
    let mut sheet = Sheet::new(&SHEET);
    for point in &answer.points {
        let mut row = vec![
            answer.roadmap.clone(),
            value::date(point.start_date.as_ref()),
            value::date(point.end_date.as_ref()),
        ];
        let figures = |figures: BurnupFigures| {
            [
                figures.agreed,
                figures.due,
                figures.activity,
                figures.attested,
            ]
        };
        let change = point.scope_change.unwrap_or_default();
        let tallies = figures(point.as_known_then.unwrap_or_default())
            .into_iter()
            .chain(figures(point.as_known_now.unwrap_or_default()))
            .chain([change.added, change.removed]);
        for tally in tallies {
            row.extend([count(tally.as_ref()), weight(tally.as_ref())]);
        }
        sheet.push(row);
    }
    sheet
}
