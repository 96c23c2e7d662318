//! The settings that every process has, each as a flag, as `ACCORD_<FLAG>` and as a key of the
//! configuration file.

mod auth;
mod connections;
mod limits;
mod listen;
mod log;
mod policy;
mod tls;

use std::path::PathBuf;

pub use auth::AuthArgs;
pub use connections::ConnectionArgs;
pub use limits::LimitArgs;
pub use listen::ListenArgs;
pub use log::{AccessLog, LogArgs, LogFormat};
pub use policy::PolicyArgs;
pub use tls::{ClientAuth, TlsArgs};

/// How the process tells on standard output that it is ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// A few lines for people.
    #[default]
    Text,
    /// One JSON object in one line.
    Json,
}

/// All settings of a thin binary but its service's own.
#[derive(clap::Args, Clone, Debug)]
pub struct HostArgs {
    /// Configuration file in TOML; its keys are the flags' names. Variables and flags win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// How to tell on standard output that the process is ready
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: Output,

    /// Where to listen.
    #[command(flatten)]
    pub listen: ListenArgs,

    /// Whose access tokens are accepted.
    #[command(flatten)]
    pub auth: AuthArgs,

    /// What callers may do.
    #[command(flatten)]
    pub policy: PolicyArgs,

    /// What to log.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Returns the environment variable of a flag: `--tls-cert` is `ACCORD_TLS_CERT`.
pub(crate) fn variable(flag: &str) -> String {
    format!("ACCORD_{}", flag.replace('-', "_").to_ascii_uppercase())
}
