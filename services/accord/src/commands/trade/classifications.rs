//! `accord trade classifications`: the editions of the Harmonized System, their entries, and conversion.

mod convert;
mod import;
mod items;
mod list;

pub(super) use convert::weights;

use accord_proto::trade::v1::HsEdition;

use crate::client::Connection;
use crate::error::Error;
use crate::render::View;

/// Options of `accord trade classifications`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade classifications
  accord trade classifications import --shipped --token-file operator.token
  accord trade classifications search petroleum crude
  accord trade classifications show 2709 --edition H5
  accord trade classifications convert figures.csv --from H5 --to H6")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the editions, with what is known of each.
    List,
    /// Sends public files of codes and names, or of pairs of codes, to the service.
    Import(import::Args),
    /// Finds entries by words of their names, or by the beginning of a code.
    Search(items::SearchArgs),
    /// Shows an entry and the entries below it.
    Show(items::ShowArgs),
    /// Converts amounts by commodity from one edition to another.
    Convert(convert::Args),
}

/// An edition, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Edition {
    /// 1988/1992.
    #[value(name = "H0", alias = "h0")]
    H0,
    /// 1996.
    #[value(name = "H1", alias = "h1")]
    H1,
    /// 2002.
    #[value(name = "H2", alias = "h2")]
    H2,
    /// 2007.
    #[value(name = "H3", alias = "h3")]
    H3,
    /// 2012.
    #[value(name = "H4", alias = "h4")]
    H4,
    /// 2017.
    #[value(name = "H5", alias = "h5")]
    H5,
    /// 2022.
    #[value(name = "H6", alias = "h6")]
    H6,
}

impl Edition {
    /// The value of the contract.
    pub(super) fn of_contract(self) -> HsEdition {
        match self {
            Self::H0 => HsEdition::H0,
            Self::H1 => HsEdition::H1,
            Self::H2 => HsEdition::H2,
            Self::H3 => HsEdition::H3,
            Self::H4 => HsEdition::H4,
            Self::H5 => HsEdition::H5,
            Self::H6 => HsEdition::H6,
        }
    }

    /// The name of its resource.
    fn name(self) -> String {
        format!(
            "classifications/{}",
            word(self.of_contract()).to_lowercase()
        )
    }
}

/// The word for an edition: `H6`.
fn word(edition: HsEdition) -> &'static str {
    edition
        .as_str_name()
        .strip_prefix("HS_EDITION_")
        .filter(|word| *word != "UNSPECIFIED")
        .unwrap_or_default()
}

pub(super) async fn run(connection: &Connection, args: &Args) -> Result<View, Error> {
    match &args.command {
        None | Some(Command::List) => list::run(connection).await,
        Some(Command::Import(import)) => import::run(connection, import).await,
        Some(Command::Search(search)) => items::search(connection, search).await,
        Some(Command::Show(show)) => items::show(connection, show).await,
        Some(Command::Convert(convert)) => convert::run(connection, convert).await,
    }
}
