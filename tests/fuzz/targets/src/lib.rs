//! What the fuzzers run: each function takes any bytes and panics where a promise is broken.
//!
//! `tests/fuzz` runs them guided by coverage for as long as one likes; `tests/corpus.rs` runs every input that was ever worth keeping, and
//! thousands made of them, with each run of the tests.
#![allow(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::expect_used,
    reason = "a broken promise is told by a panic"
)]

mod filter;
mod page_token;
mod rest;
mod token;

pub use filter::filter;
pub use page_token::page_token;
pub use rest::rest;
pub use token::token;
