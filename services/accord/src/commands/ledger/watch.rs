//! `accord ledger watch`.

use std::io::{self, Write as _};

use accord_proto::ledger::v1::ledger_service_client::LedgerServiceClient;
use accord_proto::ledger::v1::watch_changes_response::Event;
use accord_proto::ledger::v1::{Entry, WatchChangesRequest, WatchChangesResponse, WatchMode};

use super::Log;
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Format, value};

/// Options of `accord ledger watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord ledger watch documents                       the resources as they are, then each change
  accord ledger watch roadmaps --changes-only
  accord ledger watch trade -o jsonl > changes.jsonl   each line has the token to resume after it
  accord ledger watch trade --resume-token TOKEN -o jsonl")]
pub(super) struct Args {
    /// The log.
    #[arg(value_enum)]
    log: Log,
    /// Only this resource and those below it, such as `partnerships/uz-kz`.
    #[arg(long, value_name = "NAME", default_value = "")]
    resource_parent: String,
    /// Begins with the next change instead of the resources as they are.
    #[arg(long)]
    changes_only: bool,
    /// Goes on after the message that had this token.
    #[arg(long, value_name = "TOKEN", default_value = "")]
    resume_token: String,
}

pub(super) async fn run(connection: &Connection, args: &Args, format: Format) -> Result<(), Error> {
    if format == Format::Csv {
        return Err(Error::Usage(
            "a watch never ends, so it is no table: use -o jsonl".to_owned(),
        ));
    }
    let mode = if args.changes_only {
        WatchMode::ChangesOnly
    } else {
        WatchMode::InitialStateThenChanges
    };
    let mut stream = LedgerServiceClient::new(connection.clone())
        .watch_changes(WatchChangesRequest {
            parent: args.log.name().to_owned(),
            resource_parent: args.resource_parent.clone(),
            mode: mode.into(),
            resume_token: args.resume_token.clone(),
            ..WatchChangesRequest::default()
        })
        .await?
        .into_inner();
    let mut last_token = args.resume_token.clone();
    loop {
        match stream.message().await {
            Ok(Some(message)) => {
                last_token.clone_from(&message.resume_token);
                show(&message, format)?;
            }
            Ok(None) => return Ok(()),
            Err(status) => {
                let error = Error::from(status);
                return Err(Error::Failed(format!(
                    "{error}\n  hint: go on with --resume-token {last_token}"
                )));
            }
        }
    }
}

fn show(message: &WatchChangesResponse, format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match (format, &message.event) {
        (Format::Table | Format::Csv, Some(Event::Entry(entry))) => {
            writeln!(out, "{}", line(entry))?;
        }
        (Format::Table | Format::Csv, Some(Event::InitialStateDone(done))) => {
            writeln!(out, "-- as of entry {}; changes follow --", done.sequence)?;
        }
        (Format::Table | Format::Csv, Some(Event::Heartbeat(_)) | None) => {}
        (Format::Json, _) => Answer::of(message).write_whole(&mut out)?,
        (Format::Jsonl, _) => Answer::of(message).write_lines(&mut out)?,
    }
    out.flush()
}

fn line(entry: &Entry) -> String {
    format!(
        "{:>6}  {}  {:<13}  {}  {}",
        entry.sequence,
        value::instant(entry.record_time.as_ref()),
        super::kind(entry),
        super::actor(entry),
        entry.resource
    )
}
