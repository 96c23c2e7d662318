//! Measures REST against gRPC of the same method through the same gateway: in turns within one run, by the same client, which sends bytes and
//! counts those that come back. So what differs is the gateway's work.
//!
//! `cargo run --release -p accord-bench-rest -- --program target/release/accord`
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a benchmark that cannot go on ends; shares and means are for people"
)]

mod load;
mod methods;
mod process;

use std::{path::PathBuf, time::Duration};

use clap::Parser;

use load::{Connection, Measured};
use methods::{Method, methods};
use process::Demo;

/// What to measure, and for how long.
#[derive(Debug, Parser)]
struct Options {
    /// The program, built for release
    #[arg(long, default_value = "target/release/accord")]
    program: PathBuf,

    /// Calls in progress at once
    #[arg(long, default_value_t = 16)]
    concurrency: usize,

    /// Milliseconds of each turn
    #[arg(long, default_value_t = 500)]
    turn_ms: u64,

    /// Turns of each protocol
    #[arg(long, default_value_t = 11)]
    turns: usize,
}

fn main() {
    let options = Options::parse();
    let demo = Demo::start(&options.program);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(&options, &demo));
    demo.stop();
}

async fn run(options: &Options, demo: &Demo) {
    println!(
        "{:<18} {:<5} {:>9} {:>9} {:>12} {:>8}",
        "method", "over", "calls/s", "p50 µs", "CPU µs/call", "bytes"
    );
    for method in methods() {
        measure(options, demo, &method).await;
    }
}

/// Measures one method over both, a turn of each at a time.
async fn measure(options: &Options, demo: &Demo, method: &Method) {
    let connection = Connection::open(&demo.listen, &demo.token).await;
    let requests = [connection.grpc(method), connection.rest(method)];
    let turn = Duration::from_millis(options.turn_ms);
    for request in &requests {
        connection.run(request, options.concurrency, turn).await;
    }
    let mut measured: [Vec<Measured>; 2] = [Vec::new(), Vec::new()];
    for _turn in 0..options.turns {
        for (request, measured) in requests.iter().zip(&mut measured) {
            let before = demo.cpu_us();
            let mut one = connection.run(request, options.concurrency, turn).await;
            one.cpu_us = (demo.cpu_us() - before) as f64 / one.calls as f64;
            measured.push(one);
        }
    }
    let of =
        |turns: &[Measured], what: fn(&Measured) -> f64| median(turns.iter().map(what).collect());
    for (over, turns) in ["gRPC", "REST"].iter().zip(&measured) {
        println!(
            "{:<18} {over:<5} {:>9.0} {:>9.0} {:>12.1} {:>8.0}",
            method.name,
            of(turns, |one| one.per_second),
            of(turns, |one| one.p50_us),
            of(turns, |one| one.cpu_us),
            of(turns, |one| one.bytes),
        );
    }
    // Turns stand side by side in time, so that what else the machine does falls on both.
    let shares = measured[0]
        .iter()
        .zip(&measured[1])
        .map(|(grpc, rest)| rest.per_second / grpc.per_second);
    println!(
        "{:<18} REST has {:.2} of gRPC's throughput",
        method.name,
        median(shares.collect())
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
