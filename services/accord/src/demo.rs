//! `accord demo`: everything in one process, with a sample, on a directory that goes away at the end.

use std::path::PathBuf;
use std::process::ExitCode;

use documents::texts::TextArgs;
use gateway::WebArgs;
use host::{AccessLog, HostArgs, StartError};

use crate::process::{self, Plan};
use crate::sample::Sample;

/// Options of `accord demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord demo
  accord demo --sample fictional            an invented partnership with measures in every state
  accord demo --data-dir ./demo             kept, and found again at the next start
  accord demo --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --output json

The sample is loaded over the public address, each side's facts with a token of that side.")]
pub struct Args {
    /// What to start with
    #[arg(long, value_enum, default_value = "uz-kz")]
    sample: Sample,
    /// Keeps everything in this directory; without it a temporary one is used and removed at the end
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// What web pages of others may do.
    #[command(flatten)]
    web: WebArgs,
    /// Accept tokens of the data directory's own issuer from other machines too
    #[arg(long)]
    allow_own_issuer: bool,
    #[command(flatten)]
    host: HostArgs,
}

/// Runs `accord demo` until the process is told to stop.
#[must_use]
pub fn run(mut args: Args) -> ExitCode {
    if args.host.log.log.is_none() && std::env::var_os("RUST_LOG").is_none() {
        // People who try it out read the banner; what is in order need not be logged around it.
        args.host.log.log = Some("warn".to_owned());
    }
    args.host.log.access_log.get_or_insert(AccessLog::Off);
    let plan = |data_dir| Plan {
        host: args.host,
        data_dir,
        texts: TextArgs::default(),
        web: args.web,
        reminders: roadmaps::ReminderArgs::default(),
        allow_own_issuer: args.allow_own_issuer,
        sample: args.sample,
    };
    if let Some(data_dir) = args.data_dir {
        return process::run(plan(data_dir));
    }
    // Removed when `run` returns, which is after the databases are closed.
    match tempfile::Builder::new().prefix("accord-demo-").tempdir() {
        Ok(folder) => process::run(plan(folder.path().to_owned())),
        Err(error) => host::failure(
            "accord",
            &StartError::Start(format!("cannot make a temporary directory: {error}")),
        ),
    }
}
