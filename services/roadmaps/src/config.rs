//! What an operator may set.

use host::DatabaseArgs;

use crate::peers::PeerSpec;

/// Configuration of the roadmaps service.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// Where roadmaps are kept.
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// Where a service answers whose resources measures refer to: documents or trade. Repeatable; in the
    /// variable, separated by commas. Without it, measures that refer to its resources are refused.
    #[arg(
        long = "peer",
        env = "ACCORD_PEER",
        value_name = "SERVICE=URL",
        value_delimiter = ','
    )]
    pub peers: Vec<PeerSpec>,
}
