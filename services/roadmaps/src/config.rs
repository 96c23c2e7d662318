//! What an operator may set.

use host::{DatabaseArgs, remote::RemoteTlsArgs};

use crate::domain::reminder::Leads;
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

    /// TLS towards the services whose addresses are `https`.
    #[command(flatten)]
    pub remote: RemoteTlsArgs,

    /// When deadlines are reminded of.
    #[command(flatten)]
    pub reminders: ReminderArgs,
}

/// When deadlines are reminded of.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ReminderArgs {
    /// How many days before a deadline's last day a reminder is recorded in the ledger, 0 to 366, and `overdue` for one when it
    /// is over; separated by commas, or `off` for none.
    #[arg(
        long = "reminder-leads",
        env = "ACCORD_REMINDER_LEADS",
        value_name = "DAYS",
        default_value_t = Leads::default()
    )]
    pub reminder_leads: Leads,
}
