//! `accord trade`: turnover by every method, targets, and the releases that the figures come from.

mod advantage;
mod as_of;
mod breakdown;
mod classifications;
mod compare;
mod complementarity;
mod convert;
mod explain;
mod explanations;
mod export;
mod forecast;
mod groups;
mod import;
mod outcomes;
mod reconcile;
mod releases;
mod target;
mod turnover;
mod uses;
mod world;

pub(super) use turnover::method;

use crate::client::ClientArgs;
use crate::error::Error;
use crate::names::PartnershipArg;

/// Options of `accord trade`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    partnership: PartnershipArg,
    #[command(flatten)]
    client: ClientArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Shows turnover by year, quarter or month, by a method that you name.
    Turnover(turnover::Args),
    /// Shows what trade in one period is made of: the largest products or regions, newcomers and losses.
    Breakdown(breakdown::Args),
    /// Shows in which products a country is specialised: its revealed comparative advantages.
    Advantage(advantage::Args),
    /// Shows how well what each party exports fits what the other imports.
    Complementarity(complementarity::Args),
    /// Shows where a figure comes from: how it was computed, and the published figures with their wording.
    Explain(explain::Args),
    /// Shows how far a target has been reached, and the growth it still needs.
    Target(target::Args),
    /// Lists the publications that the figures come from.
    Releases(releases::Args),
    /// Lists the figures in which two releases of one reporter differ.
    Compare(compare::Args),
    /// Shows the editions of the Harmonized System, finds their entries, and converts between them.
    Classifications(classifications::Args),
    /// Sets each side's exports against the other's imports, and tells what the gap consists of.
    Reconcile(reconcile::Args),
    /// Shows the figures of a release in another edition of the Harmonized System.
    Convert(convert::Args),
    /// Shows, gives and answers explanations of the gaps between both sides' figures.
    Explanations(explanations::Args),
    /// Uploads files of figures into a release that is being prepared.
    Import(import::Args),
    /// Writes the figures that stand to a file: CSV, SDMX-CSV, SDMX-JSON, Parquet or Arrow.
    Export(export::Args),
}

/// Runs `accord trade`.
pub async fn run(args: &Args) -> Result<(), Error> {
    let connection = args.client.connect().await?;
    let partnership = args.partnership.partnership.as_deref();
    let output = args.client.output;
    let view = match &args.command {
        Command::Turnover(turnover) => turnover::run(&connection, partnership, turnover).await?,
        Command::Breakdown(args) => breakdown::run(&connection, partnership, args).await?,
        Command::Advantage(args) => advantage::run(&connection, partnership, args).await?,
        Command::Complementarity(args) => {
            complementarity::run(&connection, partnership, args).await?
        }
        Command::Explain(args) => explain::run(&connection, partnership, args).await?,
        Command::Target(target) => target::run(&connection, partnership, target).await?,
        Command::Releases(releases) => releases::run(&connection, partnership, releases).await?,
        Command::Classifications(args) => classifications::run(&connection, args).await?,
        Command::Import(import) => {
            return import::run(&connection, partnership, import, output).await;
        }
        Command::Reconcile(args) => reconcile::run(&connection, partnership, args).await?,
        Command::Convert(args) => convert::run(&connection, partnership, args).await?,
        Command::Explanations(args) => explanations::run(&connection, partnership, args).await?,
        Command::Compare(args) => {
            return compare::run(&connection, partnership, args, output).await;
        }
        Command::Export(args) => {
            return export::run(&connection, partnership, args, output).await;
        }
    };
    Ok(view.print(output)?)
}
