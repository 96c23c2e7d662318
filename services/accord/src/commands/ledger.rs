//! `accord ledger`: every change, who made it and when.

mod list;
mod watch;

use accord_proto::ledger::v1::Entry;

use crate::client::ClientArgs;
use crate::error::Error;
use crate::render::value;

/// Options of `accord ledger`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    client: ClientArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the entries of a log.
    List(list::Args),
    /// Follows a log and shows each change as it is made.
    Watch(watch::Args),
}

/// The log of one service.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Log {
    /// Partnerships, documents and acts.
    Documents,
    /// Releases and targets.
    Trade,
    /// Roadmaps and measures.
    Roadmaps,
}

impl Log {
    fn name(self) -> &'static str {
        match self {
            Self::Documents => "logs/documents",
            Self::Trade => "logs/trade",
            Self::Roadmaps => "logs/roadmaps",
        }
    }
}

/// Runs `accord ledger`.
pub async fn run(args: &Args) -> Result<(), Error> {
    let connection = args.client.connect().await?;
    match &args.command {
        Command::List(list) => {
            let view = list::run(&connection, list).await?;
            Ok(view.print(args.client.output)?)
        }
        Command::Watch(watch) => watch::run(&connection, watch, args.client.output).await,
    }
}

/// The kind of a change in words.
fn kind(entry: &Entry) -> String {
    value::words(entry.kind().as_str_name(), "CHANGE_KIND_")
}

/// Who made a change: the agency, with its party if it has one.
fn actor(entry: &Entry) -> String {
    let actor = entry.actor.clone().unwrap_or_default();
    if actor.party.is_empty() {
        actor.agency
    } else {
        format!("{} ({})", actor.agency, actor.party)
    }
}
