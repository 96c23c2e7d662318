//! The command line: every command, each with its options beside the code that runs it.

use crate::{apply, commands, demo, serve};

/// The whole command line.
#[derive(Debug, clap::Parser)]
#[command(
    name = "accord",
    version,
    about = "The shared, machine-readable record of an interstate partnership",
    long_about = "The shared, machine-readable record of an interstate partnership: what was signed and what of it is in force, \
                  whether the agreed trade target is being reached, and which agreed measures each region has really carried out.",
    after_help = "\
Start here:
  accord demo                       everything in one process, with a sample partnership
  accord overview                   in another terminal: what the partnership has come to

Every command has examples: accord trade turnover --help",
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Runs everything in one process with a sample partnership, on a directory that goes away at the end.
    Demo(demo::Args),
    /// Runs everything in one process, with its data in one directory.
    Serve(serve::Args),
    /// Shows what a partnership has come to: documents, trade against target, roadmaps, deadlines.
    Overview(commands::overview::Args),
    /// What was signed and what of it is in force.
    Documents(commands::documents::Args),
    /// Turnover by every method, targets, and the releases that the figures come from.
    Trade(commands::trade::Args),
    /// What regions agreed to do, and what both sides confirm as done.
    Roadmaps(commands::roadmaps::Args),
    /// Every change, who made it and when; once or as it happens.
    Ledger(commands::ledger::Args),
    /// Carries out calls that are written down in files, each side's with a token of that side.
    Apply(apply::Args),
    /// Makes access tokens, and shows what a token says.
    Token(commands::token::Args),
    /// Who may do what, and why: checks, shows and explains the policies.
    Policy(commands::policy::Args),
}
