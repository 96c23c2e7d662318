//! `accord serve`: everything in one process.

use std::path::PathBuf;
use std::process::ExitCode;

use documents::texts::TextArgs;
use gateway::WebArgs;
use host::HostArgs;
use roadmaps::ReminderArgs;

use crate::data_dir::DEFAULT_DATA_DIR;
use crate::process::{self, Plan};
use crate::sample::Sample;

/// Options of `accord serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord serve
  accord serve --data-dir /var/lib/accord --listen 127.0.0.1:9000
  accord serve --text-max-bytes 104857600 --text-max-agency-uploads 50
  accord serve --reminder-leads 14,3,overdue
  accord serve --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem --auth-issuer https://login.example.org \
      --auth-audience accord --auth-jwks https://login.example.org/jwks.json
  accord serve --config accord.toml --output json

Every flag is also a variable, ACCORD_<FLAG>, and a key of the configuration file.
Exit codes: 0 after SIGTERM or Ctrl-C, 2 for wrong settings, 1 when starting fails.")]
pub struct Args {
    /// Where everything is kept: databases, signing key, the operator's token
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA_DIR)]
    data_dir: PathBuf,
    /// Where texts are kept, and how many are taken.
    #[command(flatten)]
    texts: TextArgs,
    /// What web pages of others may do.
    #[command(flatten)]
    web: WebArgs,
    /// When deadlines are reminded of.
    #[command(flatten)]
    reminders: ReminderArgs,
    /// Accept tokens of the data directory's own issuer from other machines too
    #[arg(long)]
    allow_own_issuer: bool,
    #[command(flatten)]
    host: HostArgs,
}

/// Runs `accord serve` until the process is told to stop.
#[must_use]
pub fn run(args: Args) -> ExitCode {
    process::run(Plan {
        host: args.host,
        data_dir: args.data_dir,
        texts: args.texts,
        web: args.web,
        reminders: args.reminders,
        allow_own_issuer: args.allow_own_issuer,
        sample: Sample::None,
    })
}
