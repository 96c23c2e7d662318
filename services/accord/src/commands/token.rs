//! `accord token`: makes tokens with a data directory's key, and shows what a token says.

mod inspect;
mod issue;
mod key;

use crate::error::Error;

/// Options of `accord token`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Makes a token for an agency, with the signing key of a data directory; no server is needed.
    Issue(issue::Args),
    /// Makes the signing key of a data directory if it is missing, and shows the settings that trust it.
    Key(key::Args),
    /// Shows what a token says and when it expires.
    Inspect(inspect::Args),
}

/// Runs `accord token`.
pub fn run(args: &Args) -> Result<(), Error> {
    match &args.command {
        Command::Issue(args) => issue::run(args),
        Command::Key(args) => key::run(args),
        Command::Inspect(args) => inspect::run(args),
    }
}
