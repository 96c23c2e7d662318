//! `accord roadmaps schedule`.

mod view;

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::roadmap_service_client::RoadmapServiceClient;
use accord_proto::roadmaps::v1::{GetScheduleRequest, Schedule, ScheduleBasis, WhatIf};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::render::View;
use crate::when;

/// As many measures as a page has at most: each page costs the whole computation.
const PAGE: i32 = 1_000;

/// Options of `accord roadmaps schedule`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps schedule lantern-towns
  accord roadmaps schedule lantern-towns --basis plan --filter 'critical = true'
  accord roadmaps schedule lantern-towns --filter 'deadline_slack_days < 0'      what cannot be in time
  accord roadmaps schedule lantern-towns --if-slips ferry-bell --by 10           what slips with it, in working days
  accord roadmaps schedule lantern-towns --on 2025-01-01 -o json

EARLIEST are the first and last day that are possible, LATEST those that still keep the end of the roadmap. SLACK and
FREE say by how many working days a measure can slip without delaying the end, or any other measure; TO DEADLINE,
before a deadline is missed. Measures marked * are on a critical path.")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    #[command(flatten)]
    pub(super) moment: Moment,
    /// Which measures, in the filter language of the method (AIP-160).
    #[arg(long, value_name = "FILTER", default_value = "")]
    filter: String,
    /// Shows what slips if this measure slips; by its id or full name.
    #[arg(long, value_name = "MEASURE", requires = "by")]
    if_slips: Option<String>,
    /// By how many of its working days it slips.
    #[arg(long, value_name = "DAYS", requires = "if_slips", value_parser = clap::value_parser!(i32).range(1..=3_650))]
    by: Option<i32>,
}

/// As of when, and by whose word, a schedule is made.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Moment {
    /// The data date: what has not begun begins on this day or later [default: the day of --known-on].
    #[arg(long, visible_alias = "effective-date", value_name = "DATE", value_parser = when::day)]
    pub(super) on: Option<Date>,
    /// Counts only what was recorded by the end of this day, or by this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    pub(super) known_on: Option<prost_types::Timestamp>,
    /// What counts as done.
    #[arg(long, value_name = "BASIS", value_enum, default_value = "attested")]
    pub(super) basis: Basis,
}

/// What counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Basis {
    /// What both sides confirmed.
    Attested,
    /// What a side claims.
    Claimed,
    /// Nothing: the plan by itself.
    Plan,
}

impl Moment {
    /// The request for the schedule of a roadmap.
    pub(super) fn request(&self, name: String) -> GetScheduleRequest {
        let basis = match self.basis {
            Basis::Attested => ScheduleBasis::Attested,
            Basis::Claimed => ScheduleBasis::Claimed,
            Basis::Plan => ScheduleBasis::Plan,
        };
        GetScheduleRequest {
            name,
            known_time: self.known_on,
            effective_date: self.on,
            basis: basis.into(),
            ..GetScheduleRequest::default()
        }
    }
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let name = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let what_if = args
        .if_slips
        .as_ref()
        .zip(args.by)
        .map(|(given, slip_days)| WhatIf {
            measure: measure(&name, given),
            slip_days,
        });
    let request = GetScheduleRequest {
        filter: args.filter.clone(),
        what_if,
        ..args.moment.request(name)
    };
    Ok(view::view(&fetch(connection, request).await?))
}

/// The full name of a measure of a roadmap that is given by its id.
fn measure(roadmap: &str, given: &str) -> String {
    if given.contains('/') {
        given.to_owned()
    } else {
        format!("{roadmap}/measures/{given}")
    }
}

/// Fetches a schedule with all its measures, as known at one moment.
pub(super) async fn fetch(
    connection: &Connection,
    request: GetScheduleRequest,
) -> Result<Schedule, Error> {
    let mut request = GetScheduleRequest {
        page_size: PAGE,
        ..request
    };
    let mut client = RoadmapServiceClient::new(connection.clone());
    let mut whole = client.get_schedule(request.clone()).await?.into_inner();
    if whole.next_page_token.is_empty() {
        return Ok(whole);
    }
    // Pages fit together only if all of them name the moment; the first one told it.
    request.known_time = whole.known_time;
    whole = client.get_schedule(request.clone()).await?.into_inner();
    while !whole.next_page_token.is_empty() {
        request.page_token = std::mem::take(&mut whole.next_page_token);
        let page = client.get_schedule(request.clone()).await?.into_inner();
        whole.measures.extend(page.measures);
        whole.next_page_token = page.next_page_token;
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_named_within_their_roadmap() {
        let roadmap = "partnerships/xa-xb/roadmaps/r";
        assert_eq!(measure(roadmap, "m-1"), format!("{roadmap}/measures/m-1"));
        assert_eq!(measure(roadmap, "partnerships/a/b"), "partnerships/a/b");
    }
}
