//! The `accord` command: all services in one process on SQLite, and the client for people.
//!
//! The server side only puts together what each service's own binary puts together as well: the services know each
//! other through their contracts, here over channels inside the process. The client side knows nothing but the
//! contracts, so it works with any installation. The samples are loaded by the client side too: there is no way in
//! that others do not have.

mod apply;
mod cli;
mod client;
mod commands;
mod contract;
mod data_dir;
mod error;
mod import;
mod language;
mod names;
mod paging;
mod progress;
mod render;
mod sample;
mod when;

use std::process::ExitCode;

use cli::{Cli, Command};
use error::Error;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = <Cli as clap::Parser>::parse();
    match run_client(&cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.exit(),
    }
}

/// Runs a client command; one thread is enough for one caller.
fn run_client(command: &Command) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Failed(error.to_string()))?;
    runtime.block_on(async {
        match command {
            Command::Overview(args) => commands::overview::run(args).await,
            Command::Documents(args) => commands::documents::run(args).await,
            Command::Trade(args) => commands::trade::run(args).await,
            Command::Roadmaps(args) => commands::roadmaps::run(args).await,
            Command::Ledger(args) => commands::ledger::run(args).await,
            Command::Apply(args) => apply::run(args).await,
            Command::Token(args) => commands::token::run(args),
        }
    })
}
