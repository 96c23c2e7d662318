//! The gateway as a process of its own: `accord-gateway`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let binary = host::Binary {
        name: "accord-gateway",
        about: "The single public endpoint of Accord",
        version: env!("CARGO_PKG_VERSION"),
        listen: "127.0.0.1:8080",
        admin_listen: "127.0.0.1:8081",
        threads: host::Threads::Cores,
    };
    host::run(binary, gateway::component)
}
