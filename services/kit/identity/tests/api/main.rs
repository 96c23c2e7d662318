//! What the crate promises, seen from outside: which tokens are accepted, which keys are read,
//! what the issuer leaves on disk, and whose word a caller may give.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails at that place"
)]

mod agencies;
mod callers;
mod issuer;
mod key_sets;
mod oracle;
mod policies;
mod reading;
mod table;
mod tokens;
