//! Fills a roadmaps database with measures and measures how fast lists, deadlines and progress answer as it grows. A
//! figure of one machine is no promise; how it grows from one size to the next tells more.

mod fill;
mod questions;

use std::{
    error::Error,
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};
use clock::Clock;
use host::{Bearer, Deps, testing};
use identity::{Issuer, Role};
use storage::{Database, Options};
use tonic::{Status, service::interceptor::InterceptedService, transport::Channel};

/// A caller's connection.
type Link = InterceptedService<Channel, Bearer>;

/// As many as the command's default.
const CONNECTIONS: u32 = 10;

/// After this long no more calls of one kind are made.
const LONGEST: Duration = Duration::from_secs(10);

/// Makes roadmaps of a hundred measures each, half of them done, and measures lists, deadlines, calendars and
/// progress over them.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  cargo run --release -p accord-bench-roadmaps-lists -- --sizes 10000,100000
  cargo run --release -p accord-bench-roadmaps-lists -- --engine sqlite,postgres \\
      --postgres-url postgres://postgres@localhost/postgres

What it makes, a temporary folder or a schema of its own, it removes at the end.")]
struct Args {
    /// How many measures, one database after the other.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "10000",
        value_name = "N,…"
    )]
    sizes: Vec<i64>,
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
    /// How many calls of each kind are measured, after a tenth as many that are not.
    #[arg(long, default_value_t = 300, value_name = "N")]
    calls: usize,
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
        for size in &args.sizes {
            println!("\n{size} measures on {engine:?}");
            one(url, *size, args.calls).await?;
        }
    }
    Ok(())
}

/// Makes one database, measures it and removes it.
async fn one(url: Option<&str>, size: i64, calls: usize) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("roadmaps.db");
    let schema: &'static str = format!("bench_roadmaps_{}_{size}", std::process::id()).leak();
    let options = Options {
        url: url.map_or_else(|| format!("sqlite://{}", file.display()), str::to_owned),
        schema,
        max_connections: CONNECTIONS,
    };
    let database = Database::open(&options, roadmaps::MIGRATIONS).await?;
    let issuer = Issuer::open_or_create(folder.path(), Clock::system())?;
    let mut component = roadmaps::component_on(database.clone(), Deps::new(Clock::system()));
    component.on_stop = None;
    let channel = testing::connect(component, &issuer);
    let link = |party: &str| {
        let agency = format!("{}-economy", party.to_lowercase());
        let bearer = testing::token(&issuer, &agency, Some(party), Role::Editor);
        InterceptedService::new(channel.clone(), bearer)
    };
    let sides = [link("UZ"), link("KZ")];
    let began = Instant::now();
    fill::fill(&database, &sides, size).await?;
    println!("  filled in {:.1} s", began.elapsed().as_secs_f64());
    let [uz, _] = sides;
    let result = questions::ask(uz, size, calls).await;
    if url.is_some() {
        fill::drop_schema(&database, schema).await?;
    }
    database.close().await;
    result
}

/// Calls again and again, and shows how long it took: half and all but one of a hundred of the calls.
async fn times(
    name: &str,
    calls: usize,
    mut call: impl AsyncFnMut(usize) -> Result<usize, Status>,
) -> Result<(), Box<dyn Error>> {
    for number in 0..calls / 10 {
        call(number).await?;
    }
    let mut took = Vec::with_capacity(calls);
    let mut rows = 0;
    let began = Instant::now();
    for number in 0..calls {
        let start = Instant::now();
        rows = call(number).await?;
        took.push(start.elapsed());
        if began.elapsed() > LONGEST {
            break;
        }
    }
    took.sort_unstable();
    let at = |percent: usize| {
        let index = (took.len() * percent).div_ceil(100).saturating_sub(1);
        took.get(index).map_or(0.0, Duration::as_secs_f64) * 1_000.0
    };
    println!(
        "  {name:<44} p50 {:>8.2} ms  p99 {:>8.2} ms  ({} calls, {rows} rows)",
        at(50),
        at(99),
        took.len()
    );
    Ok(())
}
