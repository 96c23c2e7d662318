//! `accord roadmaps calendar`.

use std::io::Write as _;
use std::path::PathBuf;

use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::{CalendarComponent, GetDeadlineCalendarRequest};

use super::deadlines::Whose;
use crate::client::{ClientArgs, Connection};
use crate::commands::target::Target;
use crate::error::Error;
use crate::names;

/// Options of `accord roadmaps calendar`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps calendar deadlines.ics
  accord roadmaps calendar transport.ics --body 'Ministry of Transport' --language ru
  accord roadmaps calendar - --party KZ --tasks --open

The file is iCalendar (RFC 5545). Without days it goes from a year back to ten years ahead. Import it into any calendar program; write it
again, such as every night, to keep the calendar up to date: entries keep their identities. To subscribe to an address instead, make one with
`accord roadmaps calendar-feed create`.")]
pub(super) struct Args {
    /// The file, or `-` for standard output.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    whose: Whose,
    /// Only what passes this filter (AIP-160), as in `accord roadmaps deadlines`.
    #[arg(long, value_name = "FILTER", default_value = "")]
    filter: String,
    /// Leaves out closed deadlines.
    #[arg(long)]
    open: bool,
    /// Writes tasks with a due day instead of all-day events.
    #[arg(long)]
    tasks: bool,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    client: &ClientArgs,
    args: &Args,
) -> Result<(), Error> {
    let component = if args.tasks {
        CalendarComponent::Todo
    } else {
        CalendarComponent::Event
    };
    let request = GetDeadlineCalendarRequest {
        parent: names::partnership(connection, partnership).await?,
        start_date: args.whose.from,
        end_date: args.whose.to,
        body: args.whose.body.clone(),
        party: args.whose.party.clone(),
        open_only: args.open,
        language_code: client.language.clone(),
        component: component.into(),
        filter: args.filter.clone(),
    };
    let mut target = Target::open(Some(&args.file))?;
    let body = MeasureServiceClient::new(connection.clone())
        .get_deadline_calendar(request)
        .await?
        .into_inner();
    target.write_all(&body.data)?;
    target.finish()
}
