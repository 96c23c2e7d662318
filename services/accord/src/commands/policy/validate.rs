//! `accord policy validate`.

use std::io::Write as _;
use std::path::PathBuf;

use crate::error::Error;

/// Options of `accord policy validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord policy validate ./policies

A folder has policies in *.cedar, each with an @id of its own, and perhaps a schema in *.cedarschema. The schema must have every
method of the contracts. Exit codes: 0 in order, 3 something is wrong.")]
pub(super) struct Args {
    /// The folder with the policies.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let policies = super::read(Some(&args.folder))?;
    let mut out = std::io::stdout();
    for warning in policies.warnings() {
        writeln!(out, "warning: {warning}")?;
    }
    let all = policies.all();
    let forbidding = all.iter().filter(|policy| policy.forbids).count();
    writeln!(
        out,
        "{}: in order; {} policies permit, {forbidding} forbid, for {} methods",
        args.folder.display(),
        all.len() - forbidding,
        policies.methods().len()
    )?;
    Ok(())
}
