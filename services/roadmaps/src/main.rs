//! The roadmaps service as a process of its own: `accord-roadmaps`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let binary = host::Binary {
        name: "accord-roadmaps",
        about: "Regional roadmaps of Accord: done when both sides confirmed it",
        version: env!("CARGO_PKG_VERSION"),
        listen: "127.0.0.1:8086",
        admin_listen: "127.0.0.1:8087",
        threads: host::Threads::Shared,
    };
    host::run(binary, roadmaps::component)
}
