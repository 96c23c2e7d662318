//! What an operator may set.

use host::DatabaseArgs;

/// Configuration of the roadmaps service.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// Where roadmaps are kept.
    #[command(flatten)]
    pub database: DatabaseArgs,
}
