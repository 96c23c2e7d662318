//! The `accord` command: all services in one process on SQLite, and the client for people.
//!
//! The server side only puts together what each service's own binary puts together as well: the services know each
//! other through their contracts, here over channels inside the process. The client side knows nothing but the
//! contracts, so it works with any installation. The samples are loaded by the client side too: there is no way in
//! that others do not have.

pub mod apply;
pub mod banner;
pub mod cli;
pub mod client;
pub mod commands;
pub mod contract;
pub mod data_dir;
pub mod demo;
pub mod error;
pub mod figures;
mod gantt;
pub mod import;
pub mod language;
pub mod names;
pub mod paging;
pub mod plan;
pub mod process;
pub mod progress;
pub mod register;
pub mod render;
pub mod sample;
pub mod serve;
pub mod when;

use std::process::ExitCode;

use cli::{Cli, Command};
use error::Error;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    if let Some(code) = documents::take_words_if_asked() {
        return code;
    }
    let cli = match host::config::parse::<Cli>(std::env::args_os()) {
        Ok(cli) => cli,
        Err(stop) => return stop.report("accord"),
    };
    match cli.command {
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(args),
        command => match run_client(&command) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => error.exit(),
        },
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
            // Servers have a runtime of their own.
            Command::Demo(_) | Command::Serve(_) => Ok(()),
            Command::Overview(args) => commands::overview::run(args).await,
            Command::Documents(args) => commands::documents::run(args).await,
            Command::Trade(args) => commands::trade::run(args).await,
            Command::Roadmaps(args) => commands::roadmaps::run(args).await,
            Command::Ledger(args) => commands::ledger::run(args).await,
            Command::Apply(args) => apply::run(args).await,
            Command::Token(args) => commands::token::run(args),
            Command::Policy(args) => commands::policy::run(args),
        }
    })
}
