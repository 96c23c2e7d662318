//! What the host promises, seen from outside: over HTTP/2, on the admin port, and as a process.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails at that place"
)]

mod calls;
mod deadlines;
mod encryption;
mod flow;
mod keys;
mod operation;
mod policy;
mod probe;
mod process;
mod settings;
mod telemetry;
mod world;
