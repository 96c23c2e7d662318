//! `accord documents`: what was signed and what of it is in force.

mod acts;
mod get;
mod list;
mod status;

use accord_proto::documents::v1::DocumentState;

use crate::client::ClientArgs;
use crate::error::Error;
use crate::names::PartnershipArg;
use crate::render::value;

/// Options of `accord documents`.
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
    /// Lists the documents of a partnership.
    List(list::Args),
    /// Shows one document: titles, parties, signature, relations and sources.
    Get(get::Args),
    /// Computes the legal state of a document on any day, as known at any moment.
    Status(status::Args),
    /// Lists what the parties did about a document.
    Acts(acts::Args),
}

/// Runs `accord documents`.
pub async fn run(args: &Args) -> Result<(), Error> {
    let connection = args.client.connect().await?;
    let partnership = args.partnership.partnership.as_deref();
    let language = &args.client.language;
    let view = match &args.command {
        Command::List(list) => list::run(&connection, partnership, &args.client, list).await?,
        Command::Get(get) => get::run(&connection, partnership, language, get).await?,
        Command::Status(status) => status::run(&connection, partnership, status).await?,
        Command::Acts(acts) => acts::run(&connection, partnership, acts).await?,
    };
    Ok(view.print(args.client.output)?)
}

/// A legal state in words.
pub(super) fn state(state: DocumentState) -> String {
    match state {
        DocumentState::SignedEntryUnknown => "signed, entry unknown".to_owned(),
        other => value::words(other.as_str_name(), "DOCUMENT_STATE_"),
    }
}

/// The full name of a document given by its name or id.
async fn name(
    connection: &crate::client::Connection,
    partnership: Option<&str>,
    given: &str,
) -> Result<String, Error> {
    crate::names::resource(connection, partnership, "documents", given).await
}
