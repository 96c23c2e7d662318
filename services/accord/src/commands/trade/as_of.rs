//! As of when a question about trade is answered.

use crate::when;

/// The options that say as of when.
#[derive(Debug, clap::Args)]
pub(super) struct AsOf {
    /// Answers as the publications stood at the end of this day, or at this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    pub(super) known_on: Option<prost_types::Timestamp>,
    /// Leaves out what Accord recorded after the end of this day, or at this instant or later.
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    pub(super) recorded_before: Option<prost_types::Timestamp>,
}
