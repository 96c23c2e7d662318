//! `accord apply`: carries out calls that are written down as data, each side's with a token of that side.
//!
//! A file holds a JSON array of items. An item is a call of any unary method of any contract,
//! `{"as": "UZ", "call": "accord.documents.v1.DocumentService/CreateDocument", "request": {…}}`, or an import,
//! `{"as": "KZ", "import": "partnerships/…/releases/…", "file": "figures.csv"}`. Both may carry a `note`.
//! The samples of `accord demo` are directories of such files and take no other way in.

mod history;
mod load;
mod request_id;
mod source;
mod step;
mod tokens;

use std::path::PathBuf;

pub use load::{Outcome, load};
pub use request_id::derive as derive_request_id;
pub use source::{CallFile, Folder};
pub use step::{Action, Step, read};
pub use tokens::{Tokens, parse_pair};

use crate::client::{Bearer, ClientArgs};
use crate::error::Error;
use crate::progress;
use crate::render::Format;

/// Options of `accord apply`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord apply sample/ --data-dir ./accord-data          with tokens made from the data directory's key
  accord apply acts.json --token UZ=uz.token --token KZ=kz.token
  accord apply uz-only.json --token-file uz.token
  accord apply sample/ --check                           reads and checks the files, sends nothing

A file is a JSON array of items:
  {\"as\": \"UZ\", \"call\": \"accord.documents.v1.DocumentService/CreateDocument\", \"request\": {…}}
  {\"as\": \"KZ\", \"import\": \"partnerships/uz-kz/releases/kz-2023\", \"file\": \"kz-2023.csv\"}

Applying a file again has no second effect: what is already there is counted and left alone.")]
pub struct Args {
    /// Files of calls, or directories whose .json files are taken in name order.
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// The token of one party, as PARTY=FILE; repeat it for each party.
    #[arg(long = "token", value_name = "PARTY=FILE", value_parser = tokens::parse_pair)]
    tokens: Vec<(String, PathBuf)>,
    /// Makes the tokens of all parties with the key of this data directory; --token is stronger.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Reads and checks the files against the contracts, and sends nothing.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    client: ClientArgs,
}

/// Runs `accord apply`.
pub async fn run(args: &Args) -> Result<(), Error> {
    let steps = read_all(&source::read(&args.paths)?)?;
    if args.check {
        say(&format!("{} items are well-formed", steps.len()));
        return Ok(());
    }
    let tokens = match &args.data_dir {
        _ if !args.tokens.is_empty() => Tokens::read(&args.tokens)?,
        Some(folder) => Tokens::mint(folder, &steps)?,
        None => Tokens::one(Bearer::read(args.client.token_file())?),
    };
    let channel = args.client.channel().await?;
    let bar = progress::steps(steps.len(), "applying");
    let outcome = load(&channel, &tokens, &steps, &bar).await;
    bar.finish_and_clear();
    report(&outcome?, args.client.output);
    Ok(())
}

/// Reads the steps of several files, all of them before any is carried out.
pub fn read_all(files: &[CallFile]) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for file in files {
        steps.extend(read(file)?);
    }
    Ok(steps)
}

fn report(outcome: &Outcome, format: Format) {
    if matches!(format, Format::Json | Format::Jsonl) {
        let line = serde_json::json!({
            "applied": outcome.applied,
            "alreadyThere": outcome.already_there,
            "skippedRows": outcome.skipped_rows,
        });
        return say(&line.to_string());
    }
    say(&format!(
        "{} applied, {} already there",
        outcome.applied, outcome.already_there
    ));
    if outcome.skipped_rows > 0 {
        say(&format!("{} bad rows skipped", outcome.skipped_rows));
    }
}

/// Writes one line; a reader that has gone away is no reason to fail after the work is done.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}
