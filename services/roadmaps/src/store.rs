//! Where roadmaps and measures are kept: SQL on one side, the domain on the other.

pub(crate) mod actuals;
pub(crate) mod baselines;
pub(crate) mod bodies;
mod cells;
mod codes;
pub(crate) mod deadlines;
pub(crate) mod dependencies;
mod details;
pub(crate) mod events;
pub(crate) mod feeds;
pub(crate) mod fields;
pub(crate) mod lives;
pub(crate) mod measures;
#[cfg(test)]
mod plan;
mod plan_cell;
mod queries;
pub(crate) mod rebaselines;
pub(crate) mod reminders;
pub(crate) mod roadmaps;
mod rows;
