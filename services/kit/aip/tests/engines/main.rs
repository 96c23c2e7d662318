//! Filters and pages on both engines: what the SQL answers is what the rules say.

mod filters;
mod items;
mod pages;
