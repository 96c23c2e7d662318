//! Makes a register of documents and acts through its public contract, and measures how fast it answers as it
//! grows. A figure of one machine is no promise; the ratios beside it tell more.

mod chance;
mod drawn;
mod made;
mod measure;
mod memory;
mod place;
mod questions;
mod register;
mod report;
mod words;

use std::{error::Error, io::Write as _};

use clap::{Parser, ValueEnum};

use crate::{
    made::Maker,
    measure::{Counted, Measured},
    place::Place,
    register::Register,
};

/// Makes registers of several sizes, each with five acts on every document, and measures Get, List, Status, Search
/// and the calendars in them: how long calls take, beside a bare read of one row by its key, and how that grows.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  cargo run --release -p accord-bench-register -- --sizes 10000 --engine sqlite
  cargo run --release -p accord-bench-register -- --sizes 10000,100000,1000000 --engine sqlite,postgres \\
      --postgres-url postgres://postgres@localhost/postgres --json figures.jsonl

What it makes, a temporary folder or a schema of its own, it removes at the end; with --keep it does not, and
measures what it finds there without loading it again. With ACCORD_BENCH_SLOW_MS=N it names the drawn questions whose
answers took longer than N milliseconds.")]
struct Args {
    /// How many documents, one register after the other.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "10000",
        value_name = "N,…"
    )]
    sizes: Vec<u64>,
    /// Which databases.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "sqlite",
        value_name = "ENGINE,…"
    )]
    engine: Vec<Kind>,
    /// The PostgreSQL server, on which a schema may be made and dropped.
    #[arg(
        long,
        env = "ACCORD_TEST_POSTGRES_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    postgres_url: Option<String>,
    /// What the documents depend on: the same number makes the same register.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many calls of each kind are measured, after a tenth as many that are not.
    #[arg(long, default_value_t = 400, value_name = "N")]
    calls: usize,
    /// How many other questions are drawn and asked before those that are drawn and measured, so that the engine has in
    /// memory what it has after some time of work.
    #[arg(long, default_value_t = 0, value_name = "N")]
    warm: u64,
    /// Measures only what has this in its name in the report, and the bare row.
    #[arg(long, default_value = "", value_name = "PART")]
    only: String,
    /// A file to which each figure is appended as one JSON object a line.
    #[arg(long, value_name = "FILE")]
    json: Option<std::path::PathBuf>,
    /// A folder in which registers are kept, and found by later runs, half loaded too: the file of SQLite, or a mark that the schema
    /// `bench_register_{size}_{seed}` on the server is loaded.
    #[arg(long, value_name = "DIR")]
    keep: Option<std::path::PathBuf>,
    /// How many documents one call registers.
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    batch: u64,
}

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A file in a temporary folder.
    Sqlite,
    /// A schema on the server that `--postgres-url` names.
    Postgres,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    for engine in &args.engine {
        let url = match (engine, &args.postgres_url) {
            (Kind::Sqlite, _) => None,
            (Kind::Postgres, Some(url)) => Some(url.as_str()),
            (Kind::Postgres, None) => {
                return Err("--engine postgres needs --postgres-url".into());
            }
        };
        let mut smallest = Vec::new();
        for size in &args.sizes {
            let figures = one(&args, *engine, url, *size).await?;
            report::table(*size, &figures, &smallest)?;
            if let Some(path) = &args.json {
                let mut file = std::fs::OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(path)?;
                for line in report::lines(*engine, *size, &figures) {
                    writeln!(file, "{line}")?;
                }
            }
            if smallest.is_empty() {
                smallest = vec![(*size, figures)];
            }
        }
    }
    Ok(())
}

/// Makes one register unless it is there, and measures it.
async fn one(
    args: &Args,
    engine: Kind,
    url: Option<&str>,
    size: u64,
) -> Result<Vec<Measured>, Box<dyn Error>> {
    let maker = Maker::new(args.seed);
    let place = match &args.keep {
        Some(folder) => Place::kept(url, folder, size, args.seed)?,
        None => Place::passing(url)?,
    };
    let register = Register::open(place, args.batch).await?;
    let result = async {
        if register.is_loaded() {
            report::found(engine, size)?;
        } else {
            let loaded = register.load(&maker, size, args.batch).await?;
            report::loaded(engine, size, &loaded)?;
        }
        let counted = Counted {
            calls: args.calls,
            warm: args.warm,
            only: &args.only,
        };
        measure::all(&register, &maker, size, counted).await
    };
    let result = result.await;
    report::memory()?;
    register.close().await?;
    result
}
