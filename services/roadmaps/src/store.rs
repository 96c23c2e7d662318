//! Where roadmaps and measures are kept: SQL on one side, the domain on the other.

mod cells;
mod codes;
pub(crate) mod deadlines;
pub(crate) mod dependencies;
pub(crate) mod events;
pub(crate) mod fields;
pub(crate) mod lives;
pub(crate) mod measures;
#[cfg(test)]
mod plan;
mod queries;
pub(crate) mod reminders;
pub(crate) mod roadmaps;
mod rows;
