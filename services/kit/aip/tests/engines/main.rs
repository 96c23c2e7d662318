//! Filters and pages on both engines: what the SQL answers is what the rules say.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod filters;
mod items;
mod pages;
