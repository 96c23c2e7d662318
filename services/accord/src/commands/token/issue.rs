//! `accord token issue`.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clock::Clock;
use identity::{Grant, Issuer, Role};

use crate::data_dir::{self, DEFAULT_DATA_DIR};
use crate::error::Error;

/// Options of `accord token issue`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord token issue --agency uz-stat --party UZ --role editor --out uz.token
  accord token issue --agency auditors --role reader --ttl 30d
  accord trade import figures.csv --release kz-2024 --token-file kz.token

A party's word (its acts, releases, reports, confirmations) can only be given with an editor's token of that party.")]
pub(super) struct Args {
    /// The data directory whose key signs.
    #[arg(long, value_name = "DIR", env = "ACCORD_DATA_DIR", default_value = DEFAULT_DATA_DIR)]
    data_dir: PathBuf,
    /// The agency that the token is for, such as `uz-stat`.
    #[arg(long, value_name = "NAME")]
    agency: String,
    /// The agency's party, as ISO 3166-1 alpha-2; leave it out for an operator.
    #[arg(long, value_name = "CODE")]
    party: Option<String>,
    /// What the agency may do: reader, editor or operator; repeat it for several.
    #[arg(long = "role", value_name = "ROLE", default_value = "reader", value_parser = |word: &str| word.parse::<Role>().map_err(|error| error.to_string()))]
    roles: Vec<Role>,
    /// How long the token is valid: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = parse_ttl)]
    ttl: Duration,
    /// Writes the token into a new file that only its owner can read, instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let grant = Grant {
        agency: args.agency.clone(),
        party: args.party.clone(),
        roles: args.roles.clone(),
        ttl: args.ttl,
    };
    grant
        .check()
        .map_err(|error| Error::Usage(format!("no service would accept this token: {error}")))?;
    let issuer = Issuer::open(&args.data_dir, Clock::system()).map_err(|error| {
        Error::Failed(format!(
            "{error}\n  hint: `accord serve --data-dir {}` makes the key",
            args.data_dir.display()
        ))
    })?;
    let token = issuer.issue(&grant);
    match &args.out {
        Some(path) => {
            data_dir::write_private(path, &token).map_err(|error| Error::file(path, error))
        }
        None => Ok(writeln!(std::io::stdout(), "{token}")?),
    }
}

/// Reads a number of seconds, minutes, hours or days.
fn parse_ttl(text: &str) -> Result<Duration, String> {
    let wrong = || "write it as a number with s, m, h or d, such as 30d".to_owned();
    let (number, unit) = text
        .split_at_checked(text.len().saturating_sub(1))
        .ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    match number {
        0 => Err("a token that is never valid is of no use".to_owned()),
        number => Ok(Duration::from_secs(u64::from(number) * seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_a_number_and_a_unit() {
        assert_eq!(parse_ttl("30d"), Ok(Duration::from_hours(30 * 24)));
        assert_eq!(parse_ttl("90s"), Ok(Duration::from_secs(90)));
        for wrong in ["", "d", "3", "-1h", "1y", "0s", "ё"] {
            assert!(parse_ttl(wrong).is_err(), "{wrong}");
        }
    }
}
