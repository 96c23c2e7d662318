//! `accord roadmaps`: what regions agreed to do, and what both sides confirm as done.

mod agree;
mod baselines;
mod burnup;
mod calendar;
mod calendar_feed;
mod care;
mod deadlines;
mod difference;
mod export;
mod forecast;
mod gantt;
mod import;
mod indicators;
mod life;
mod list;
mod measures;
mod progress;
mod rebaseline;
mod say;
mod schedule;
mod stages;
mod variance;

use accord_proto::roadmaps::v1::{Deadline, deadline};

use crate::client::{ClientArgs, Connection};
use crate::error::Error;
use crate::names::PartnershipArg;
use crate::render::{View, value};

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
    /// Shows a roadmap with both sides' words on its plan.
    Show(agree::ShowArgs),
    /// Adopts the plan of a draft for your side.
    Adopt(agree::AdoptArgs),
    /// Closes a roadmap for your side.
    Close(agree::CloseArgs),
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
    /// Says that your side has begun a measure.
    Start(say::PlainArgs),
    /// Reports a measure as done, with evidence.
    Report(say::ReportArgs),
    /// Takes your side's report back.
    WithdrawReport(say::JudgeArgs),
    /// Confirms the other side's report: the measure is then complete.
    Confirm(say::ConfirmArgs),
    /// Returns the other side's report for revision.
    Return(say::JudgeArgs),
    /// Disputes the other side's report.
    Dispute(say::JudgeArgs),
    /// Proposes to cancel a measure.
    ProposeCancellation(say::ReasonArgs),
    /// Accepts the other side's proposal to cancel.
    AcceptCancellation(say::PlainArgs),
    /// Ends a proposal to cancel.
    DeclineCancellation(say::ReasonArgs),
    /// Lists the plans that both sides agreed on, one after the other.
    Baselines(baselines::ListArgs),
    /// Lists the measures of a baseline as they were planned.
    Baseline(baselines::MeasuresArgs),
    /// Proposes changes of an adopted plan, and answers proposals.
    Rebaseline(rebaseline::Args),
    /// Compares two plans of a roadmap, or one with the present.
    Variance(variance::Args),
    /// Shows all that happened to a measure, across roadmaps.
    Life(life::Args),
    /// Shows the indicators of a measure with both sides' values.
    Indicators(indicators::Args),
    /// Lists every value that a side recorded.
    Values(indicators::ListArgs),
    /// Records the value of an indicator, as your side knows it.
    Record(indicators::RecordArgs),
    /// Tells when the measures of a roadmap can begin and end, what is critical, and what slips if a measure slips.
    Schedule(schedule::Args),
    /// Draws a roadmap as a Gantt chart (SVG).
    Gantt(gantt::Args),
    /// Lists deadlines over all roadmaps, by body, party and days.
    Deadlines(deadlines::Args),
    /// Writes deadlines as iCalendar, for calendar programs.
    Calendar(calendar::Args),
    /// Makes addresses that calendar programs subscribe to, lists them and takes them back.
    CalendarFeed(calendar_feed::Args),
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
        Command::List(list) => list::run(&connection, partnership, &args.client, list).await?,
        Command::Show(args) => agree::show(&connection, partnership, language, args).await?,
        Command::Adopt(args) => agree::adopt(&connection, partnership, language, args).await?,
        Command::Close(args) => agree::close(&connection, partnership, language, args).await?,
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
        Command::CalendarFeed(feed) => {
            calendar_feed::run(&connection, partnership, &args.client, feed).await?
        }
        Command::Measures(measures) => {
            measures::run(&connection, partnership, language, measures).await?
        }
        Command::Export(export) => {
            return export::run(&connection, partnership, language, export).await;
        }
        // It shows a report of its own.
        Command::Import(_) => return Ok(()),
        Command::Baselines(args) => baselines::list(&connection, partnership, args).await?,
        Command::Baseline(args) => {
            baselines::measures(&connection, partnership, language, args).await?
        }
        Command::Rebaseline(args) => rebaseline::run(&connection, partnership, args).await?,
        Command::Variance(args) => variance::run(&connection, partnership, language, args).await?,
        Command::Life(args) => life::run(&connection, partnership, args).await?,
        Command::Indicators(args) => {
            indicators::reports(&connection, partnership, language, args).await?
        }
        Command::Values(args) => indicators::list(&connection, partnership, args).await?,
        Command::Record(args) => indicators::record(&connection, partnership, args).await?,
        Command::Schedule(schedule) => schedule::run(&connection, partnership, schedule).await?,
        Command::Gantt(gantt) => {
            return gantt::run(&connection, partnership, language, gantt).await;
        }
        word => say(&connection, partnership, word).await?,
    };
    Ok(view.print(args.client.output)?)
}

/// Gives a side's word on a measure.
async fn say(
    connection: &Connection,
    partnership: Option<&str>,
    word: &Command,
) -> Result<View, Error> {
    use say::{Judged, Plain, Reasoned};
    match word {
        Command::Start(args) => say::plain(connection, partnership, Plain::Start, args).await,
        Command::AcceptCancellation(args) => {
            say::plain(connection, partnership, Plain::AcceptCancellation, args).await
        }
        Command::ProposeCancellation(args) => {
            let word = Reasoned::ProposeCancellation;
            say::reasoned(connection, partnership, word, args).await
        }
        Command::DeclineCancellation(args) => {
            let word = Reasoned::DeclineCancellation;
            say::reasoned(connection, partnership, word, args).await
        }
        Command::Report(args) => say::report(connection, partnership, args).await,
        Command::Confirm(args) => say::confirm(connection, partnership, args).await,
        Command::WithdrawReport(args) => {
            say::judged(connection, partnership, Judged::Withdraw, args).await
        }
        Command::Return(args) => say::judged(connection, partnership, Judged::Return, args).await,
        Command::Dispute(args) => say::judged(connection, partnership, Judged::Dispute, args).await,
        _ => Err(Error::Failed("this is no word on a measure".to_owned())),
    }
}

/// A deadline in a few words: its last day, or that there is none.
fn deadline(deadline: Option<&Deadline>) -> String {
    match deadline {
        Some(Deadline {
            form: Some(deadline::Form::Permanent(_)),
            ..
        }) => "permanent".to_owned(),
        Some(deadline) => value::date(deadline.last_day.as_ref()),
        None => String::new(),
    }
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
