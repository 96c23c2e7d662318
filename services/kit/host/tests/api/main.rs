//! What the host promises, seen from outside: over HTTP/2, on the admin port, and as a process.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails at that place"
)]

mod access;
mod bodies;
mod calls;
mod certified;
mod connections;
mod deadlines;
mod encryption;
mod floods;
mod flow;
mod forms;
mod keys;
mod limits;
mod operation;
mod policy;
mod probe;
mod process;
mod settings;
mod telemetry;
mod wire;
mod world;
