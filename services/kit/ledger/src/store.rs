//! The log's tables.

pub(crate) mod entries;
pub(crate) mod head;
pub(crate) mod queries;
pub(crate) mod requests;
