//! `accord policy`: who may do what, and why; no server is needed.

mod check;
mod show;
mod validate;

use std::path::Path;
use std::sync::Arc;

use identity::{Policies, PolicyError};

use crate::error::Error;

/// Options of `accord policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord policy check --agency uz-stat --party UZ --role editor \\
         --method accord.trade.v1.ReleaseService/PublishRelease --resource-party UZ
  accord policy show
  accord policy validate ./policies

Policies are written in Cedar (https://www.cedarpolicy.com). `accord serve --policy-dir DIR` and the services use those of a
folder in the place of their own, and read them again on SIGHUP.")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Says whether an agency may call a method, which policies decide that, and why.
    Check(check::Args),
    /// Checks the policies of a folder as a service would at its start, and tells all that is wrong.
    Validate(validate::Args),
    /// Shows the policies and the schema that are part of the program, or writes them into a folder to begin with.
    Show(show::Args),
}

/// Runs `accord policy`.
pub fn run(args: &Args) -> Result<(), Error> {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Show(args) => show::run(args),
    }
}

/// Reads the policies of a folder; those of the program without one.
fn read(folder: Option<&Path>) -> Result<Arc<Policies>, Error> {
    match folder {
        None => Ok(Policies::shipped()),
        Some(folder) => Policies::read(folder)
            .map(Arc::new)
            .map_err(|error| refused(&error)),
    }
}

/// Everything that is wrong, a line each.
fn refused(error: &PolicyError) -> Error {
    let lines: Vec<String> = error.mistakes().iter().map(ToString::to_string).collect();
    Error::Content(lines.join("\n  "))
}
