//! Measures what a call through the gateway costs: throughput as a share of calls made directly, latency added,
//! and processor time, beside `HAProxy` and nginx in front of the same upstream in the same run. A figure of one machine is
//! no promise; the shares beside it tell more.

mod cpu;
mod figures;
mod load;
mod proxy;
mod upstream;

use std::{error::Error, io::Write as _, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;

use crate::{
    figures::{Figures, Sample},
    load::{Load, Payload},
    proxy::Proxy,
};

/// Calls a small gRPC service of its own directly and through each proxy, in turn, several rounds long.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  cargo build --release -p accord-gateway -p accord-bench-gateway
  target/release/accord-bench-gateway
  target/release/accord-bench-gateway --rounds 10 --seconds 3 --proxy-cpu 1 --json figures.jsonl

Each proxy has one thread for its work, and all calls go over plain HTTP/2. HAProxy and nginx are measured if they are
installed; each writes its access log, as the gateway does.")]
struct Args {
    /// How often each way is measured.
    #[arg(long, default_value_t = 5, value_name = "N")]
    rounds: u32,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 2.0, value_name = "SECONDS")]
    seconds: f64,
    /// Connections of the callers.
    #[arg(long, default_value_t = 4, value_name = "N")]
    connections: usize,
    /// Calls in progress on each connection when throughput is measured; latency is measured with one call on one.
    #[arg(long, default_value_t = 16, value_name = "N")]
    calls: usize,
    /// The gateway's program; beside this one by default.
    #[arg(long, value_name = "FILE")]
    gateway: Option<PathBuf>,
    /// Bind each proxy to this processor, with `taskset`.
    #[arg(long, value_name = "N")]
    proxy_cpu: Option<u32>,
    /// Appends each figure to this file, a JSON object a line.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let upstream = upstream::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(&args, upstream))
}

async fn run(args: &Args, upstream: SocketAddr) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let proxies = proxy::start_all(
        args.gateway.as_deref(),
        args.proxy_cpu,
        upstream,
        folder.path(),
    )
    .await?;
    let mut figures = Figures::default();
    for round in 0..args.rounds {
        for payload in [Payload::Small, Payload::TwoKilobytes] {
            figures.add(measure(args, "direct", None, upstream, payload).await?);
            for proxy in &proxies {
                figures.add(measure(args, proxy.name, Some(proxy), proxy.address, payload).await?);
            }
        }
        eprintln!("round {} of {}", round + 1, args.rounds);
    }
    println!("{figures}");
    if let Some(path) = &args.json {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?;
        for line in figures.lines() {
            writeln!(file, "{}", serde_json::to_string(&line)?)?;
        }
    }
    Ok(())
}

/// Measures one way once: throughput and processor time under load, then latency alone.
async fn measure(
    args: &Args,
    way: &'static str,
    proxy: Option<&Proxy>,
    address: SocketAddr,
    payload: Payload,
) -> Result<Sample, Box<dyn Error>> {
    let lasts = Duration::from_secs_f64(args.seconds);
    let full = Load {
        address,
        payload,
        connections: args.connections,
        calls: args.calls,
    };
    // Connections are made and pools filled before anything counts.
    load::run(full, lasts / 5).await?;
    let before = proxy.map(|proxy| cpu::used(proxy.pid)).transpose()?;
    let busy = load::run(full, lasts).await?;
    let after = proxy.map(|proxy| cpu::used(proxy.pid)).transpose()?;
    let alone = Load {
        connections: 1,
        calls: 1,
        ..full
    };
    let mut quiet = load::run(alone, lasts / 2).await?;
    let used = after
        .zip(before)
        .map(|(after, before)| after.saturating_sub(before));
    Ok(Sample {
        way,
        payload,
        calls_per_second: busy.calls_per_second(),
        median_us: quiet.percentile_us(50),
        p99_us: quiet.percentile_us(99),
        cpu_us_per_call: used.map(|used| used.as_secs_f64() * 1e6 / busy.count()),
    })
}
