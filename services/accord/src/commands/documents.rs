//! `accord documents`: what was signed and what of it is in force.

mod acts;
mod calendar;
mod download;
mod export;
mod get;
mod import;
mod list;
mod pending;
mod relations;
mod remove;
mod search;
mod sectors;
mod sheet;
mod status;
mod texts;
mod timeline;
mod upload;

use accord_proto::documents::v1::DocumentState;

use super::target;
use crate::client::{ClientArgs, Connection};
use crate::error::Error;
use crate::names::PartnershipArg;
use crate::render::{View, value};

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
    /// Finds documents by words of their titles and texts, in any language and script.
    Search(search::Args),
    /// Lists what a document refers to, and what refers to it.
    Relations(relations::Args),
    /// Lists who owes what on which document, and since when.
    Pending(pending::Args),
    /// Lists what comes to pass: entries into force, ends of terms, renewals, last days for notice.
    Calendar(calendar::Args),
    /// Lists what the documents are about.
    Sectors(sectors::Args),
    /// Writes a printable status sheet of one document.
    Sheet(sheet::Args),
    /// Lists the texts of a document, or the versions of one of them.
    Texts(texts::Args),
    /// Uploads a file as a version of a document's text.
    Upload(upload::Args),
    /// Downloads a version of a text, and checks its hash.
    Download(download::Args),
    /// Takes documents and acts from CSV files, with a word on every bad row.
    Import(import::Args),
    /// Writes the register as JSON Lines or CSV.
    Export(export::Args),
    /// Deletes a document; it can be undeleted for 30 days.
    Delete(remove::DeleteArgs),
    /// Takes back a deletion.
    Undelete(remove::UndeleteArgs),
    /// Removes deleted documents for good.
    Purge(remove::PurgeArgs),
}

/// Runs `accord documents`.
pub async fn run(args: &Args) -> Result<(), Error> {
    let partnership = args.partnership.partnership.as_deref();
    let client = &args.client;
    if let Command::Import(import) = &args.command {
        // Each party's acts go with a token of that party.
        return import::run(client, partnership, import).await;
    }
    let connection = client.connect().await?;
    match view(&connection, partnership, args).await? {
        Some(view) => Ok(view.print(client.output)?),
        None => Ok(()),
    }
}

/// What a command shows; nothing of one that writes a file.
async fn view(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<Option<View>, Error> {
    let client = &args.client;
    let language = &client.language;
    let view = match &args.command {
        // It opens its own connections.
        Command::Import(_) => return Ok(None),
        Command::Sheet(args) => {
            return sheet::run(connection, partnership, language, args)
                .await
                .map(|()| None);
        }
        Command::Download(args) => {
            return download::run(connection, partnership, args)
                .await
                .map(|()| None);
        }
        Command::Export(args) => {
            return export::run(connection, partnership, args)
                .await
                .map(|()| None);
        }
        Command::Calendar(args) => {
            return calendar::run(connection, partnership, client, args).await;
        }
        Command::List(args) => list::run(connection, partnership, client, args).await,
        Command::Get(args) => get::run(connection, partnership, language, args).await,
        Command::Status(args) => status::run(connection, partnership, args).await,
        Command::Acts(args) => acts::run(connection, partnership, args).await,
        Command::Search(args) => search::run(connection, partnership, language, args).await,
        Command::Relations(args) => relations::run(connection, partnership, language, args).await,
        Command::Pending(args) => pending::run(connection, partnership, args).await,
        Command::Sectors(_) => sectors::run(connection, partnership).await,
        Command::Texts(args) => texts::run(connection, partnership, args).await,
        Command::Upload(args) => upload::run(connection, partnership, args).await,
        Command::Delete(args) => remove::delete(connection, partnership, args).await,
        Command::Undelete(args) => remove::undelete(connection, partnership, args).await,
        Command::Purge(args) => remove::purge(connection, partnership, args).await,
    };
    view.map(Some)
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
    connection: &Connection,
    partnership: Option<&str>,
    given: &str,
) -> Result<String, Error> {
    crate::names::resource(connection, partnership, "documents", given).await
}
