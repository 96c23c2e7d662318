//! `accord-trade`: trade metrics as a process of their own.

use std::process::ExitCode;

fn main() -> ExitCode {
    host::run(
        host::Binary {
            name: "accord-trade",
            about: "Trade metrics: releases, vintages, turnover and targets",
            version: env!("CARGO_PKG_VERSION"),
            listen: "127.0.0.1:8084",
            admin_listen: "127.0.0.1:8085",
            threads: host::Threads::Shared,
        },
        trade::component,
    )
}
