//! The client commands, a file each.

pub mod documents;
pub mod ledger;
pub mod overview;
pub mod policy;
pub mod roadmaps;
mod rows;
mod target;
pub mod token;
pub mod trade;
