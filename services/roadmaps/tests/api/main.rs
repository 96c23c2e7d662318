//! The service through its public contract, with real tokens, on both engines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::large_futures,
    clippy::unnecessary_wraps,
    reason = "a test that cannot go on fails at that place, on a stack of its own, and builds messages whose fields are optional"
)]

mod adopt;
mod batches;
mod bodies;
mod burnup;
mod calendar;
mod concurrency;
mod deadlines;
mod dependencies;
mod details;
mod differences;
mod errors;
mod feeds;
mod forecast;
mod indicators;
mod ledger;
mod list;
mod lives;
mod measures;
mod peers;
mod planning;
mod progress;
mod reads;
mod rebaselines;
mod regions;
mod reminders;
mod roadmaps;
mod schedule;
mod schema;
mod sizes;
mod speaking;
mod stages;
mod storm;
mod succession;
mod upgrading;
mod variance;
mod weights;
mod words;
mod working_days;
mod world;
