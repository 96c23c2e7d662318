//! Where roadmaps and measures are kept: SQL on one side, the domain on the other.

pub(crate) mod actuals;
mod cells;
mod codes;
mod details;
pub(crate) mod events;
pub(crate) mod fields;
pub(crate) mod measures;
#[cfg(test)]
mod plan;
mod queries;
pub(crate) mod roadmaps;
mod rows;
