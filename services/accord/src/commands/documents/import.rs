//! `accord documents import`: documents, and acts if wanted, from CSV files, with a word on every bad row.
//!
//! Everything is checked first, by this program and then by the service, which changes nothing in that. Only then is anything
//! written, in batches that are taken whole or not at all. What is registered already with the same content is left alone, so
//! a run that broke off is simply run again.

mod acts;
mod existing;
mod file;
mod register;
mod sort;
mod tokens;

use std::path::PathBuf;

use super::target::Target;
use crate::client::ClientArgs;
use crate::commands::rows::report::{Part, Report};
use crate::error::Error;
use crate::{apply, names, progress};
use tokens::Connections;

/// Options of `accord documents import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents import documents.csv --dry-run --token-file uz.token
  accord documents import documents.csv --token-file uz.token
  accord documents import documents.csv --skip-bad-rows --report report.csv --token-file uz.token
  accord documents import documents.csv --acts acts.csv --token UZ=uz.token --token KZ=kz.token

A file is CSV in UTF-8 with a header line; `,`, `;` or tabs stand between cells. Columns of documents:
  id*  title:LANGUAGE* (title:ru, title:uz-Latn …)  title_order  title_known  item_number  type*  level*  parties*
  sectors  signature_date  signature_place  signing_bodies  access_level  entry_into_force  entry_clause
  stated_entry_date  stated_entry_source  duration  effective_period  relations  sources
Columns of acts:
  document*  id*  party*  kind*  date*  receipt_date  effective_date  notifying_party  reference  source*
  publication_date  retract_time  retraction_reason
Those with * are required. What a cell holds:
  type, level, kind    the words of the contract: agreement, intergovernmental, domestic_approval …
  a ' before =, +, -, @ or a tab
                       is taken off: it keeps a spreadsheet from taking the cell for a formula
  lists                `|` between items, `\\|` for a | in one: UZ|KZ
  days                 2021-12-06
  a source             ADDRESS or ADDRESS NOTE
  signing_bodies       PARTY BODY or PARTY BODY; PERSON
  relations            KIND TARGET; a target is the id of a document here, or a name such as roadmaps/ROADMAP
  entry_into_force     unknown, on signature, on DAY, with DOCUMENT; after last notification, after exchange of
                       instruments, after notification by KZ, and before these three: 30 days, 2 months, or
                       first day of month 2
  duration             unknown; indefinite; indefinite, notice 6 months; until DAY; 36 months;
                       60 months, renewed by 60 months, notice 6 months
  effective_period     from signature; from DAY; from DAY to DAY
Acts with a retract_time are left out. `accord documents export --format csv` writes these columns.")]
pub(super) struct Args {
    /// The file of documents.
    #[arg(value_name = "FILE", required_unless_present = "acts")]
    file: Option<PathBuf>,
    /// A file of acts, on these documents or on registered ones.
    #[arg(long, value_name = "FILE")]
    acts: Option<PathBuf>,
    /// Checks everything and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Takes the good rows and reports the bad ones, instead of taking nothing.
    #[arg(long)]
    skip_bad_rows: bool,
    /// Writes what became of each row to this file (CSV).
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The token of one party, as PARTY=FILE; repeat it for each party whose acts the file has.
    #[arg(long = "token", value_name = "PARTY=FILE", value_parser = apply::parse_pair)]
    tokens: Vec<(String, PathBuf)>,
}

/// Runs the import and shows what it came to.
pub(super) async fn run(
    client: &ClientArgs,
    partnership: Option<&str>,
    args: &Args,
) -> Result<(), Error> {
    let connections = Connections::open(client, &args.tokens).await?;
    let parent = names::partnership(connections.any(), partnership).await?;
    // A report that cannot be written is known before anything is.
    let report_file = args
        .report
        .as_deref()
        .map(|path| Target::open(Some(path)))
        .transpose()?;
    let mut report = Report::new(&[Part::Documents, Part::Acts], args.dry_run);
    let result = carry_out(&connections, &parent, args, &mut report).await;
    if let Some(target) = report_file {
        report.write_rows(target)?;
    }
    // Where a file could not be read, there is nothing to report of.
    if result.is_ok() || !report.is_empty() {
        report.print(client.output)?;
    }
    result
}

async fn carry_out(
    connections: &Connections,
    parent: &str,
    args: &Args,
    report: &mut Report,
) -> Result<(), Error> {
    let bar = progress::count("rows checked");
    let mut documents = register::Register::read(parent, args.file.as_deref(), report)?;
    let mut acts = acts::Acts::read(parent, args.acts.as_deref(), report)?;
    documents.check(connections, report, &bar).await?;
    acts.check(connections, &documents, report, &bar).await?;
    bar.finish_and_clear();
    let bad = report.bad_count();
    if bad > 0 && !args.skip_bad_rows {
        report.refuse();
        return Err(Error::Failed(format!(
            "{bad} {}; nothing was taken\n  hint: correct {}, or take the others with --skip-bad-rows",
            if bad == 1 {
                "row is bad"
            } else {
                "rows are bad"
            },
            if bad == 1 { "it" } else { "them" },
        )));
    }
    if args.dry_run {
        return Ok(());
    }
    let total = report.waiting_count(Part::Documents) + report.waiting_count(Part::Acts);
    let bar = progress::steps(total, "writing");
    let documents_written = documents.write(connections, report, &bar).await;
    let written = match documents_written {
        Ok(()) => {
            acts.write(connections, report, args.skip_bad_rows, &bar)
                .await
        }
        failed => failed,
    };
    bar.finish_and_clear();
    report.give_up_waiting();
    written
}
