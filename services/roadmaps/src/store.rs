//! Where roadmaps and measures are kept: SQL on one side, the domain on the other.

mod cells;
mod codes;
pub(crate) mod events;
pub(crate) mod fields;
pub(crate) mod measures;
mod queries;
pub(crate) mod roadmaps;
mod rows;

/// The tables of this service.
pub static MIGRATIONS: storage::Migrations =
    storage::migrations! { component: "roadmaps", 1 => "init" };
