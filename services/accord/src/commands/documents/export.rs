//! `accord documents export`: the register as JSON Lines or CSV, page by page, whole or not at all.

mod spool;

use std::path::PathBuf;

use accord_proto::documents::v1::act_service_client::ActServiceClient;
use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{Act, Document, ListActsRequest, ListDocumentsRequest};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::ProgressBar;

use super::target::Target;
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, ListArgs};
use crate::register::{act, document};
use crate::render::{self, formula};
use crate::{names, progress};
use spool::Spool;

/// Documents in a page, as many as the acts of which are asked for at a time.
const PAGE: i32 = 200;
/// How many documents' acts are asked for at once.
const AT_ONCE: usize = 8;

/// Options of `accord documents export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents export > register.jsonl
  accord documents export --with-acts --output-file register.jsonl
  accord documents export --format csv --output-file documents.csv --acts acts.csv
  accord documents export --filter 'sectors:\"customs\"' --format csv

JSON Lines hold the canonical protobuf JSON of each document and, with --with-acts, of its acts after it; the name
tells which is which. CSV has the columns that `accord documents import` reads; a cell that a spreadsheet would take for a
formula (it begins with =, +, -, @, a tab or a line end) has a ' before it, which an import takes off. Files are written beside their place
and moved there when they are complete, so a file that is there is whole.
Documents that you may not read are exported redacted as JSON Lines; CSV leaves them out and says how many.")]
pub(super) struct Args {
    /// The form of the export.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "jsonl")]
    format: Form,
    /// Which documents, in the filter language of the method (AIP-160).
    #[arg(long, value_name = "FILTER", default_value = "")]
    filter: String,
    /// Deleted documents too; only as JSON Lines, because an import has no way to delete.
    #[arg(long)]
    show_deleted: bool,
    /// The acts of each document after it; only as JSON Lines.
    #[arg(long)]
    with_acts: bool,
    /// A second file, for the acts of the documents.
    #[arg(long, value_name = "FILE", conflicts_with = "with_acts")]
    acts: Option<PathBuf>,
    /// The file to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// One JSON object a line.
    Jsonl,
    /// The columns that an import reads.
    Csv,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<(), Error> {
    if args.format == Form::Csv {
        if args.with_acts {
            return Err(Error::Usage(
                "acts have columns of their own: write them to a second file with --acts FILE"
                    .into(),
            ));
        }
        if args.show_deleted {
            return Err(Error::Usage(
                "a CSV of deleted documents would bring them back when it is imported; use --format jsonl".into(),
            ));
        }
    }
    let parent = names::partnership(connection, partnership).await?;
    let bar = progress::count("documents");
    let outcome = match args.format {
        Form::Jsonl => lines(connection, &parent, args, &bar).await,
        Form::Csv => sheet(connection, &parent, args, &bar).await,
    };
    bar.finish_and_clear();
    let outcome = outcome?;
    if outcome.left_out > 0 {
        eprintln!(
            "{} documents that you may not read were left out",
            outcome.left_out
        );
    }
    if let Some(path) = &args.output_file {
        eprintln!("{}: {} documents", path.display(), outcome.documents);
    }
    if let Some(path) = &args.acts {
        eprintln!("{}: {} acts", path.display(), outcome.acts);
    }
    Ok(())
}

/// What an export came to.
#[derive(Debug, Default)]
struct Outcome {
    documents: usize,
    acts: usize,
    left_out: usize,
}

async fn lines(
    connection: &Connection,
    parent: &str,
    args: &Args,
    bar: &ProgressBar,
) -> Result<Outcome, Error> {
    let mut out = Target::open(args.output_file.as_deref())?;
    let mut acts_out = args
        .acts
        .as_deref()
        .map(|path| Target::open(Some(path)))
        .transpose()?;
    let mut outcome = Outcome::default();
    let mut token = Some(String::new());
    while let Some((documents, next)) = page(connection, parent, args, token).await? {
        let acts = match (args.with_acts, &acts_out) {
            (false, None) => Vec::new(),
            _ => acts_of(connection, &documents).await?,
        };
        for (i, document) in documents.iter().enumerate() {
            render::Answer::of(document).write_lines(&mut out)?;
            for act in acts.get(i).into_iter().flatten() {
                let out = acts_out.as_mut().unwrap_or(&mut out);
                render::Answer::of(act).write_lines(out)?;
                outcome.acts += 1;
            }
        }
        outcome.documents += documents.len();
        bar.inc(documents.len() as u64);
        token = next;
    }
    out.finish()?;
    acts_out.map_or(Ok(()), Target::finish)?;
    Ok(outcome)
}

/// The header names every language, and those are known at the end only: documents wait in a temporary file until then.
async fn sheet(
    connection: &Connection,
    parent: &str,
    args: &Args,
    bar: &ProgressBar,
) -> Result<Outcome, Error> {
    let mut out = csv::Writer::from_writer(Target::open(args.output_file.as_deref())?);
    let mut acts_out = args
        .acts
        .as_deref()
        .map(|path| Target::open(Some(path)))
        .transpose()?
        .map(csv::Writer::from_writer);
    if let Some(out) = &mut acts_out {
        write_row(out, &act::header())?;
    }
    let mut spool = Spool::new()?;
    let mut languages: Vec<String> = Vec::new();
    let mut outcome = Outcome::default();
    let mut token = Some(String::new());
    while let Some((documents, next)) = page(connection, parent, args, token).await? {
        let (left_out, documents): (Vec<Document>, Vec<Document>) = documents
            .into_iter()
            .partition(|document| document.redacted);
        outcome.left_out += left_out.len();
        for document in &documents {
            let tags = document.titles.iter().map(|title| &title.language_code);
            for tag in tags {
                if !languages.contains(tag) {
                    languages.push(tag.clone());
                }
            }
            spool.put(document)?;
        }
        if let Some(out) = &mut acts_out {
            for act in acts_of(connection, &documents).await?.iter().flatten() {
                write_row(out, &act::write(parent, act))?;
                outcome.acts += 1;
            }
        }
        outcome.documents += documents.len();
        bar.inc(documents.len() as u64);
        token = next;
    }
    // A register without documents still has a header that an import takes.
    if languages.is_empty() {
        languages.push("en".to_owned());
    }
    write_row(&mut out, &document::header(&languages))?;
    for document in spool.read()? {
        write_row(&mut out, &document::write(parent, &document?, &languages))?;
    }
    finish(out)?;
    acts_out.map_or(Ok(()), finish)?;
    Ok(outcome)
}

fn write_row(out: &mut csv::Writer<Target>, row: &[String]) -> Result<(), Error> {
    out.write_record(formula::guarded_row(row))
        .map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => Error::Output(error),
            other => Error::Failed(format!("{other:?}")),
        })
}

fn finish(out: csv::Writer<Target>) -> Result<(), Error> {
    let target = out
        .into_inner()
        .map_err(|error| Error::Output(error.into_error()))?;
    target.finish()
}

/// A page of documents and the token of the next; nothing after the last.
async fn page(
    connection: &Connection,
    parent: &str,
    args: &Args,
    token: Option<String>,
) -> Result<Option<(Vec<Document>, Option<String>)>, Error> {
    let Some(page_token) = token else {
        return Ok(None);
    };
    let request = ListDocumentsRequest {
        parent: parent.to_owned(),
        page_size: PAGE,
        page_token,
        filter: args.filter.clone(),
        order_by: String::new(),
        show_deleted: args.show_deleted,
    };
    let answer = DocumentServiceClient::new(connection.clone())
        .list_documents(request)
        .await?
        .into_inner();
    let next = Some(answer.next_page_token).filter(|token| !token.is_empty());
    Ok(Some((answer.documents, next)))
}

/// The acts of each document, in the order of the documents; none of one that the caller may not read.
async fn acts_of(connection: &Connection, documents: &[Document]) -> Result<Vec<Vec<Act>>, Error> {
    stream::iter(documents)
        .map(async |document| {
            if document.redacted {
                return Ok(Vec::new());
            }
            acts(connection, &document.name).await
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

/// Every act on a document, retracted ones too.
pub(super) async fn acts(connection: &Connection, parent: &str) -> Result<Vec<Act>, Error> {
    let everything = ListArgs::everything();
    let listing = paging::collect(everything.limit, async |page_size, page_token| {
        let request = ListActsRequest {
            parent: parent.to_owned(),
            page_size,
            page_token,
            ..ListActsRequest::default()
        };
        let answer = ActServiceClient::new(connection.clone())
            .list_acts(request)
            .await?
            .into_inner();
        Ok((answer.acts, answer.next_page_token))
    })
    .await?;
    Ok(listing.items)
}
