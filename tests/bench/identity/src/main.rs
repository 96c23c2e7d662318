//! Measures what policies and tokens cost each call: a decision and a token, when they are worked out and when they are
//! remembered. A figure of one machine is no promise; the ratios tell more.

use std::{
    error::Error,
    hint::black_box,
    io::Write as _,
    time::{Duration, Instant},
};

use clap::Parser;
use clock::Clock;
use identity::{Grant, Group, Issuer, Object, Policies, PolicyFiles, Query, Role};

/// Decides, and reads a token, many times over.
#[derive(Debug, Parser)]
#[command(after_help = "\
Example:
  cargo run --release -p accord-bench-identity -- --times 20000")]
struct Args {
    /// How many times each is done.
    #[arg(long, default_value_t = 2_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let begun = Instant::now();
    let policies = Policies::of(&PolicyFiles::shipped())?;
    told("reading and checking the policies", begun.elapsed())?;
    let query = Query {
        agency: "uz-stat",
        party: Some("UZ"),
        roles: &[Role::Editor],
        method: Some("accord.trade.v1.ReleaseService/PublishRelease"),
        group: Group::GiveWord,
        object: Object::Of {
            parties: &["UZ"],
            level: None,
        },
    };
    let each = Each { times: args.times };
    each.of("a decision, computed", || {
        black_box(policies.evaluate(&query));
        Ok(())
    })?;
    each.of("a decision, remembered", || {
        black_box(policies.decide(&query));
        Ok(())
    })?;
    let directory = tempfile::tempdir()?;
    let issuer = Issuer::open_or_create(directory.path(), Clock::system())?;
    let token = issuer.issue(&Grant {
        agency: "uz-stat".to_owned(),
        party: Some("UZ".to_owned()),
        roles: vec![Role::Editor],
        ttl: Duration::from_hours(1),
    });
    each.of("a token and its keys, read for the first time", || {
        black_box(issuer.verifier()?.verify(&token)?);
        Ok(())
    })?;
    let verifier = issuer.verifier()?;
    each.of("a token, remembered", || {
        black_box(verifier.verify(&token)?);
        Ok(())
    })
}

/// How often everything is done.
struct Each {
    times: u32,
}

impl Each {
    /// Does it once unmeasured, then so often, and prints what one time took on average.
    fn of(
        &self,
        what: &str,
        mut act: impl FnMut() -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        act()?;
        let begun = Instant::now();
        for _ in 0..self.times {
            act()?;
        }
        told(what, begun.elapsed() / self.times)
    }
}

fn told(what: &str, took: Duration) -> Result<(), Box<dyn Error>> {
    writeln!(std::io::stdout(), "{what}: {took:?}")?;
    Ok(())
}
