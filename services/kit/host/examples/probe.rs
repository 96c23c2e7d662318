//! A thin binary, as each service's is: the host's tests run it as a process.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the probe is part of the tests, and panics are what some of them ask for"
)]

use std::process::ExitCode;

#[path = "../tests/api/probe.rs"]
mod probe;

#[derive(clap::Args)]
struct Config {
    /// Fail to start, with this text
    #[arg(long)]
    probe_failure: Option<String>,
}

fn main() -> ExitCode {
    // Chosen by the program, not by a setting; the tests want both.
    let threads = match std::env::var("PROBE_THREADS").as_deref() {
        Ok("cores") => host::Threads::Cores,
        _ => host::Threads::Shared,
    };
    let binary = host::Binary {
        name: "accord-probe",
        about: "Serves the probe of the host's own tests",
        version: env!("CARGO_PKG_VERSION"),
        listen: "127.0.0.1:0",
        admin_listen: "127.0.0.1:0",
        threads,
    };
    host::run(binary, |config: Config, deps| async move {
        match config.probe_failure {
            Some(text) => Err(host::StartError::Start(text)),
            None => Ok(probe::component(&deps)),
        }
    })
}
