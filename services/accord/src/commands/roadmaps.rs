//! `accord roadmaps`: what regions agreed to do, and what both sides confirm as done.

mod burnup;
mod calendar;
mod deadlines;
mod export;
mod forecast;
mod gantt;
mod import;
mod list;
mod measures;
mod progress;
mod schedule;
mod stages;

use crate::client::ClientArgs;
use crate::error::Error;
use crate::names::PartnershipArg;

/// Options of `accord roadmaps`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    partnership: PartnershipArg,
    #[command(flatten)]
    client: ClientArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the regional roadmaps of a partnership.
    List(list::Args),
    /// Shows how far a roadmap is: what the sides claim, and what both confirmed.
    Progress(progress::Args),
    /// Shows how a roadmap came to where it is, by week, month or quarter.
    Burnup(burnup::Args),
    /// Rates how far a roadmap is on a scale of five stages, for publication.
    Stages(stages::Args),
    /// Forecasts when both sides will have attested everything.
    Forecast(forecast::Args),
    /// Lists the measures of a roadmap with both sides' words.
    Measures(measures::Args),
    /// Enters the measures of a draft from a workbook or a CSV file.
    Import(import::Args),
    /// Writes the measures of a roadmap as JSON Lines, CSV or a workbook.
    Export(export::Args),
    /// Tells when the measures of a roadmap can begin and end, what is critical, and what slips if a measure slips.
    Schedule(schedule::Args),
    /// Draws a roadmap as a Gantt chart (SVG).
    Gantt(gantt::Args),
    /// Lists deadlines over all roadmaps, by body, party and days.
    Deadlines(deadlines::Args),
    /// Writes deadlines as iCalendar, for calendar programs.
    Calendar(calendar::Args),
}

/// Runs `accord roadmaps`.
pub async fn run(args: &Args) -> Result<(), Error> {
    let partnership = args.partnership.partnership.as_deref();
    if let Command::Import(import) = &args.command {
        return import::run(&args.client, partnership, import).await;
    }
    let connection = args.client.connect().await?;
    let language = &args.client.language;
    let view = match &args.command {
        Command::List(list) => list::run(&connection, partnership, language, list).await?,
        Command::Progress(progress) => progress::run(&connection, partnership, progress).await?,
        Command::Burnup(burnup) => burnup::run(&connection, partnership, burnup).await?,
        Command::Stages(stages) => stages::run(&connection, partnership, stages).await?,
        Command::Forecast(forecast) => forecast::run(&connection, partnership, forecast).await?,
        Command::Deadlines(deadlines) => {
            deadlines::run(&connection, partnership, language, deadlines).await?
        }
        // It writes a file and shows nothing.
        Command::Calendar(calendar) => {
            return calendar::run(&connection, partnership, &args.client, calendar).await;
        }
        Command::Measures(measures) => {
            measures::run(&connection, partnership, language, measures).await?
        }
        Command::Export(export) => {
            return export::run(&connection, partnership, language, export).await;
        }
        // It shows a report of its own.
        Command::Import(_) => return Ok(()),
        Command::Schedule(schedule) => schedule::run(&connection, partnership, schedule).await?,
        Command::Gantt(gantt) => {
            return gantt::run(&connection, partnership, language, gantt).await;
        }
    };
    Ok(view.print(args.client.output)?)
}

/// The two regions as named on the signing day.
pub(super) fn sides_in_short(sides: &[accord_proto::roadmaps::v1::RoadmapSide]) -> String {
    sides.iter().map(list::side).collect::<Vec<_>>().join("; ")
}

/// Chooses the text to show.
fn pick<'a>(texts: &'a [accord_proto::roadmaps::v1::LocalizedText], language: &str) -> &'a str {
    let texts = texts
        .iter()
        .map(|text| (text.language_code.as_str(), text.text.as_str()));
    crate::language::pick(texts, language)
}
