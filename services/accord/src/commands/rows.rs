//! What commands share that bring in files row by row: checking and writing in batches, and the report on the rows.

pub(in crate::commands) mod check;
pub(in crate::commands) mod report;
