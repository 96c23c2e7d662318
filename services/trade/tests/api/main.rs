//! The trade service through its public contract, with real tokens, on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(clippy::large_futures, reason = "a test's future is polled once")]

mod across;
mod advantage;
mod bureau;
mod classifications;
mod codes;
mod complementarity;
mod counted;
mod cumulated;
mod doubts;
mod editions;
mod errors;
mod explained;
mod explanations;
mod exports;
mod figures;
mod forecasts;
mod formats;
mod groups;
mod imports;
mod ledger;
mod levels;
mod lists;
mod migration;
mod mirror;
mod otherwise;
mod releases;
mod resumption;
mod retries;
mod series;
mod targets;
mod untold;
mod vintages;
mod world;
