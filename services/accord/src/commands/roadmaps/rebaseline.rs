//! `accord roadmaps rebaseline`: proposals to change an adopted plan, and words on them.

mod answer;
mod propose;
mod view;

use crate::client::Connection;
use crate::error::Error;
use crate::render::View;

/// Options of `accord roadmaps rebaseline`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the proposals to change a roadmap's plan.
    List(answer::ListArgs),
    /// Shows one proposal with its changes.
    Show(answer::ShowArgs),
    /// Proposes changes of an adopted plan, or the next revision of your own proposal.
    Propose(propose::Args),
    /// Proposes to carry measures over into a following roadmap.
    CarryOver(propose::CarryOverArgs),
    /// Accepts the other side's proposal: all its changes at once.
    Accept(answer::AcceptArgs),
    /// Declines the other side's proposal.
    Decline(answer::EndArgs),
    /// Takes your own proposal back.
    Withdraw(answer::EndArgs),
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    match &args.command {
        Command::List(args) => answer::list(connection, partnership, args).await,
        Command::Show(args) => answer::show(connection, partnership, args).await,
        Command::Propose(args) => propose::run(connection, partnership, args).await,
        Command::CarryOver(args) => propose::carry_over(connection, partnership, args).await,
        Command::Accept(args) => answer::accept(connection, partnership, args).await,
        Command::Decline(args) => answer::decline(connection, partnership, args).await,
        Command::Withdraw(args) => answer::withdraw(connection, partnership, args).await,
    }
}
