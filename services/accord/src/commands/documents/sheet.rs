//! `accord documents sheet`: what is known of one document, as a page to print or to file.

mod content;
mod html;
mod markdown;
mod part;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::text_service_client::TextServiceClient;
use accord_proto::documents::v1::{
    Document, DocumentRelation, DocumentStatus, GetDocumentRequest, GetDocumentStatusRequest,
    GetTextVersionRequest, IntegrityState, RelationDirection, Text, TextVersion,
};
use accord_proto::google::r#type::Date;
use tonic::Code;

use super::target::Target;
use super::{relations, texts};
use crate::client::Connection;
use crate::error::Error;
use crate::when;

/// Options of `accord documents sheet`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents sheet customs-energy
  accord documents sheet customs-energy --format html --language ru --output-file customs-energy.html
  accord documents sheet customs-energy --on 2023-01-01 --known-on 2023-01-01     as one could know it then

The HTML needs no other file, and prints on A4. Titles are shown in the language of --language first; the reasoning
is in English.")]
pub(super) struct Args {
    /// The document, by its id or full name.
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// The form of the sheet.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "markdown")]
    format: Form,
    /// The day to compute the state for, past or future [default: today, UTC].
    #[arg(long, visible_alias = "effective-date", value_name = "DATE", value_parser = when::day)]
    on: Option<Date>,
    /// Counts only what was public or recorded by the end of this day, or by this instant [default: now].
    #[arg(long, visible_alias = "known-time", value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    /// Reads the register as it stood before this instant, or before the end of this day: acts, retractions and clauses that
    /// were recorded later do not count [default: all count].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    recorded_before: Option<prost_types::Timestamp>,
    /// The file to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

/// The form of a sheet.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// `CommonMark` with tables.
    Markdown,
    /// One HTML file.
    Html,
}

/// Everything that a sheet tells.
#[derive(Debug, Clone, Default)]
struct Facts {
    document: Document,
    status: DocumentStatus,
    /// Nothing where the caller may not read them.
    relations: Option<Vec<DocumentRelation>>,
    /// Nothing where the caller may not read them.
    texts: Option<Vec<Text>>,
    /// The versions of the texts that are damaged in the store: the newest ones and the parties' originals are looked at.
    damaged: Vec<TextVersion>,
    language: String,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<(), Error> {
    let mut target = Target::open(args.output_file.as_deref())?;
    let facts = gather(connection, partnership, language, args).await?;
    let parts = content::of(&facts);
    let text = match args.format {
        Form::Markdown => markdown::write(&parts),
        Form::Html => html::write(&parts, language),
    };
    target.write_all(text.as_bytes())?;
    target.finish()
}

async fn gather(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<Facts, Error> {
    let name = super::name(connection, partnership, &args.document).await?;
    let mut client = DocumentServiceClient::new(connection.clone());
    let document = client
        .get_document(GetDocumentRequest { name: name.clone() })
        .await?
        .into_inner();
    let request = GetDocumentStatusRequest {
        name: name.clone(),
        effective_date: args.on,
        known_time: args.known_on,
        recorded_before: args.recorded_before,
    };
    let status = client.get_document_status(request).await?.into_inner();
    let relations = relations::fetch(connection, &name, RelationDirection::Unspecified, None).await;
    let texts = texts::texts(connection, &name).await;
    let texts = readable(texts.map(|answer| answer.texts))?;
    Ok(Facts {
        relations: readable(relations.map(|answer| answer.relations))?,
        damaged: damaged(connection, texts.as_deref().unwrap_or_default()).await?,
        texts,
        document,
        status,
        language: language.to_owned(),
    })
}

/// Reads which versions of texts are damaged, of those that the sheet names.
async fn damaged(connection: &Connection, texts: &[Text]) -> Result<Vec<TextVersion>, Error> {
    let mut names = BTreeSet::new();
    for text in texts {
        let originals = text.originals.iter().map(|original| &original.version);
        names.extend(
            originals
                .chain([&text.latest_version])
                .filter(|name| !name.is_empty()),
        );
    }
    let mut client = TextServiceClient::new(connection.clone());
    let mut damaged = Vec::new();
    for name in names {
        let request = GetTextVersionRequest { name: name.clone() };
        let version = client.get_text_version(request).await;
        let version = readable(version.map_err(Error::from))?.map(tonic::Response::into_inner);
        damaged
            .extend(version.filter(|version| version.integrity_state() > IntegrityState::Intact));
    }
    Ok(damaged)
}

/// What the caller may not read is left out of the sheet, which then says so.
fn readable<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Refused(refusal)) if refusal.code() == Code::PermissionDenied => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[path = "sheet/tests.rs"]
mod tests;
