//! What a process logs, and how.

/// The form of log lines on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Whether there is an access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum AccessLog {
    /// A line for each call.
    On,
    /// None.
    Off,
}

/// Settings of the log.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct LogArgs {
    /// Which log lines to write: a level, or `target=level` pairs with commas [default: `RUST_LOG`,
    /// else info]
    #[arg(long, value_name = "FILTER")]
    pub log: Option<String>,

    /// Form of the log lines on standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// Whether each call is logged in a line when it has ended: agency, method, code, time, sizes; no token,
    /// body or query [default: on, but off in `accord demo`]
    #[arg(long, value_name = "WHETHER")]
    pub access_log: Option<AccessLog>,
}
