//! Settings of the service.

/// Settings of `accord-trade`, beside those that every binary has.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// Where releases, figures and targets are kept.
    #[command(flatten)]
    pub database: host::DatabaseArgs,
}
