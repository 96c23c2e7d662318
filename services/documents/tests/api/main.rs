//! The documents service through its public contract, with real tokens, on both engines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::large_futures,
    clippy::unnecessary_wraps,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    reason = "a test that cannot go on fails at that place, on a stack of its own, builds messages whose fields are optional, counts in small numbers, plays other services, and tells a long story where one is asked for"
)]

mod acts;
mod batches;
mod confidentiality;
mod denials;
mod documents;
mod errors;
mod ledger;
mod lists;
mod migrated;
mod outline;
mod partnerships;
mod past;
mod peers;
mod register;
mod retries;
mod rules;
mod sample;
mod schema;
mod search;
mod status;
mod texts;
