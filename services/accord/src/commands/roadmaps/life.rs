//! `accord roadmaps life`.

use std::cell::RefCell;

use accord_proto::roadmaps::v1::plan_service_client::PlanServiceClient;
use accord_proto::roadmaps::v1::{ListMeasureLifeRequest, ListMeasureLifeResponse};

use super::{care, difference};
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord roadmaps life`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps life river-towns/ferry                     across roadmaps, from any of its stations
  accord roadmaps life river-towns/ferry -o jsonl")]
pub(super) struct Args {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    #[command(flatten)]
    limit: LimitArg,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = care::measure(connection, partnership, &args.measure).await?;
    let last = RefCell::new(ListMeasureLifeResponse::default());
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListMeasureLifeRequest {
            parent: parent.clone(),
            page_size,
            page_token,
        };
        let mut answer = PlanServiceClient::new(connection.clone())
            .list_measure_life(request)
            .await?
            .into_inner();
        let page = std::mem::take(&mut answer.events);
        let next = std::mem::take(&mut answer.next_page_token);
        *last.borrow_mut() = answer;
        Ok((page, next))
    })
    .await?;
    let mut whole = last.into_inner();
    whole.events = listing.items;
    whole.next_page_token = listing.next_page_token;
    Ok(view(&whole))
}

/// A measure as `ROADMAP/MEASURE`.
fn short(name: &str) -> String {
    match name.split('/').collect::<Vec<_>>().as_slice() {
        [_, _, _, roadmap, _, measure] => format!("{roadmap}/{measure}"),
        _ => name.to_owned(),
    }
}

fn view(answer: &ListMeasureLifeResponse) -> View {
    let mut stations = Table::new(vec![
        Column::text("MEASURE"),
        Column::text("STATE"),
        Column::text("DEADLINE"),
        Column::text("GOES ON IN"),
    ]);
    for station in &answer.stations {
        stations.push(vec![
            short(&station.measure),
            value::words(station.state().as_str_name(), "MEASURE_STATE_"),
            super::deadline(station.deadline.as_ref()),
            short(&station.successor),
        ]);
    }
    let mut events = Table::new(vec![
        Column::text("WHEN"),
        Column::text("MEASURE"),
        Column::text("WHAT"),
        Column::text("BY"),
        Column::number("REPORT"),
    ]);
    let mut sheet = Sheet::new(&[
        "record_time",
        "measure",
        "number",
        "kind",
        "party",
        "agency",
        "state",
        "report_revision",
        "reason",
        "proposing_party",
        "proposing_agency",
        "changed_fields",
        "changes",
    ]);
    for one in &answer.events {
        let event = one.event.clone().unwrap_or_default();
        let when = value::instant(event.record_time.as_ref());
        let kind = value::words(event.kind().as_str_name(), "MEASURE_EVENT_KIND_");
        let report = match event.report_revision {
            0 => String::new(),
            revision => revision.to_string(),
        };
        let row = vec![
            when.clone(),
            short(&one.measure),
            kind.clone(),
            event.party.clone(),
            report.clone(),
        ];
        let changes = event.difference.as_ref().map(difference::rows);
        let changes = difference::lines(&changes.unwrap_or_default());
        let proposed = match event.proposing_party.as_str() {
            "" => String::new(),
            party => format!("proposed by {party} ({})", event.proposing_agency),
        };
        let mut notes = vec![event.reason.as_str(), &proposed];
        notes.extend(changes.iter().map(String::as_str));
        events.push_with_notes(row, &notes);
        sheet.push(vec![
            when,
            one.measure.clone(),
            event.number.to_string(),
            kind,
            event.party.clone(),
            event.agency.clone(),
            value::words(event.state().as_str_name(), "MEASURE_STATE_"),
            report,
            event.reason.clone(),
            event.proposing_party.clone(),
            event.proposing_agency.clone(),
            event.difference.map_or(String::new(), |difference| {
                difference.changed_fields.join(" ")
            }),
            changes.join("; "),
        ]);
    }
    View {
        answer: Answer::list(answer, "events"),
        page: Page::new(vec![Block::Table(stations), Block::Table(events)]),
        sheet,
    }
}
