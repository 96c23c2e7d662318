//! `accord token key`.

use std::io::Write as _;
use std::path::PathBuf;

use clock::Clock;
use identity::{AUDIENCE, ISSUER, Issuer};

use crate::data_dir::DEFAULT_DATA_DIR;
use crate::error::Error;

/// Options of `accord token key`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord token key --data-dir ./accord-data
  export $(accord token key) && accord-documents --database-url sqlite://documents.sqlite

The settings printed let services that run one by one accept the tokens of `accord token issue`.")]
pub(super) struct Args {
    /// The directory that holds the signing key; both are made if they are missing.
    #[arg(long, value_name = "DIR", env = "ACCORD_DATA_DIR", default_value = DEFAULT_DATA_DIR)]
    data_dir: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let issuer = Issuer::open_or_create(&args.data_dir, Clock::system())
        .map_err(|error| Error::Failed(error.to_string()))?;
    let jwks = issuer.jwks_path();
    let jwks = jwks
        .canonicalize()
        .map_err(|error| Error::file(&jwks, error))?;
    let mut out = std::io::stdout();
    writeln!(out, "ACCORD_AUTH_ISSUER={ISSUER}")?;
    writeln!(out, "ACCORD_AUTH_AUDIENCE={AUDIENCE}")?;
    writeln!(out, "ACCORD_AUTH_JWKS={}", jwks.display())?;
    Ok(())
}
