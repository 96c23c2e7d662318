//! `DocumentService`, but for its lists and states.

mod create;
mod delete;
mod references;
mod relations;
mod update;
