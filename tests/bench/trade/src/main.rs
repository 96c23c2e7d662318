//! Loads releases of trade figures of several sizes through the public contract, and measures loading,
//! publishing, asking and exporting beside the bare engine in the same run. A figure of one machine is no
//! promise; the ratios beside it tell more.

mod apart;
mod bare;
mod bureau;
mod figures;
mod measure;
mod memory;
mod report;

use std::{error::Error, process::ExitCode};

use clap::{Parser, ValueEnum};

/// What a run can fail with.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Loads a release of so many figures through the upload call, publishes it and a revision of a part of it,
/// asks for series and breakdowns, and exports it, each beside the same done by the bare engine.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  cargo run --release -p accord-bench-trade -- --rows 100000 --engine sqlite
  cargo run --release -p accord-bench-trade -- --rows 100000,1000000,10000000 --engine sqlite,postgres \\
      --postgres-url postgres://postgres@localhost/postgres

Loading is compared with the engines' own tools, sqlite3 and psql, which must be installed. What it makes, a
temporary folder or a schema of its own, it removes at the end.")]
struct Args {
    /// How many figures, one release after the other.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "100000",
        value_name = "N,…"
    )]
    rows: Vec<u64>,
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
    /// How many times each question is asked.
    #[arg(long, default_value_t = 40, value_name = "N")]
    calls: usize,
    /// In which order the file has its rows.
    #[arg(long, default_value = "series", value_name = "ORDER")]
    order: Order,
    /// Runs the service as a process of its own, and tells how much memory that takes.
    #[arg(long)]
    apart: bool,
}

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A file in a temporary folder.
    Sqlite,
    /// A schema on the server that `--postgres-url` names.
    Postgres,
}

/// The order of rows in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// Year by year, in each one series after the other: as the tables keep them.
    Series,
    /// Month by month: as offices publish them.
    Month,
}

fn main() -> Outcome<ExitCode> {
    if apart::is_wanted() {
        return Ok(apart::serve());
    }
    let args = Args::parse();
    tokio::runtime::Runtime::new()?.block_on(measured(&args))?;
    Ok(ExitCode::SUCCESS)
}

async fn measured(args: &Args) -> Outcome<()> {
    for engine in &args.engine {
        let url = match (engine, &args.postgres_url) {
            (Kind::Sqlite, _) => None,
            (Kind::Postgres, Some(url)) => Some(url.as_str()),
            (Kind::Postgres, None) => return Err("--engine postgres needs --postgres-url".into()),
        };
        for rows in &args.rows {
            let bureau = bureau::Bureau::open(url, args.apart).await?;
            let result = measure::all(&bureau, *rows, args.order, args.calls).await;
            bureau.remove().await?;
            result?;
        }
    }
    Ok(())
}
