//! `accord trade import`.

use std::path::PathBuf;

use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{Import, PublishReleaseRequest};

use crate::client::Connection;
use crate::error::Error;
use crate::import::{self, Order, Upload};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::{apply, names, progress};

/// Options of `accord trade import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade import kz-2024.csv --release kz-2024 --token-file kz.token
  accord trade import *.csv --release kz-2024 --skip-bad-rows --publish --token-file kz.token

A file is CSV with a header line: flow, period, value_usd, and any of the columns that the contract names.
If the upload breaks off, the same command goes on where it stopped. A file with a bad row is refused whole,
with the line, column and reason of each problem, unless --skip-bad-rows is given.")]
pub(super) struct Args {
    /// Files to upload.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The release, by its id or full name; it must exist and not be published.
    #[arg(long, value_name = "NAME")]
    release: String,
    /// Leaves bad rows out and reports them, instead of taking nothing.
    #[arg(long)]
    skip_bad_rows: bool,
    /// Publishes the release when all files are in.
    #[arg(long)]
    publish: bool,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let release = names::resource(connection, partnership, "releases", &args.release).await?;
    let uploads = args
        .files
        .iter()
        .map(|path| Upload::of_file(path))
        .collect::<Result<Vec<_>, _>>()?;
    let mut imports = Vec::new();
    for (path, upload) in args.files.iter().zip(&uploads) {
        let bar = progress::bytes(upload.len(), &path.display().to_string());
        let order = Order {
            release: &release,
            upload,
            skip_bad_rows: args.skip_bad_rows,
        };
        let import = import::run(connection, &order, &bar).await;
        bar.finish_and_clear();
        imports
            .push(import.map_err(|error| Error::Failed(format!("{}: {error}", path.display())))?);
    }
    if args.publish {
        publish(connection, &release).await?;
    }
    let names: Vec<String> = args
        .files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Ok(view(&release, &names, &imports, args.publish))
}

/// Publishes the release; asking twice has one effect.
async fn publish(connection: &Connection, release: &str) -> Result<(), Error> {
    ReleaseServiceClient::new(connection.clone())
        .publish_release(PublishReleaseRequest {
            name: release.to_owned(),
            request_id: apply::derive_request_id(&["accord trade import --publish", release]),
            ..PublishReleaseRequest::default()
        })
        .await?;
    Ok(())
}

fn view(release: &str, files: &[String], imports: &[Import], published: bool) -> View {
    let mut table = Table::new(vec![
        Column::prose("FILE"),
        Column::number("ROWS"),
        Column::number("SKIPPED"),
        Column::text("IMPORT"),
    ]);
    let mut sheet = Sheet::new(&["file", "name", "accepted_count", "skipped_count"]);
    for (file, import) in files.iter().zip(imports) {
        let (rows, skipped) = (
            import.accepted_count.to_string(),
            import.skipped_count.to_string(),
        );
        table.push(vec![
            file.clone(),
            rows.clone(),
            skipped.clone(),
            value::id(&import.name).to_owned(),
        ]);
        sheet.push(vec![file.clone(), import.name.clone(), rows, skipped]);
    }
    let what_now = if published {
        format!("{release} is published.")
    } else {
        format!("{release} is not published yet; add --publish, or call PublishRelease.")
    };
    let mut page = Page::new(vec![Block::Table(table), Block::Text(what_now)]);
    let mut problems = Table::new(vec![
        Column::number("LINE"),
        Column::text("COLUMN"),
        Column::text("REASON"),
        Column::prose("PROBLEM"),
    ]);
    for report in imports.iter().flat_map(|import| &import.reports) {
        problems.push(vec![
            report.line.to_string(),
            report.column_name.clone(),
            report.reason.clone(),
            report.description.clone(),
        ]);
    }
    if !problems.is_empty() {
        page.push(Block::Heading("Skipped rows".into()));
        page.push(Block::Table(problems));
    }
    View {
        answer: Answer::several(imports),
        page,
        sheet,
    }
}
