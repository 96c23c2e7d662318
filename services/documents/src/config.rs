//! The settings of the documents service.

use host::{DatabaseArgs, remote::RemoteTlsArgs};

use crate::{peers::PeerSpec, texts::TextArgs};

/// What the service is told at its start; every flag is also a variable `ACCORD_<FLAG>`.
#[derive(clap::Args, Clone, Debug)]
pub struct Config {
    /// Which database the register is kept in.
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// Where texts are kept.
    #[command(flatten)]
    pub texts: TextArgs,

    /// Where a service answers whose resources documents refer to: roadmaps or trade. Repeatable; in the
    /// variable, separated by commas. Without it, documents that refer to its resources are refused.
    #[arg(
        long = "peer",
        env = "ACCORD_PEER",
        value_name = "SERVICE=URL",
        value_delimiter = ','
    )]
    pub peers: Vec<PeerSpec>,

    /// TLS towards the services whose addresses are `https`.
    #[command(flatten)]
    pub remote: RemoteTlsArgs,
}
