//! What is kept, and how it is found again: rows of both database engines to and from the domain.

pub(crate) mod access;
pub(crate) mod acts;
pub(crate) mod documents;
pub(crate) mod fields;
pub(crate) mod finding;
mod members;
pub(crate) mod outline;
pub(crate) mod partnerships;
#[cfg(test)]
mod plans;
pub(crate) mod purge;
mod queries;
pub(crate) mod relations;
mod rows;
pub(crate) mod search;
pub(crate) mod sectors;
pub(crate) mod texts;

/// The day that is kept for "not known", so that lists can sort by it; before any that can be given.
const UNKNOWN_DAY: i64 = -1_000_000;
