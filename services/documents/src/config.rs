//! The settings of the documents service.

use host::DatabaseArgs;

/// What the service is told at its start; every flag is also a variable `ACCORD_<FLAG>`.
#[derive(clap::Args, Clone, Debug)]
pub struct Config {
    /// Which database the register is kept in.
    #[command(flatten)]
    pub database: DatabaseArgs,
}
