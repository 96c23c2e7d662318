//! `accord trade import`.

mod coverage;
mod files;
mod findings;
mod release;
mod report;

use std::path::PathBuf;

use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{Flow, Import, PublishReleaseRequest, Release};

use self::files::Input;
use crate::client::Connection;
use crate::error::Error;
use crate::import::format::Format;
use crate::import::{self, Order};
use crate::render::Format as Output;
use crate::{apply, progress};

/// Options of `accord trade import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade import kz-2024.csv --release kz-2024 --token-file kz.token
  accord trade import *.csv --release kz-2024 --skip-bad-rows --publish --token-file kz.token
  accord trade import TradeData.csv --reporter KZ --hs-edition H6 --dry-run --token-file kz.token
  accord trade import TradeData.csv --reporter KZ --partner UZ --partner W0 --publish-time 2025-03-01 --publish --token-file kz.token
  accord trade import 2024.csv --reporter KZ --hs-edition H6 --publish-time 2025-03-01 --complete --by-commodity \
      --covers-flow export --covers-flow import --covers-window year --covers-from 2024-01-01 --covers-to 2024-12-31 \
      --publish --token-file kz.token
  accord trade import uz_siat_1105.csv --reporter UZ --flow export --unit-mult 3 --token-file uz.token
  accord trade import figures.parquet --release kz-2024 --report problems.csv --token-file kz.token

The format of each file is found by what is in it: Accord's own CSV (flow, period, value_usd, and any of the columns
that the contract names), SDMX-CSV 2.0, CSV of UN Comtrade Plus, tables of the Uzbek statistics agency as CSV or JSON,
or Parquet with the columns of one of the first three (plain, or compressed by Snappy, ZSTD, gzip or LZ4). If the
upload breaks off, the same command goes on where it stopped; repeated, it changes nothing. A file with a bad row is
refused whole, with the line, column and reason of each problem, unless --skip-bad-rows is given. Rows of foreign
files that are not for the release (other partners, parts of totals) are left out and counted. Doubtful rows are taken
and reported.

Exit codes: 0 done; 1 the service failed or refused the call; 2 wrong options; 3 a file cannot be taken for what is in
it; 4 done, but rows are doubtful and --deny-suspicious was given.")]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(super) struct Args {
    /// Files to upload.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The release, by its id or full name; without --reporter it must exist. It must not be published.
    #[arg(long, value_name = "NAME", required_unless_present = "reporter")]
    release: Option<String>,
    #[command(flatten)]
    about: release::About,
    /// The format of the files, where it is not what their content looks like.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The direction of trade of files that do not say it.
    #[arg(long, value_enum)]
    flow: Option<Direction>,
    /// The power of ten that the values of a table of the Uzbek agency count in: 3 for thousand dollars.
    #[arg(long, value_name = "POWER", value_parser = clap::value_parser!(i32).range(0..=12))]
    unit_mult: Option<i32>,
    /// Whether columns of months and quarters of such a table count from January on.
    #[arg(long, value_name = "true|false")]
    cumulative: Option<bool>,
    /// Leaves bad rows out and reports them, instead of taking nothing.
    #[arg(long)]
    skip_bad_rows: bool,
    /// Checks all files, reports what is in them and changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Writes everything that was found about rows to a file, JSON if its name ends so, else CSV: each bad row and each doubt
    /// up to 100,000 of a file (with --dry-run 1,000), and what was left out by reason.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Ends with exit code 4 when rows are doubtful, and does not publish then.
    #[arg(long)]
    deny_suspicious: bool,
    /// Publishes the release when all files are in.
    #[arg(long, conflicts_with = "dry_run")]
    publish: bool,
}

/// The direction of trade, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Direction {
    Export,
    Import,
    ReExport,
    ReImport,
    Turnover,
}

impl Direction {
    fn contract(self) -> Flow {
        match self {
            Self::Export => Flow::Export,
            Self::Import => Flow::Import,
            Self::ReExport => Flow::ReExport,
            Self::ReImport => Flow::ReImport,
            Self::Turnover => Flow::Turnover,
        }
    }
}

/// What became of one file.
#[derive(Debug)]
struct Outcome {
    file: String,
    format: Format,
    import: Import,
    /// Why it was not taken.
    refusal: Option<String>,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
    output: Output,
) -> Result<(), Error> {
    let inputs = args
        .files
        .iter()
        .map(|path| Input::open(path, args))
        .collect::<Result<Vec<_>, _>>()?;
    let target = release::find(connection, partnership, args, &inputs).await?;
    let mut outcomes = Vec::new();
    for input in &inputs {
        let outcome = take(connection, args, &target, input).await?;
        let is_refused = outcome.refusal.is_some();
        outcomes.push(outcome);
        // What stands behind a refused file is still worth checking.
        if is_refused && !args.dry_run {
            break;
        }
    }
    let doubts: i64 = outcomes
        .iter()
        .map(|outcome| outcome.import.suspicious_count)
        .sum();
    let is_refused = outcomes.iter().any(|outcome| outcome.refusal.is_some());
    let is_doubtful = args.deny_suspicious && doubts > 0;
    let is_published = args.publish && !is_refused && !is_doubtful;
    if is_published {
        publish(connection, &target.name).await?;
    }
    if let Some(path) = &args.report {
        findings::write(connection, path, &outcomes).await?;
    }
    let what_now = what_now(args, &target.name, is_published);
    report::view(&outcomes, what_now).print(output)?;
    let refusals: Vec<&str> = outcomes
        .iter()
        .filter_map(|outcome| outcome.refusal.as_deref())
        .collect();
    if is_refused {
        Err(Error::Content(refusals.join("\n")))
    } else if is_doubtful {
        Err(Error::Doubtful(format!(
            "{doubts} doubts about rows; see above"
        )))
    } else {
        Ok(())
    }
}

/// The release that the files go into.
#[derive(Debug)]
struct Target {
    name: String,
    /// The release as it would be created, where nothing is changed and it does not exist.
    planned: Option<Release>,
}

async fn take(
    connection: &Connection,
    args: &Args,
    target: &Target,
    input: &Input,
) -> Result<Outcome, Error> {
    let order = Order {
        release: &target.name,
        upload: &input.upload,
        skip_bad_rows: args.skip_bad_rows,
        reading: input.reading,
        is_thorough: true,
    };
    let bar = progress::rows(input.upload.len(), &input.name);
    let result = if args.dry_run {
        import::rehearse(connection, &order, target.planned.clone(), &bar).await
    } else {
        import::run(connection, &order, &bar).await
    };
    bar.finish_and_clear();
    let outcome = |import: Import, refusal: Option<String>| Outcome {
        file: input.name.clone(),
        format: input.format,
        import,
        refusal,
    };
    match result {
        Ok(import) if args.dry_run && import.skipped_count > 0 && !args.skip_bad_rows => {
            let bad = import.skipped_count;
            let refusal = format!("{}: nothing would be taken; bad rows: {bad}", input.name);
            Ok(outcome(import, Some(refusal)))
        }
        Ok(import) => Ok(outcome(import, None)),
        Err(Error::Refused(refusal)) if report::IS_CONTENT.contains(&refusal.reason()) => {
            let name = refusal.metadata("import");
            // A file that was only checked is not kept.
            let import = if args.dry_run || name.is_empty() {
                Import::default()
            } else {
                import::get(connection, name).await?
            };
            Ok(outcome(import, Some(format!("{}: {refusal}", input.name))))
        }
        Err(error) => Err(named(&input.name, error)),
    }
}

/// Says in which file something went wrong.
fn named(file: &str, error: Error) -> Error {
    match error {
        Error::Content(what) => Error::Content(format!("{file}: {what}")),
        error @ (Error::Unreachable { .. } | Error::File { .. }) => error,
        error => Error::Failed(format!("{file}: {error}")),
    }
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

fn what_now(args: &Args, release: &str, is_published: bool) -> String {
    if args.dry_run {
        "Nothing was changed.".to_owned()
    } else if is_published {
        format!("{release} is published.")
    } else {
        format!("{release} is not published yet; add --publish, or call PublishRelease.")
    }
}
