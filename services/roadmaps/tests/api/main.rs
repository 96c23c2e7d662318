//! The service through its public contract, with real tokens, on both engines.

mod adopt;
mod concurrency;
mod errors;
mod ledger;
mod list;
mod measures;
mod progress;
mod regions;
mod roadmaps;
mod schema;
mod speaking;
mod words;
mod world;
