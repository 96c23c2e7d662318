//! Writes roadmaps of several sizes through the public contract, and measures schedules and checks of dependencies.
//! A figure of one machine is no promise; how figures grow with the size tells more.

mod office;

use std::{
    error::Error,
    time::{Duration, Instant},
};

use accord_proto::roadmaps::v1::{GetScheduleRequest, Measure, UpdateMeasureRequest, WhatIf};
use clap::{Parser, ValueEnum};
use office::Office;
use prost_types::FieldMask;

/// What a run can fail with.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Writes a roadmap of so many measures, each depending on three earlier ones, and asks for its schedule.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  cargo run --release -p accord-bench-roadmaps -- --measures 1000,10000
  cargo run --release -p accord-bench-roadmaps -- --engine sqlite,postgres \\
      --postgres-url postgres://postgres@localhost/postgres

What it makes, a temporary folder or a schema of its own, it removes at the end.")]
struct Args {
    /// How many measures, one roadmap after the other.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "1000,10000",
        value_name = "N,…"
    )]
    measures: Vec<usize>,
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
    #[arg(long, default_value_t = 20, value_name = "N")]
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

fn main() -> Outcome<()> {
    let args = Args::parse();
    tokio::runtime::Runtime::new()?.block_on(measured(&args))
}

async fn measured(args: &Args) -> Outcome<()> {
    for engine in &args.engine {
        let url = match (engine, &args.postgres_url) {
            (Kind::Sqlite, _) => None,
            (Kind::Postgres, Some(url)) => Some(url.as_str()),
            (Kind::Postgres, None) => return Err("--engine postgres needs --postgres-url".into()),
        };
        for measures in &args.measures {
            let office = Office::open(url).await?;
            let result = one(&office, *engine, *measures, args.calls).await;
            office.remove().await?;
            result?;
        }
    }
    Ok(())
}

async fn one(office: &Office, engine: Kind, measures: usize, calls: usize) -> Outcome<()> {
    let begun = Instant::now();
    let roadmap = office.write(measures).await?;
    let written = begun.elapsed();
    println!("{engine:?}, {measures} measures");
    println!("  written in {:.1} s", written.as_secs_f64());
    let ask = GetScheduleRequest {
        name: roadmap.clone(),
        page_size: 1_000,
        ..GetScheduleRequest::default()
    };
    let what_if = GetScheduleRequest {
        what_if: Some(WhatIf {
            measure: format!("{roadmap}/measures/m-0"),
            slip_days: 10,
        }),
        ..ask.clone()
    };
    let critical = GetScheduleRequest {
        filter: "critical = true".to_owned(),
        ..ask.clone()
    };
    for (what, request) in [
        ("schedule, a page of 1,000", ask),
        ("what slips with the first", what_if),
        ("critical measures", critical),
    ] {
        let mut times = Vec::with_capacity(calls);
        for _ in 0..calls {
            let asked = Instant::now();
            let answer = office
                .roadmaps
                .clone()
                .get_schedule(request.clone())
                .await?;
            times.push(asked.elapsed());
            let count = usize::try_from(answer.into_inner().measure_count)?;
            if count != measures {
                return Err(format!("{count} of {measures} measures are scheduled").into());
            }
        }
        told(what, times);
    }
    let mut times = Vec::with_capacity(calls);
    for call in 0..calls {
        let request = UpdateMeasureRequest {
            measure: Some(Measure {
                name: format!("{roadmap}/measures/m-{}", measures / 2),
                dependencies: office::dependencies(&roadmap, measures / 2, call as u64),
                ..Measure::default()
            }),
            update_mask: Some(FieldMask {
                paths: vec!["dependencies".to_owned()],
            }),
            ..UpdateMeasureRequest::default()
        };
        let asked = Instant::now();
        office.measures.clone().update_measure(request).await?;
        times.push(asked.elapsed());
    }
    told("other dependencies of a measure in the middle", times);
    Ok(())
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let millis = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
    let (median, most) = (times.get(times.len() / 2), times.last());
    println!(
        "  {what}: median {:.1} ms, at most {:.1} ms",
        millis(median),
        millis(most)
    );
}
